"""Create a new edition of a program: copy its pages to a new start date, as drafts."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import models, transaction
from wagtail.blocks import StreamValue
from wagtail.coreutils import find_available_slug
from wagtail.models import Page

from .models import Program, ProgramPage, SessionPage

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

#: Fields that Wagtail would copy but a draft must not have: a scheduled publication, the lock of a colleague.
UNSCHEDULED = {
    "go_live_at": None,
    "expire_at": None,
    "expired": False,
    "locked": False,
    "locked_at": None,
    "locked_by": None,
}


@dataclass(frozen=True)
class Edition:
    """A copied program; `off_the_clock` are the sessions whose time does not exist on their new day."""

    program: Program
    off_the_clock: list[SessionPage] = field(default_factory=list)


def moved(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return `moment` moved by that many days, at the same wall time in `zone`."""
    local = moment.astimezone(zone)
    return (local.replace(tzinfo=None, fold=0) + timedelta(days=days)).replace(tzinfo=zone).astimezone(moment.tzinfo)


def shift(page: ProgramPage, first_day: date) -> int:
    """Return the days, whole weeks, from the first session to its weekday on or after `first_day`, in the home zone.

    Cancelled sessions do not count; without sessions, the first day of the program does. Without any day nothing is
    shifted.
    """
    sessions = [one for one in map(newest, page.sessions().specific()) if not one.is_cancelled]
    old = min((one.starts_at for one in sessions if one.starts_at), default=None)
    begins = old.astimezone(_zone(page)).date() if old else page.starts_on
    if begins is None:
        return 0
    new = first_day + timedelta(days=(begins.weekday() - first_day.weekday()) % 7)
    return (new - begins).days


def newest(page: Any) -> Any:
    """Return the published content of `page`, or its newest draft if it was never published."""
    if page.live or not page.latest_revision_id:
        return page
    draft = page.get_latest_revision_as_object()
    draft._state.adding = False
    return draft


@transaction.atomic
def copy_program(*, page: ProgramPage, first_day: date, title: str, by: "AbstractBaseUser | None") -> Edition:
    """Copy `page` with all below it to a new start, without join links, recordings and cancelled sessions."""
    days = shift(page, first_day)
    parent = page.get_parent()
    values = {name: day + timedelta(days=days) for name in _days(page) if (day := getattr(page, name))}
    values["refund_terms"] = _moved_terms(page, days)
    slug = find_available_slug(parent, page.slug)
    copy = _copy(page, parent, by, {**values, "title": title, "slug": slug})
    program, _made = Program.objects.get_or_create(translation_key=copy.translation_key, defaults={"page": copy})
    program.page = copy
    edition = Edition(program)
    _copy_below(page, copy, days, by, edition)
    return edition


def _days(page: ProgramPage) -> list[str]:
    """Return the names of the fields of `page` that hold days of its own."""
    return [name for name in page.shared_fields if isinstance(page._meta.get_field(name), models.DateField)]


def _moved_terms(page: ProgramPage, days: int) -> StreamValue:
    """Return what is given back on cancelling, with its days moved."""
    terms = []
    for block in page.refund_terms:
        value = dict(block.value)
        if "until" in value:
            value["until"] += timedelta(days=days)
        terms.append((block.block_type, value))
    return StreamValue(page.refund_terms.stream_block, terms)


def _copy_below(source: Page, target: Page, days: int, by: Any, edition: Edition) -> None:
    zone = _zone(edition.program.page)
    for below in source.get_children().specific():
        child = newest(below)
        if isinstance(child, SessionPage) and child.is_cancelled:
            continue
        values = _session_values(child, days, zone) if isinstance(child, SessionPage) else {}
        copy = _copy(child, target, by, values)
        if values and not _same_clock(child, copy, zone):
            edition.off_the_clock.append(copy)
        _copy_below(below, copy, days, by, edition)


def _copy(page: Any, to: Page, by: Any, values: dict[str, Any]) -> Any:
    to.refresh_from_db(fields=["path", "depth", "numchild", "url_path"])
    return page.copy(to=to, user=by, copy_revisions=False, keep_live=False, update_attrs={**UNSCHEDULED, **values})


def _session_values(session: SessionPage, days: int, zone: ZoneInfo) -> dict[str, Any]:
    starts_at, ends_at = (moment and moved(moment, days, zone) for moment in (session.starts_at, session.ends_at))
    if starts_at and ends_at and ends_at <= starts_at:  # the clocks change between the two
        ends_at = starts_at + (session.ends_at - session.starts_at)
    return {"starts_at": starts_at, "ends_at": ends_at, "join_link": "", "recording_link": ""}


def _same_clock(old: SessionPage, new: SessionPage, zone: ZoneInfo) -> bool:
    return all(
        getattr(old, name).astimezone(zone).time() == getattr(new, name).astimezone(zone).time()
        for name in ("starts_at", "ends_at")
        if getattr(old, name)
    )


def _zone(page: ProgramPage) -> ZoneInfo:
    return ZoneInfo(page.home_zone or "UTC")
