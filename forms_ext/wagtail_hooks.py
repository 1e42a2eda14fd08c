"""Connect the packages to Wagtail's admin."""

from wagtail import hooks

from .admission.admin import hooks as admission
from .base import history
from .base.admin import menu
from .exports.admin import hooks as exports
from .invoices.admin import hooks as invoices
from .mail.admin import hooks as mail
from .programs.admin import hooks as programs
from .registration.admin import hooks as registration
from .submissions.admin import hooks as submissions

hooks.register("register_log_actions", history.register_log_actions)
for package in (menu, mail, invoices, submissions, admission, registration, programs, exports):
    package.connect()
