"""What the applications room declares to the rest."""

from django.utils.translation import gettext_lazy as _

from ..base import history
from ..mail.people import register
from . import kinds, people


def connect() -> None:
    """Register mails and log entries; called once from `AppConfig.ready()`."""
    kinds.register()
    register([kinds.RECEIVED.name], people.applicants(people.receipt_values))
    history.register("forms_ext.applications.apply", _("Applied"))
    history.register("forms_ext.applications.enter", _("Entered by staff"))
    history.register("forms_ext.applications.note", _("Note added"))
