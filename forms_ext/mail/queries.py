"""Reads of templates and of the email log."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from cop_program.clock import now
from cop_program.formatting import is_spoken, spoken

from ..base.conf import conf
from . import secrecy
from .email_types import EmailType, find
from .models import MailTemplate, OutgoingMail
from .rendering import Source

#: The language for people whose own has no text.
FALLBACK = "en"


def source(kind: EmailType, *, scope: str, language: str) -> Source:
    """Return the text in use: the program's own, otherwise the one for all programs, otherwise the default text.

    English replaces all three in a language without a default text. The default text also replaces one that could
    pass a private link to somebody else (`secrecy.py`).
    """
    template, language = chosen(kind, scope=scope, language=language)
    if template is None:
        return built_in(kind, language)
    if misplaced(template):
        return replace(built_in(kind, language), replaces=template.pk)
    with translation.override(language):
        subject, body = kind.renewed(template.subject), kind.renewed(template.body)
        return Source(subject, body, template.button_label or str(kind.button))


def built_in(kind: EmailType, language: str) -> Source:
    """Return the default text of `kind`; in English if it is not translated."""
    with translation.override(spoken(language)):
        return Source(str(kind.subject), str(kind.body), str(kind.button))


def chosen(kind: EmailType, *, scope: str, language: str) -> tuple[MailTemplate | None, str]:
    """Return the changed text that takes precedence over the default one, if there is any, and its language."""
    template = _own(kind, scope, language)
    if template is None and not is_spoken(language):
        language = FALLBACK
        template = _own(kind, scope, language)
    return template, language


def misplaced(template: MailTemplate) -> tuple[str, ...]:
    """Return the fields that keep `template` from being used: their private link could reach somebody else."""
    kind = find(template.kind)
    return secrecy.misplaced(kind, subject=template.subject, body=template.body) if kind else ()


def unused(scopes: Collection[str] = ()) -> list[MailTemplate]:
    """Return the texts that are not used because of a private link: all of them, or those of `scopes`."""
    found = MailTemplate.objects.filter(scope__in=scopes) if scopes else MailTemplate.objects.all()
    return [template for template in found.order_by("scope", "kind", "language") if misplaced(template)]


def _own(kind: EmailType, scope: str, language: str) -> MailTemplate | None:
    found = MailTemplate.objects.filter(kind=kind.name, language=language, scope__in={scope, ""})
    return found.order_by("-scope").first()


def own_templates(scope: str) -> QuerySet[MailTemplate]:
    """Return the own texts of `scope`."""
    return MailTemplate.objects.filter(scope=scope).order_by("kind", "language")


def about(subject: str) -> QuerySet[OutgoingMail]:
    """Return the emails about `subject` ("application:7"), the newest first."""
    return OutgoingMail.objects.filter(about=subject)


def due() -> QuerySet[OutgoingMail]:
    """Return the emails to send now, the longest waiting first; those that a worker left behind among them."""
    return OutgoingMail.objects.filter(is_due()).order_by("next_attempt_at", "pk")


def is_due() -> Q:
    """Return the condition for an email to be due: it waits and its time has come, or its worker must be dead."""
    return Q(state=OutgoingMail.State.QUEUED, next_attempt_at__lte=now()) | Q(
        state=OutgoingMail.State.SENDING, claimed_at__lt=stale_before()
    )


def stale_before() -> datetime:
    """Return the instant before which a claim counts as abandoned; by the real clock, like claims."""
    return timezone.now() - timedelta(seconds=conf.COP_MAIL_CLAIM_SECONDS)


def last_fields(kind: str, about: str) -> dict[str, str]:
    """Return the values in the newest email of the type `kind` about a reference; {} if there is none."""
    found = OutgoingMail.objects.filter(kind=kind, about=about).order_by("-pk")
    return found.values_list("fields", flat=True).first() or {}
