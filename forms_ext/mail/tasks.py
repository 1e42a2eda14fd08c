"""Background work of the mail."""

from django.tasks import task

from . import delivery


@task
def deliver(pk: int) -> bool:
    """Send one mail of the email log, if it is due and nobody else has it."""
    return delivery.deliver(pk)
