"""Reads of templates and of the outbox."""

from django.db.models import Q, QuerySet
from django.utils import translation

from cop_program.clock import now
from cop_program.wording import is_spoken

from .kinds import MailKind
from .models import MailTemplate, OutgoingMail
from .rendering import Source

#: The language that everybody gets for whom there is no other.
FALLBACK = "en"


def source(kind: MailKind, *, scope: str, language: str) -> Source:
    """Return the text in force: the program's own, else the one for all programs, else the built-in one.

    In a language into which nobody has translated the built-in text, English stands in for all three.
    """
    template = _own(kind, scope, language)
    if template is None and not is_spoken(language):
        language = FALLBACK
        template = _own(kind, scope, language)
    with translation.override(language):
        if template is None:
            return Source(str(kind.subject), str(kind.body), str(kind.button))
        subject, body = kind.renewed(template.subject), kind.renewed(template.body)
        return Source(subject, body, template.button_label or str(kind.button))


def _own(kind: MailKind, scope: str, language: str) -> MailTemplate | None:
    found = MailTemplate.objects.filter(kind=kind.name, language=language, scope__in={scope, ""})
    return found.order_by("-scope").first()


def own_templates(scope: str) -> QuerySet[MailTemplate]:
    """Return the texts that `scope` has of its own."""
    return MailTemplate.objects.filter(scope=scope).order_by("kind", "language")


def about(subject: str) -> QuerySet[OutgoingMail]:
    """Return the mails about `subject` ("application:7"), the newest first."""
    return OutgoingMail.objects.filter(about=subject)


def due() -> QuerySet[OutgoingMail]:
    """Return the mails to send now, the longest waiting first; those that a worker left behind among them."""
    return OutgoingMail.objects.filter(is_due()).order_by("next_attempt_at", "pk")


def is_due() -> Q:
    """Waiting and its time has come, or claimed so long ago that its worker must be dead."""
    from .delivery import stale_before

    return Q(state=OutgoingMail.State.QUEUED, next_attempt_at__lte=now()) | Q(
        state=OutgoingMail.State.SENDING, claimed_at__lt=stale_before()
    )
