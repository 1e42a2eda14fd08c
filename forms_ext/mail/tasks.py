"""Background work of `mail`."""

from django.tasks import task

from . import delivery


@task
def deliver(pk: int) -> bool:
    """Send one email if it is due and no other worker has it."""
    return delivery.deliver(pk)
