"""What the mail declares to the rest: its periodic job, its audit checks, its log entries."""

from django.utils.translation import gettext_lazy as _

from ..base import history, periodic
from . import delivery


def connect() -> None:
    """Register what this room contributes."""
    history.register("forms_ext.mail.try_again", _("Mail tried again"))
    periodic.register(delivery.deliver_due)
