"""Steps that actions of several packages share: correct a name or an email address."""

import unicodedata
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from cop_program.clock import now

from ..base import history
from ..base.errors import ActionRefused
from .models import Correction

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def correct(row: Any, *, name: str, email: str, by: "User | None", reason: str, action: str, **more: str) -> Correction:
    """Correct the name and email of `row`, an application or registration that the caller has locked.

    What they were is kept in `row.corrections`, and recorded under `action`. `more` are other columns to set. Raise
    ActionRefused if neither name nor email changes, or one is not valid.
    """
    name, email = unicodedata.normalize("NFC", name.strip()), email.strip()
    _check(name, email)
    if (name, email) == (row.name, row.email):
        raise ActionRefused(_("Nothing has changed. Correct the name or the email address."))
    made: Correction = row.corrections.create(
        by=by,
        corrected_at=now(),
        reason=reason.strip(),
        name_before=row.name,
        name_after=name,
        email_before=row.email,
        email_after=email,
    )
    values = {"name": name, "email": email, **more}
    for column, value in values.items():
        setattr(row, column, value)
    row.save(update_fields=list(values))
    history.record(row, action, user=by, made=[made], changed={row: tuple(values)}, correction=made.pk)
    return made


def _check(name: str, email: str) -> None:
    if not name or len(name) > 200:
        raise ActionRefused(_("Enter a name of up to 200 characters."))
    try:
        validate_email(email)
    except ValidationError:
        raise ActionRefused(_("Enter a valid email address.")) from None
