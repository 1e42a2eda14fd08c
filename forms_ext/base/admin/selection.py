"""Which rows of a list were selected: one field in the body of a form, however many they are.

Ids in a URL would end at about 140 rows: gunicorn accepts no request line above 4,094 bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cop_program.keys import keys

__all__ = ["ALL", "CONFIRMED", "FIELD", "LIMIT", "Selection", "SelectionRefused", "read", "write"]

FIELD = "rows"  # in the body: "12 13", "12:submitted 13:accepted" or "all"
ALL = "all"
CONFIRMED = "confirmed"  # present on the page that shows what will be done
LIMIT = 2000
ENTRY = re.compile(r"([0-9]{1,19})(?::([a-z_]{1,20}))?", re.ASCII)


class SelectionRefused(Exception):
    """A selection that cannot be used, with a message; `status` is that of the response."""

    def __init__(self, message: str | Promise, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Selection:
    """Rows by key with the status that the reader saw ("" if unknown), or all filtered rows."""

    seen: Mapping[int, str] = field(default_factory=dict)
    is_all: bool = False


def read(request: HttpRequest) -> Selection:
    """Return what is selected: the field in the body, else the ids in the address, as Wagtail's own script writes them.

    Raise SelectionRefused if the field cannot be read or holds too many rows.
    """
    if FIELD in request.POST:
        return _parse(request.POST[FIELD].strip())
    ids = request.GET.getlist("id")
    return _checked(Selection(dict.fromkeys(keys(ids), ""), is_all=ALL in ids))


def _parse(text: str) -> Selection:
    if text == ALL:
        return Selection(is_all=True)
    found = [ENTRY.fullmatch(entry) for entry in text.split(" ")] if text else []
    pairs = {one[1]: one[2] or "" for one in found if one}
    if len(keys(pairs)) != len(found):
        raise SelectionRefused(_("The selection was not recognized. Go back to the list and select the rows again."))
    return _checked(Selection({int(pk): state for pk, state in pairs.items()}))


def _checked(selection: Selection) -> Selection:
    check_size(len(selection.seen))
    return selection


def check_size(count: int) -> None:
    """Raise SelectionRefused if `count` rows are too many to act on at once."""
    if count > LIMIT:
        limit = number_format(LIMIT, use_l10n=True, force_grouping=True)
        raise SelectionRefused(_("Select %(limit)s rows or fewer. Use filters to shorten the list.") % {"limit": limit})


def write(seen: Mapping[int, str]) -> str:
    """Return the form field for rows and the status shown for each."""
    return " ".join(f"{pk}:{state}" if state else str(pk) for pk, state in seen.items())
