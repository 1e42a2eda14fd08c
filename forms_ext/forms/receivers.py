"""What forms register at start-up: their events, and the versions that the audit holds to them."""

from typing import Any

from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _

from ..base import events, row_states
from . import consistency  # noqa: F401  (registers its checks)
from .models import FormVersion


def drop_version(sender: Any, instance: FormVersion, **kwargs: Any) -> None:
    """Note that a version is gone with its page."""
    events.append("forms_ext.forms.drop_version", instance, gone=[instance])


def connect() -> None:
    """Register this package."""
    keys = {"version": "key of the version", "number": "its number"}
    events.declare("forms_ext.forms.freeze", _("Form version published"), keys)
    events.declare("forms_ext.forms.drop_version", _("Form version deleted with its page"))
    row_states.watch(FormVersion)
    post_delete.connect(drop_version, sender=FormVersion, dispatch_uid="forms_ext.forms.drop_version")
