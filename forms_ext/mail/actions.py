"""What other packages ask of the mail package: send an email, preview it, try it again, change its template."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from cop_program import email_addresses
from cop_program.clock import now

from ..base import events, history, recipients
from ..base.errors import ActionRefused
from ..base.tasks import start
from . import dry_run, email_types, encryption, queries, rendering, secrecy
from .harmless import harmless
from .models import MailAttachment, MailTemplate, OutgoingMail
from .rendering import Rendered
from .sender import sender_domain

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

__all__ = [
    "Attachment",
    "copy_templates",
    "preview",
    "reset_template",
    "save_template",
    "send",
    "send_again",
    "show",
    "try_again",
    "withdraw",
]


@dataclass(frozen=True)
class Attachment:
    """A file that goes out with a mail under the name `file_name`: of private storage, or drawn (`files.register`).

    Instead, `content` holds a text that only this mail has, such as a calendar entry.
    """

    storage_path: str
    file_name: str
    content_type: str
    content: str = ""


def preview(
    *, kind: str, fields: Mapping[str, str], scope: str = "", language: str = "en", reply_to: str = ""
) -> Rendered:
    """Return the email as `send` would write it, with private links masked, whatever `fields` holds.

    Raise LookupError if `kind` is not registered.
    """
    declared = email_types.get(kind)
    source = queries.source(declared, scope=scope, language=language)
    return show(declared, source, fields=fields, language=language, reply_to=reply_to)


def show(
    kind: email_types.EmailType,
    source: rendering.Source,
    *,
    fields: Mapping[str, str],
    language: str,
    reply_to: str = "",
) -> Rendered:
    """Return an email made from `source`, which need not be saved; private links are masked."""
    shown = rendering.compose(kind=kind, source=source, fields=fields, language=language, reply_to=reply_to)
    return Rendered(shown.subject, rendering.masked(shown.text), rendering.masked(shown.html))


@transaction.atomic
def send(
    *,
    kind: str,
    to: str,
    to_name: str = "",
    fields: Mapping[str, str],
    secrets: Mapping[str, str] | None = None,
    scope: str = "",
    language: str = "en",
    about: str = "",
    reply_to: str = "",
    attachments: Sequence[Attachment] = (),
    idempotency_key: str = "",
    last_moment: datetime | None = None,
) -> OutgoingMail:
    """Write an email into the email log, in the caller's transaction; it is sent after the commit.

    The same idempotency key returns the email that it made, even if both calls happen at the same moment. It is not
    sent after `last_moment`, from which on what it says is no longer so.

    `fields` must hold a value for every field of the kind, `secrets` a URL for every secret one; the paragraph of a
    secret that is empty is left out. A value "way" in
    `fields` is shown as the last line ("Step 3 of 7: Register, by ...").

    Raise LookupError if `kind` is not registered or a secret is missing, ValueError if a field that is not secret holds
    a private link, and ValidationError if `to` or `reply_to` is not an email address.
    """
    declared = email_types.get(kind)
    secrets = dict(secrets or {})
    if missing := declared.secrets - set(secrets):
        raise LookupError(f"Mail {kind}: no secret for {', '.join(sorted(missing))}")
    for name in set(fields) - declared.secrets:
        if any(secret and secret in str(fields[name]) for secret in secrets.values()):
            raise ValueError(f"Mail {kind}: {name} holds a private link; declare it as one of secret_fields")
    for address in (to, reply_to):
        if address:
            email_addresses.validate(address)
    source = queries.source(declared, scope=scope, language=language)
    without = [name for name, secret in secrets.items() if not secret]
    shown = rendering.compose(
        kind=declared, source=source, fields=fields, language=language, reply_to=reply_to, without=without
    )
    moment = now()
    values = {
        "kind": kind,
        "scope": scope,
        "about": about,
        "recipient": to,
        "recipient_name": harmless(to_name),
        "reply_to": reply_to,
        "language": language,
        "subject": shown.subject,
        "text": shown.text,
        "html": shown.html,
        "fields": {name: str(fields[name]) for name in {*declared.fields, "way"} - declared.secrets if name in fields},
        "secrets": encryption.lock({name: secrets[name] for name in declared.secrets}),
        "created_at": moment,
        "next_attempt_at": moment,
        "last_moment": last_moment,
        "message_id": make_msgid(domain=sender_domain()),
    }
    if not idempotency_key:
        mail = OutgoingMail.objects.create(**values)
    else:
        mail, is_new = OutgoingMail.objects.get_or_create(idempotency_key=idempotency_key, defaults=values)
        if not is_new:
            return mail
    enclosed = MailAttachment.objects.bulk_create(
        MailAttachment(
            mail=mail,
            storage_path=attachment.storage_path,
            content=attachment.content,
            file_name=attachment.file_name,
            content_type=attachment.content_type,
        )
        for attachment in attachments
    )
    events.append("forms_ext.mail.write", mail, made=[mail, *enclosed], kind=kind, about=about)
    if source.replaces:
        history.record(mail, "forms_ext.mail.built_in_text", template=source.replaces)
    dry_run.written(mail, [attachment.file_name for attachment in attachments])
    _deliver_after_commit(mail.pk)
    return mail


def _deliver_after_commit(pk: int) -> None:
    start("forms_ext.mail.tasks.deliver", pk)


@transaction.atomic
def try_again(*, mail: OutgoingMail, by: "AbstractBaseUser | None" = None) -> None:
    """Try an email at once that failed or waits for its next attempt, with all its attempts anew.

    Raise ActionRefused if it is being sent or has been sent, if it is out of date, or if its private link has been
    wiped.
    """
    State = OutgoingMail.State
    _check_up_to_date(mail)
    changed = OutgoingMail.objects.filter(pk=mail.pk, state__in=[State.FAILED, State.QUEUED]).update(
        state=State.QUEUED, attempts=0, next_attempt_at=now(), last_error="", secrets=mail.secrets or _new_secrets(mail)
    )
    if not changed:
        raise ActionRefused(_("This email is being sent or has been sent, so it cannot be sent again."))
    mail.refresh_from_db()
    history.record(mail, "forms_ext.mail.try_again", user=by)
    _deliver_after_commit(mail.pk)


@transaction.atomic
def send_again(*, mail: OutgoingMail, by: "AbstractBaseUser | None" = None) -> OutgoingMail:
    """Send an email that was sent once more, as an email of its own, which is returned.

    Its link to the private page is the one of today. Raise ActionRefused if it has not been sent, if it is out of date,
    or if its private link is one that can be used once.
    """
    _check_up_to_date(mail)
    if mail.state != OutgoingMail.State.SENT:
        raise ActionRefused(_("This email has not been sent yet."))
    kept = ["kind", "scope", "about", "recipient", "recipient_name", "reply_to", "language", "last_moment"]
    moment = now()
    copy = OutgoingMail.objects.create(
        **{name: getattr(mail, name) for name in [*kept, "subject", "text", "html", "fields"]},
        secrets=_new_secrets(mail),
        created_at=moment,
        next_attempt_at=moment,
        message_id=make_msgid(domain=sender_domain()),
    )
    enclosed = MailAttachment.objects.bulk_create(
        MailAttachment(
            mail=copy,
            storage_path=one.storage_path,
            content=one.content,
            file_name=one.file_name,
            content_type=one.content_type,
        )
        for one in mail.attachments.all()
    )
    events.append("forms_ext.mail.write", copy, made=[copy, *enclosed], kind=copy.kind, about=copy.about)
    history.record(mail, "forms_ext.mail.send_again", user=by, copy=copy.pk)
    _deliver_after_commit(copy.pk)
    return copy


def _check_up_to_date(mail: OutgoingMail) -> None:
    if mail.state == OutgoingMail.State.DROPPED or mail.is_out_of_date:
        raise ActionRefused(_("This email is out of date, so it can no longer be sent."))


def _new_secrets(mail: OutgoingMail) -> str:
    """Return the secrets of an email whose own were deleted when it was sent: the link to the private page.

    Raise ActionRefused if it has another private link.
    """
    names = set(rendering.MARKS.findall(mail.text + mail.html))
    recipient = recipients.find(mail.about) if names == {"link"} else None
    if names and recipient is None:
        raise ActionRefused(
            _("The private link in this email was deleted when the email was sent. Send a new link instead.")
        )
    return encryption.lock({"link": recipient.private_url} if recipient else {})


@transaction.atomic
def withdraw(*, kinds: Collection[str], about: str) -> int:
    """Drop the emails of `kinds` about `about` that wait or have failed; return how many.

    What they say is no longer so, such as when the payment that they ask for has come.
    """
    State = OutgoingMail.State
    unsent = OutgoingMail.objects.filter(
        kind__in=kinds, about=about, state__in=[State.QUEUED, State.FAILED], sent_at__isnull=True
    )
    withdrawn = [
        mail
        for mail in unsent
        if unsent.filter(pk=mail.pk).update(state=State.DROPPED, next_attempt_at=None, secrets="")
    ]
    for mail in withdrawn:
        events.append("forms_ext.mail.drop", mail)
    return len(withdrawn)


@transaction.atomic
def save_template(
    *,
    kind: str,
    scope: str,
    language: str,
    subject: str,
    body: str,
    button_label: str = "",
    by: "AbstractBaseUser | None" = None,
) -> MailTemplate:
    """Save the text of emails of `kind` that are written from now on, in `scope` and `language`.

    Raise ActionRefused if a private link is where it could reach somebody else, and LookupError if `kind` is not
    registered.
    """
    wrong = secrecy.misplaced(email_types.get(kind), subject=subject, body=body)
    if wrong:
        raise ActionRefused(secrecy.advice(wrong[0]))
    return _store(kind, scope, language, subject=subject, body=body, button_label=button_label, by=by)


def _store(
    kind: str, scope: str, language: str, *, subject: str, body: str, button_label: str, by: "AbstractBaseUser | None"
) -> MailTemplate:
    template, _created = MailTemplate.objects.update_or_create(
        kind=kind,
        scope=scope,
        language=language,
        defaults={"subject": rendering.one_line(subject), "body": body, "button_label": button_label},
    )
    history.record(template, "forms_ext.mail.save_template", user=by, made=[template], subject=template.subject)
    return template


@transaction.atomic
def reset_template(*, kind: str, scope: str, language: str, by: "AbstractBaseUser | None" = None) -> None:
    """Delete the text of `scope` and `language`, so that the more general one is used again."""
    for template in MailTemplate.objects.filter(kind=kind, scope=scope, language=language):
        history.record(template, "forms_ext.mail.reset_template", user=by, gone=[template])
        template.delete()


@transaction.atomic
def copy_templates(*, from_scope: str, to_scope: str, by: "AbstractBaseUser | None" = None) -> None:
    """Copy the texts of `from_scope` to `to_scope`, in all languages, except those of a kind that no longer exists.

    A text that is not used is copied, too, so that it can be corrected; it is not used in `to_scope` either.
    """
    for template in queries.own_templates(from_scope):
        if email_types.find(template.kind) is None:
            continue
        _store(
            template.kind,
            to_scope,
            template.language,
            subject=template.subject,
            body=template.body,
            button_label=template.button_label,
            by=by,
        )
