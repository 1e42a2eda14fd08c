"""What can happen to an application before it is decided, and the message to a facilitator."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from wagtail.models import Page

from cop_program.clock import now
from cop_program.models import FacilitatorPage, Program

from ..base import history, number_series
from ..base.errors import ActionRefused
from ..base.references import reference_to
from ..forms import compiler
from ..forms.models import FormVersion
from ..mail import actions as mail
from ..mail.models import OutgoingMail
from ..submissions import files, guards
from ..submissions.cleaned import CleanSubmission, Receipt
from . import queries
from .emails import CONFIRMED, send_receipt
from .models import Application, ApplicationNote

if TYPE_CHECKING:
    from django.contrib.auth.models import User


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
    application = Application.objects.create(
        program=program,
        version=submission.version,
        answers=dict(submission.answers),
        language=submission.language,
        submitted_at=moment,
        idempotency_key=submission.idempotency_key or None,
        reference=reference,
        **submission.columns(Application),
        **more,
    )
    return application, True


def _with_files(application: Application) -> list[Model]:
    """Return `application` and the uploads among its answers, which it claims."""
    return [application, *files.claim(application.answers)]


@transaction.atomic
def apply(*, page: Page, submission: CleanSubmission) -> Application:
    """Store an application sent through `page` and confirm it by email.

    If the address has applied to the program before, only that email says so: a stranger learns nothing of it.
    No email is sent if the address has received too many, but the application is stored all the same: nobody can be
    kept from applying by a stranger who misuses their address. The same idempotency key returns the application that it
    made. Raise ActionRefused if the form is closed.
    """
    if earlier := _earlier(submission):
        return earlier
    program = page.program
    if program is None or not page.is_open(now()):
        raise ActionRefused(page.why_closed())
    application, is_new = _create(program, submission, source=Application.Source(submission.source))
    if is_new:
        history.record(application, "forms_ext.applications.apply", made=_with_files(application))
        if guards.may_mail(application.email):
            send_receipt(application)
    return application


def receipt(application: Application) -> Receipt:
    """Return the reference and answers of `application`, and whether an email to its address confirms it."""
    mails = OutgoingMail.objects.filter(kind__in=CONFIRMED, about=reference_to(application))
    return Receipt(application.reference, is_mailed=mails.exists(), recipient=application.email, stored=application)


@transaction.atomic
def enter_on_behalf(
    *,
    program: Program,
    version: FormVersion,
    language: str,
    answers: Mapping[str, Any],
    entered_by: "User",
    although_closed: bool = False,
    idempotency_key: str = "",
) -> Application:
    """Store the application of somebody who wrote an email instead, and confirm it by email.

    Nothing is emailed if the program is cancelled or over. The same idempotency key returns the application that it
    made. Raise ActionRefused if people cannot apply any more, unless staff add it `although_closed`.
    """
    roles = compiler.compile(version).role_values(answers)
    submission = CleanSubmission(version, answers, roles, language, idempotency_key, source="staff")
    if earlier := _earlier(submission):
        return earlier
    closed = queries.why_closed(program)
    if closed and not although_closed:
        raise ActionRefused(_("%(why)s Confirm that you want to add the application anyway.") % {"why": closed})
    application, is_new = _create(program, submission, source=Application.Source.STAFF, entered_by=entered_by)
    if is_new:
        history.record(application, "forms_ext.applications.enter", user=entered_by, made=_with_files(application))
        if queries.is_running(program):
            send_receipt(application)
    return application


@transaction.atomic
def add_note(*, application: Application, author: "User", text: str) -> ApplicationNote:
    """Save a note of `author` on `application`. Raise ActionRefused if it is empty or too long."""
    text = text.strip()
    if not text or len(text) > 4000:
        raise ActionRefused(_("Use 4,000 characters or fewer for a note."))
    note = ApplicationNote.objects.create(application=application, author=author, text=text, created_at=now())
    history.record(application, "forms_ext.applications.note", user=author, made=[note], note=note.pk)
    return note


def is_message_sent(key: str) -> bool:
    """Tell whether a message to a facilitator was sent under the idempotency `key`."""
    return bool(key) and OutgoingMail.objects.filter(idempotency_key=key).exists()


@transaction.atomic
def write_to_facilitator(
    *, facilitator: FacilitatorPage, name: str, email: str, message: str, sender: str = "", idempotency_key: str = ""
) -> None:
    """Email `message` to the facilitator, with replies to `email`. The facilitator's address is read only here.

    The same idempotency key sends nothing more. Raise ActionRefused if the facilitator has no address, and
    `guards.TooMany` if `email`, the network `sender` or everyone together has sent this person too many.
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
