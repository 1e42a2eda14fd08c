"""What happens to a form that stands alone."""

from django.db import transaction

from cop_program.clock import now

from ..base import history, references
from . import files
from .models import FormPage, Submission
from .submissions import CleanSubmission, Receipt


@transaction.atomic
def submit(*, page: FormPage, submission: CleanSubmission) -> Receipt:
    """Store what somebody sent through `page`; the same idempotency key again gives the same receipt."""
    key = submission.idempotency_key or None
    if key and (earlier := Submission.objects.filter(idempotency_key=key).first()):
        return Receipt(earlier.reference)
    moment = now()
    made = Submission.objects.create(
        page_id=page.pk,
        version=submission.version,
        answers=dict(submission.answers),
        language=submission.language,
        submitted_at=moment,
        idempotency_key=key,
        reference=references.draw(f"S-{moment:%Y}", prefix=f"S-{moment:%Y}-"),
    )
    files.claim(made.answers)
    history.record(made, "forms_ext.forms.submit")
    return Receipt(made.reference)
