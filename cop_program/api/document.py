"""The document of a program as plain data, made only from the rows of `rows.py`."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from djmoney.money import Money
from wagtail.images import get_image_model
from wagtail.models.sites import SiteRootPath

from .. import formatting, journey
from ..blocks import TeasersBlock
from ..extensions import NextStep, Places, Standing
from ..models import ProgramPage
from ..presentation.context import KINDS, balance_of, zone_groups
from ..presentation.schedule import ZoneGroup
from . import paths
from .rows import IMAGE
from .texts import Texts


@dataclass(frozen=True)
class Surroundings:
    """Where a document is read: the base URL of its paths, and the roots of the sites, the reader's own first."""

    api_root: str
    roots: tuple[SiteRootPath, ...]

    def page(self, url_path: str) -> str:
        """Return the absolute URL of the page with `url_path`, '' if it belongs to no site."""
        root = next((one for one in self.roots if url_path.startswith(one.root_path)), None)
        if root is None:
            return ""
        language = root.language_code if getattr(settings, "WAGTAIL_I18N_ENABLED", False) else None
        with translation.override(language) if language else nullcontext():
            try:
                return str(root.root_url + reverse("wagtail_serve", args=[url_path[len(root.root_path) :]]))
            except NoReverseMatch:
                return ""


def build(
    page: ProgramPage,
    values: Mapping[str, Any],
    below: Iterable[dict[str, Any]],
    standing: Standing,
    around: Surroundings,
) -> tuple[dict[str, Any], bool]:
    """Return the document of `page`, and whether the rows are all that determines it."""
    rows = list(below)
    addresses = {row["pk"]: around.page(row["url_path"]) for row in rows}
    texts = Texts(addresses, {row["pk"]: row["title"] for row in rows})
    sessions = [row for row in rows if row["content_type"] == "sessionpage" and row["starts_at"] and row["ends_at"]]
    sessions = [row for row in sessions if row["url_path"].startswith(page.url_path)]
    numbers = count(1)
    for row in sessions:
        row["number"] = None if row["is_cancelled"] else next(numbers)
    document = summary(page, standing, around) | {
        "language": values["cop_language"] or "en",
        "registration_api_url": _absolute(around, standing.registration_api_url),
        "status": values["cop_status"] or "open",
        "kind": page.kind,
        "summary": page.summary,
        "hero_image": _image({name: values[f"cop_image_{name}"] for name in IMAGE}, around),
        "audience": texts.html(page.audience),
        "prerequisite": texts.html(page.prerequisite),
        "cancellation_policy": texts.html(page.cancellation_policy),
        "body": texts.tree(_body(page)),
        "home_zone": page.home_zone,
        "deadlines": {kind: _deadline(page, kind) for kind in KINDS},
        "fee": money(page.fee),
        "deposit": money(page.deposit),
        "balance": money(balance_of(page)),
        "rebate": {
            "percentage": f"{page.rebate_percentage or Decimal(0):.2f}",
            "countries": [str(getattr(country, "code", country)) for country in page.rebate_countries or []],
        },
        "least_members": page.least_members,
        "places": _places(standing.places),
        "next_step": _next_step(standing.next_step, around),
        "facilitators": [_facilitator(row, texts, around) for row in rows if row["is_person"]],
        "sessions": [_session(row, texts, around) for row in sessions],
        "schedule": schedule([row for row in sessions if not row["is_cancelled"]], zone_groups(page)),
    }
    return document, texts.is_settled


def summary(page: ProgramPage, standing: Standing, around: Surroundings) -> dict[str, Any]:
    """Return the summary of a program for lists, with the URL of the whole document."""
    return {
        "id": page.pk,
        "title": page.title,
        "slug": page.slug,
        "url": around.page(page.url_path),
        "starts_on": _day(page.starts_on),
        "ends_on": _day(page.ends_on),
        "api_url": _absolute(around, paths.api_path("cop_program", page.pk)) or "",
        "application_api_url": _absolute(around, standing.application_api_url),
        "calendar_url": around.api_root + reverse("cop_program:calendar", args=[page.pk]),
    }


def instant(moment: datetime) -> str:
    """Return "2024-02-08T00:00:00Z"."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def step(here: journey.Standing | None) -> dict[str, str | None]:
    """Return the step at which a person stands, until when, and what it waits for; None for what there is not."""
    until = here.until if here else None
    return {
        "step": (here and here.step) or None,
        "step_until": instant(until) if until else None,
        "waits_for": (here and here.waits_for) or None,
    }


def money(amount: Money | None) -> dict[str, str] | None:
    """Return `{"amount": "1997.00", "currency": "USD"}`, with the decimals that the currency has."""
    if amount is None:
        return None
    return {"amount": f"{formatting.round_minor(amount).amount:f}", "currency": str(amount.currency)}


def schedule(sessions: Sequence[Mapping[str, Any]], groups: Iterable[ZoneGroup]) -> list[dict[str, Any]]:
    """Return each session in the time zones of each group, with English weekdays and 24-hour times."""
    if not sessions:
        return []
    return [
        {
            "group": group.name,
            "sessions": [
                {
                    "session": row["number"],
                    "starts_at": instant(row["starts_at"]),
                    "ends_at": instant(row["ends_at"]),
                    "local": [_local(row, zone) for zone in dict.fromkeys(group.zones)],
                }
                for row in sessions
            ],
        }
        for group in groups
    ]


def _local(row: Mapping[str, Any], zone: str) -> dict[str, str]:
    start, end = (row[name].astimezone(ZoneInfo(zone)) for name in ("starts_at", "ends_at"))
    return {
        "time_zone": zone,
        "abbreviation": formatting.letters(start),
        "weekday": ENGLISH_WEEKDAYS[start.weekday()],
        "date": start.date().isoformat(),
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
    }


ENGLISH_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _body(page: ProgramPage) -> list[dict[str, Any]]:
    """Return the API representation of the body, with cards as their stored keys, so that no page is fetched."""
    known, found = page.body.stream_block.child_blocks, []
    for place, raw in enumerate(page.body.raw_data):
        block = known.get(raw["type"])
        if isinstance(block, TeasersBlock):
            value: Any = block.stored(raw["value"])
        elif block is not None:
            value = block.get_api_representation(page.body[place].value, context={})
        else:
            continue
        found.append({"type": raw["type"], "value": value, "id": raw.get("id")})
    return found


def _deadline(page: ProgramPage, kind: str) -> dict[str, str] | None:
    deadline = page.deadline(kind)
    if deadline is None:
        return None
    return {"date": deadline.day.isoformat(), "time_zone": deadline.zone, "closes_at": instant(deadline.closes_at)}


def _places(places: Places | None) -> dict[str, int] | None:
    return asdict(places) | {"left": places.left} if places else None


def _next_step(step: NextStep | None, around: Surroundings) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "label": str(step.label),
        "url": _absolute(around, step.url),
        "explanation": str(step.explanation),
        "closes_at": instant(step.closes_at) if step.closes_at else None,
        "is_open": step.is_open,
        "reason": step.reason or None,
    }


def _facilitator(row: Mapping[str, Any], texts: Texts, around: Surroundings) -> dict[str, Any]:
    return {
        "id": row["pk"],
        "name": row["title"],
        "url": around.page(row["url_path"]),
        "role": row["role"] or "",
        "organization": row["organization"] or "",
        "credentials": row["credentials"] or "",
        "biography": texts.html(row["biography"]),
        "website": row["website"] or "",
        "portrait": _image({name: row[f"portrait_{name}"] for name in IMAGE}, around),
    }


def _session(row: Mapping[str, Any], texts: Texts, around: Surroundings) -> dict[str, Any]:
    return {
        "id": row["pk"],
        "number": row["number"],
        "title": row["title"],
        "url": around.page(row["url_path"]),
        "starts_at": instant(row["starts_at"]),
        "ends_at": instant(row["ends_at"]),
        "is_cancelled": bool(row["is_cancelled"]),
        "description": texts.html(row["description"]),
    }


def _image(row: Mapping[str, Any], around: Surroundings) -> dict[str, Any] | None:
    if not row["file"]:
        return None
    address = get_image_model()._meta.get_field("file").storage.url(row["file"])
    return {
        "id": row["id"],
        "title": row["title"],
        "url": _absolute(around, address),
        "width": row["width"],
        "height": row["height"],
    }


def _absolute(around: Surroundings, address: str) -> str | None:
    if not address:
        return None
    return address if "://" in address else around.api_root + address


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
