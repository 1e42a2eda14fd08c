"""Wires the rooms into Wagtail's admin."""

from wagtail import hooks

from .admission import admin as admission_admin
from .base import history
from .billing import admin as billing_admin
from .exports import admin as exports_admin
from .forms import admin as forms_admin
from .mail import admin as mail_admin
from .registration import admin as registration_admin

hooks.register("register_log_actions", history.register_log_actions)
mail_admin.connect()
billing_admin.connect()
forms_admin.connect()
admission_admin.connect()
registration_admin.connect()
exports_admin.connect()
