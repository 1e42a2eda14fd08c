"""What editors and staff are shown of changed sessions before the members are told."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from cop_program import locales
from cop_program.models import Program

from ...base import dates
from ...base.permissions import may
from ...registration.models import Registration
from .. import session_changes


def may_tell(user: Any, program: Program) -> bool:
    """Tell whether `user` decides what members are told: staff, and who may publish the program."""
    return may(user, "manage", Registration) or program.page.permissions_for_user(user).can_publish()


def changes_context(program: Program, user: Any, back: str) -> dict[str, Any]:
    """Return what the notice shows: nothing if there is nothing to tell, or `user` decides nothing."""
    found = session_changes.pending(program) if may_tell(user, program) else None
    if found is None:
        return {"changes": []}
    query = urlencode({"next": back})
    names = ("tell_changes", "dont_tell")
    return {
        "changes": found.letter(locales.language()).lines(program.page.home_zone),
        "due_at": dates.until(found.due_at, program.page.home_zone, locales.language()),
        "is_due": found.is_due,
        "members": found.members,
        **{f"{name}_url": f"{reverse(f'cop_programs:{name}', args=[program.pk])}?{query}" for name in names},
    }


def of_session_changes(program: Program, request: HttpRequest) -> SafeString:
    """Return the notice as HTML, or '' if there is nothing to tell."""
    context = changes_context(program, request.user, request.path)
    return (
        render_to_string("forms_ext/programs/admin/session_changes.html", context)
        if context["changes"]
        else SafeString("")
    )
