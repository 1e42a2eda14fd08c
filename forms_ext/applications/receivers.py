"""What applications register at start-up."""

from django.utils.translation import gettext_lazy as _

from ..base import groups, history, row_states
from ..forms import roles
from ..mail.previews import register
from . import emails
from .models import Application, ApplicationCorrection, ApplicationNote

COLUMNS = ("name", "email", "country", "organization", "time_zone")


def connect() -> None:
    """Register columns, emails and log entries. Called once from `AppConfig.ready()`."""
    groups.grant(groups.REVIEWERS, "forms_ext.review_application")
    groups.grant(groups.STAFF, "forms_ext.review_application", "forms_ext.decide_application")
    roles.store(Application, **{name: name for name in COLUMNS})
    emails.register()
    register(emails.CONFIRMED, emails.applicants(emails.receipt_values))
    history.register("forms_ext.applications.apply", _("Application sent"))
    history.register("forms_ext.applications.enter", _("Application added by staff"))
    history.register("forms_ext.applications.note", _("Note added"), {"note": "key of the note"})
    history.register(
        "forms_ext.applications.correct", _("Name or email corrected"), {"correction": "key of the correction"}
    )
    row_states.watch(Application)
    row_states.watch(ApplicationCorrection)
    row_states.watch(ApplicationNote)
