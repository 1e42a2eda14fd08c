"""Background work of `registration`."""

from django.tasks import task

from ..mail import encryption
from . import actions


@task
def send_links(locked: str) -> None:
    """Email the private links of the address in `locked`, which is encrypted, since tasks are stored."""
    actions.send_links(email=encryption.unlock(locked)["email"])
