"""Send what the email log holds: claim, send, retry, give up."""

import logging
import re
import smtplib
from datetime import timedelta
from email.utils import format_datetime, formataddr
from typing import TypedDict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cop_program.clock import now
from cop_program.email_addresses import for_servers

from ..base import events, history
from ..base.conf import conf
from . import attachments, email_types, encryption, queries, rendering, secrecy
from .harmless import harmless
from .models import OutgoingMail

logger = logging.getLogger(__name__)
ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
REFUSED_BY_NAME = {"AnymailRecipientsRefused", "AnymailInvalidAddress", "AnymailUnsupportedFeature"}
METADATA = "mail"  # the name under which a provider's webhook identifies the email
LONGEST_WAIT = timedelta(hours=6)
SPECIALS = re.compile(r'[()<>\[\]:;@\\,"]+')


class SendOptions(TypedDict, total=False):
    """The options for `EmailMessage.send`; Django 6.0 has no `using`."""

    using: str


def deliver(pk: int) -> bool:
    """Send the email `pk` if it is due and no other worker has it; return whether it was sent. Drop it if out of date.

    The claim is one conditional UPDATE, so any number of workers may try. If a worker dies after the server has
    accepted the email, it is sent once more, with the same Message-ID.
    """
    mail = claim(pk)
    if mail is None:
        return False
    if mail.is_out_of_date:
        _finish(mail, verb="drop", state=OutgoingMail.State.DROPPED, secrets="", next_attempt_at=None)
        return False
    try:
        keep_secrets(mail)
        message(mail).send(**_using())
    except Exception as error:  # every failure of any backend is stored in the row, where staff see it
        _failed(mail, error)
        return False
    _sent(mail)
    return True


def deliver_due() -> int:
    """Send what is due, at most COP_MAIL_BATCH emails; return how many were sent."""
    pks = list(queries.due().values_list("pk", flat=True)[: conf.COP_MAIL_BATCH])
    return sum(deliver(pk) for pk in pks)


def claim(pk: int) -> OutgoingMail | None:
    """Claim the email `pk` for this worker and return it, or return None."""
    moment = timezone.now()
    taken = OutgoingMail.objects.filter(queries.is_due(), pk=pk).update(
        state=OutgoingMail.State.SENDING, claimed_at=moment, attempts=F("attempts") + 1
    )
    if not taken:
        return None
    mail = OutgoingMail.objects.get(pk=pk)
    return mail if mail.claimed_at == moment else None


@transaction.atomic
def keep_secrets(mail: OutgoingMail) -> None:
    """Replace the text of `mail` by the built-in one if a private link in it could reach somebody else.

    `send` writes no such text; this is for rows that were written before or by other means. Raise ValueError if there
    is no safe text.
    """
    if _is_safe(mail):
        return
    kind = email_types.find(mail.kind)
    if kind is None:
        raise ValueError("A private link is where it could get to somebody else.")
    source = queries.built_in(kind, mail.language)
    shown = rendering.compose(
        kind=kind,
        source=source,
        fields=mail.fields,
        language=mail.language,
        reply_to=mail.reply_to,
        without=[name for name, secret in encryption.unlock(mail.secrets).items() if not secret],
    )
    mail.subject, mail.text, mail.html = shown.subject, shown.text, shown.html
    if not _is_safe(mail):
        raise ValueError("A private link is where it could get to somebody else.")
    mail.save(update_fields=["subject", "text", "html"])
    history.record(mail, "forms_ext.mail.built_in_text", changed={mail: ("subject", "text", "html")})


def _is_safe(mail: OutgoingMail) -> bool:
    return secrecy.is_safe(subject=mail.subject, html=mail.html, text=mail.text)


def to_line(mail: OutgoingMail) -> str:
    """Return the To line: the name if it is harmless, without what folding could turn into a second address."""
    name = " ".join(SPECIALS.sub(" ", harmless(mail.recipient_name)).split())
    return formataddr((name, for_servers(mail.recipient)))


def message(mail: OutgoingMail) -> EmailMultiAlternatives:
    """Return the mail as it goes out: with its private links, both forms and its attachments."""
    secrets = encryption.unlock(mail.secrets)
    built = EmailMultiAlternatives(
        subject=mail.subject,
        body=rendering.reveal(mail.text, secrets, html=False),
        from_email=rendering.sender(),
        to=[to_line(mail)],
        reply_to=[for_servers(mail.reply_to)] if mail.reply_to else None,
        headers={
            "Message-ID": mail.message_id,
            "Date": format_datetime(now()),
            "Auto-Submitted": "auto-generated",
        },
    )
    setattr(built, "metadata", {METADATA: str(mail.pk)})  # noqa: B010  (anymail hands it on, others do not look)
    built.attach_alternative(rendering.reveal(mail.html, secrets, html=True), "text/html")
    for attachment in mail.attachments.all():
        attachments.attach(built, attachment)
    return built


def _using() -> SendOptions:
    return {"using": conf.COP_MAILER} if hasattr(settings, "MAILERS") else {}


def _sent(mail: OutgoingMail) -> None:
    _finish(
        mail, verb="sent", state=OutgoingMail.State.SENT, sent_at=now(), secrets="", last_error="", next_attempt_at=None
    )
    logger.info("Mail %s (%s) sent", mail.pk, mail.kind)


def _failed(mail: OutgoingMail, error: Exception) -> None:
    refused = is_permanent(error)
    words = describe(error)
    logger.warning("Mail %s (%s) not sent, attempt %s: %s", mail.pk, mail.kind, mail.attempts, words)
    if not refused and not is_over(mail.attempts):
        later = now() + wait(mail.attempts)
        _finish(mail, state=OutgoingMail.State.QUEUED, next_attempt_at=later, last_error=words)
        return
    _finish(mail, verb="fail", state=OutgoingMail.State.FAILED, next_attempt_at=None, last_error=words)


@transaction.atomic
def _finish(mail: OutgoingMail, *, verb: str = "", **values: object) -> None:
    """Record the end of an attempt, and its event `verb` if any, unless another worker has taken the email over."""
    ours = OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.SENDING, claimed_at=mail.claimed_at).update(
        claimed_at=None, **values
    )
    if ours and verb:
        events.append(f"forms_ext.mail.{verb}", mail)


def wait(attempts: int) -> timedelta:
    """Return how long to wait after so many failures: doubled each time, at most six hours."""
    return min(timedelta(seconds=conf.COP_MAIL_RETRY_SECONDS) * 2 ** (attempts - 1), LONGEST_WAIT)


def is_over(attempts: int) -> bool:
    """Tell whether so many failures have taken COP_MAIL_RETRY_DAYS."""
    waited = sum((wait(number) for number in range(1, attempts + 1)), timedelta())
    return waited > timedelta(days=conf.COP_MAIL_RETRY_DAYS)


def is_permanent(error: Exception) -> bool:
    """Tell whether there is no use in retrying: the recipient or the message was refused for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return 500 <= error.smtp_code < 600
    if isinstance(
        error, (ValueError, LookupError, ValidationError, encryption.SecretsLost)
    ):  # no server would ever accept it
        return True
    return type(error).__name__ in REFUSED_BY_NAME


def describe(error: Exception) -> str:
    """Return the error in one short line without addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()), (0, b""))
        detail = f"{code} {_decoded(words)}"
    elif isinstance(error, smtplib.SMTPResponseException):
        detail = f"{error.smtp_code} {_decoded(error.smtp_error)}"
    else:
        detail = getattr(error, "strerror", None) or str(error)
    return without_addresses(f"{type(error).__name__}: {detail}")


def without_addresses(text: str) -> str:
    """Return `text` for storage: one short line without addresses that any database accepts."""
    return ADDRESS.sub("…", rendering.one_line(text.encode(errors="replace").decode()))[:255]


def _decoded(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
