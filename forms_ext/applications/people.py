"""Applicants, whose values previews of mails can show."""

from collections.abc import Callable, Mapping

from ..mail.people import People
from . import actions
from .models import Application


def applicants(read: Callable[[str, Application], Mapping[str, str]]) -> People:
    """Return the applicants, whose values `read` returns; for who may read applications."""
    return People(Application, "review", label=lambda row: f"{row.name}, {row.reference}", read=read)


def receipt_values(kind: str, application: Application) -> dict[str, str]:
    """Return what the mail says that confirms the receipt of `application`."""
    return actions.receipt_fields(application)
