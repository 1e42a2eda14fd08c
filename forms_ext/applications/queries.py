"""Reads of `applications`."""

from .models import Application


def locked(application_id: int) -> Application:
    """Return the application, read anew and locked until the transaction ends, so that nobody decides it meanwhile.

    Raise Application.DoesNotExist if there is none.
    """
    applications = Application.objects.select_for_update(of=("self",))
    return applications.select_related("program__page").get(pk=application_id)
