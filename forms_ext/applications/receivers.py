"""What the applications room declares to the rest."""

from django.utils.translation import gettext_lazy as _

from ..base import history
from ..forms import roles
from ..mail.people import register
from . import kinds, people
from .models import Application

COLUMNS = ("name", "email", "country", "organization", "time_zone")


def connect() -> None:
    """Register columns, mails and log entries; called once from `AppConfig.ready()`."""
    roles.store(Application, **{name: name for name in COLUMNS})
    kinds.register()
    register([kinds.RECEIVED.name], people.applicants(people.receipt_values))
    history.register("forms_ext.applications.apply", _("Applied"))
    history.register("forms_ext.applications.enter", _("Entered by staff"))
    history.register("forms_ext.applications.note", _("Note added"))
