"""What can happen to an application before it is decided, and the message to a facilitator."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from cop_program.clock import now
from cop_program.models import FacilitatorPage, Program

from ..base import history, number_series
from ..base.errors import ActionRefused
from ..forms import compiler, roles
from ..forms.models import FormVersion
from ..mail import actions as mail
from ..mail.models import OutgoingMail
from ..submissions import files, guards
from ..submissions.cleaned import CleanSubmission, Receipt
from .emails import CONFIRMED, send_receipt
from .models import Application, ApplicationNote


def _earlier(submission: CleanSubmission) -> Application | None:
    """Return the application that the same post has made before."""
    key = submission.idempotency_key
    return Application.objects.filter(idempotency_key=key).first() if key else None


def _create(program: Program, submission: CleanSubmission, **more: Any) -> tuple[Application, bool]:
    """Return the application, and whether it is new: the same post at the same moment waits for its reference."""
    moment = now()
    reference = number_series.draw(f"A-{moment:%Y}", prefix=f"A-{moment:%Y}-")
    if earlier := _earlier(submission):
        return earlier, False
    columns = {name: str(submission.roles.get(role) or "") for role, name in roles.columns(Application).items()}
    application = Application.objects.create(
        program=program,
        version=submission.version,
        answers=dict(submission.answers),
        language=submission.language,
        submitted_at=moment,
        idempotency_key=submission.idempotency_key or None,
        reference=reference,
        **columns,
        **more,
    )
    files.claim(application.answers)
    return application, True


@transaction.atomic
def apply(*, page: Page, submission: CleanSubmission) -> Application:
    """Store an application sent through `page` and confirm it by mail, unless its address has got enough of them.

    So a stranger who types somebody's address again and again keeps nobody from applying. The same idempotency key
    again returns the application that it made. Raises ActionRefused once the form is closed.
    """
    if earlier := _earlier(submission):
        return earlier
    program = page.program
    if program is None or not page.is_open(now()):
        raise ActionRefused(_("This form is closed. The deadline has passed."))
    application, is_new = _create(program, submission, source=Application.Source(submission.source))
    if is_new:
        history.record(application, "forms_ext.applications.apply")
        if guards.may_mail(application.email):
            send_receipt(application)
    return application


def receipt(application: Application) -> Receipt:
    """Return what the sender of `application` may quote, and whether a mail confirms it."""
    mails = OutgoingMail.objects.filter(kind=CONFIRMED, about=f"application:{application.pk}")
    return Receipt(application.reference, kind="application", is_mailed=mails.exists())


@transaction.atomic
def enter_on_behalf(
    *,
    program: Program,
    version: FormVersion,
    language: str,
    answers: Mapping[str, Any],
    entered_by: AbstractBaseUser,
    idempotency_key: str = "",
) -> Application:
    """Store the application of somebody who wrote a mail instead; the form may be closed. They get the confirmation.

    The same idempotency key again returns the application that it made.
    """
    roles = compiler.compile(version).role_values(answers)
    submission = CleanSubmission(version, answers, roles, language, idempotency_key, source="staff")
    if earlier := _earlier(submission):
        return earlier
    application, is_new = _create(program, submission, source=Application.Source.STAFF, entered_by=entered_by)
    if is_new:
        history.record(application, "forms_ext.applications.enter", user=entered_by)
        send_receipt(application)
    return application


@transaction.atomic
def add_note(*, application: Application, author: AbstractBaseUser, text: str) -> ApplicationNote:
    """Keep a note of `author` on `application`; raise ActionRefused where it is empty or too long."""
    text = text.strip()
    if not text or len(text) > 4000:
        raise ActionRefused(_("Use 4,000 characters or fewer for a note."))
    note = ApplicationNote.objects.create(application=application, author=author, text=text, created_at=now())
    history.record(application, "forms_ext.applications.note", user=author)
    return note


def is_message_sent(key: str) -> bool:
    """Tell whether a message was emailed under the idempotency `key`."""
    return bool(key) and OutgoingMail.objects.filter(idempotency_key=key).exists()


@transaction.atomic
def write_to_facilitator(
    *, facilitator: FacilitatorPage, name: str, email: str, message: str, sender: str = "", idempotency_key: str = ""
) -> None:
    """Mail `message` to the facilitator's address, which is read here alone; answers go to `email`.

    The same idempotency key again mails nothing more. Raises `guards.TooMany` if `email`, the network `sender` or
    everybody together has written to this person too often.
    """
    if not facilitator.contact_email:
        raise ActionRefused(_("Messages cannot be sent to this person."))
    if is_message_sent(idempotency_key):
        return
    guards.count_message(sender=sender, email=email, to=facilitator.contact_email)
    mail.send(
        idempotency_key=idempotency_key,
        kind="message_to_facilitator",
        to=facilitator.contact_email,
        to_name=facilitator.title,
        reply_to=email,
        fields={"facilitator": facilitator.title, "name": name, "email": email, "message": message},
        about=f"facilitator:{facilitator.pk}",
    )
