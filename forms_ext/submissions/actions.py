"""What happens to the answers of a form that belongs to no program."""

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpRequest
from wagtail.models import Page

from cop_program.clock import now

from ..base import history, network, number_series, private_files
from ..forms import compiler
from . import files, guards
from .cleaned import CleanSubmission, Receipt
from .models import Submission, Upload

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

    from .pages import AbstractFormPage

SENT = "forms_ext.submissions.submit"
DELETED = "forms_ext.submissions.delete"
DOWNLOADED = "forms_ext.submissions.download"


def find_sent(key: str) -> Receipt | None:
    """Return the receipt of what was stored under the idempotency `key`, or None."""
    earlier = Submission.objects.filter(idempotency_key=key).first() if key else None
    return Receipt(earlier.reference, stored=earlier) if earlier else None


@transaction.atomic
def take(submission: CleanSubmission, *, page: "AbstractFormPage", request: HttpRequest) -> Receipt:
    """Store what a visitor sent through `page`, as its type does, and count it for their network.

    Raise ActionRefused if the page refuses it, and `guards.TooMany` if it is one too many. Nothing is kept then.
    """
    receipt = page.accept_submission(submission, request)
    guards.count_sent(network.sender(request))
    return receipt


@transaction.atomic
def submit(*, page: Page, submission: CleanSubmission) -> Receipt:
    """Store what somebody sent through `page`; the same idempotency key returns the same receipt."""
    key = submission.idempotency_key
    if earlier := find_sent(key):
        return earlier
    moment = now()
    reference = number_series.draw(f"S-{moment:%Y}", prefix=f"S-{moment:%Y}-")
    if earlier := find_sent(key):  # the same post at the same moment, which had drawn before
        return earlier
    words = [answer.text for answer in compiler.compile(submission.version).display(submission.answers) if answer.text]
    titles = [submission.roles.get("name"), submission.roles.get("email"), *words]
    made = Submission.objects.create(
        page_id=page.pk,
        version=submission.version,
        answers=dict(submission.answers),
        language=submission.language,
        submitted_at=moment,
        idempotency_key=key or None,
        title=next((str(title) for title in titles if title), "")[:200],
        words="\n".join(words),
        reference=reference,
    )
    history.record(made, SENT, made=[made, *files.claim(made.answers)])
    return Receipt(made.reference)


@transaction.atomic
def delete(*, submission: Submission, by: "AbstractBaseUser") -> None:
    """Delete `submission` for good, with its files. The audit log keeps its reference and who deleted it."""
    uploads = list(Upload.objects.filter(token__in=files.tokens_of(submission.answers)))
    history.record(submission, DELETED, user=by, gone=[submission, *uploads])
    submission.delete()
    for upload in uploads:
        upload.delete()
        transaction.on_commit(partial(private_files.delete, upload.storage_path))
