"""Template helpers for layout."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from babel.lists import format_list
from django import template
from django.utils.html import format_html, strip_tags
from django.utils.text import Truncator

from .. import locales, videos, zones
from ..extensions import Places
from ..formatting import and_list as join_with_and
from ..formatting import locale_of
from ..presentation.schedule import GroupSchedule

register = template.Library()

#: Blocks that belong above the schedule, and those that belong below the costs.
EARLY = frozenset({"benefits", "quotation", "quote", "testimonial"})
LATE = frozenset({"questions", "questions_and_answers", "faq"})


class BodyParts(NamedTuple):
    """A program's body in the order of its page: above the schedule, in the middle, below the costs."""

    before: list[Any]
    after: list[Any]
    questions: list[Any]


@register.filter
def body_parts(body: Iterable[Any]) -> BodyParts:
    """Split `body`: up to its last benefits or quotation, the rest, and the questions and answers."""
    blocks = list(body or ())
    questions = [block for block in blocks if block.block_type in LATE]
    others = [block for block in blocks if block.block_type not in LATE]
    cut = max((index for index, block in enumerate(others, 1) if block.block_type in EARLY), default=0)
    return BodyParts(others[:cut], others[cut:], questions)


@register.filter
def place_states(places: Places) -> list[str]:
    """Return the class of each place: taken, held, free."""
    taken = min(places.taken, places.capacity)
    held = min(places.held, places.capacity - taken)
    return ["cop-is-taken"] * taken + ["cop-is-held"] * held + [""] * (places.capacity - taken - held)


@register.filter
def written(text: str | None) -> str:
    """Return a rich text, or '' if it is empty: Wagtail's editor saves an empty paragraph."""
    text = str(text or "")
    return text if strip_tags(text).strip() or "<embed" in text else ""


@register.filter
def lines(text: str) -> list[str]:
    """Return the lines of `text` that say something."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


@register.filter
def and_list(parts: Sequence[Any]) -> str:
    """Return "a, b and c"."""
    return join_with_and([str(part) for part in parts], locales.language())


@register.filter
def own_times(group: GroupSchedule) -> str:
    """Return the times of one reader's sessions, each once: "1:00 - 4:00 am or midnight - 3:00 am"."""
    times = list(dict.fromkeys(line.time for section in group.sections for line in section.lines))
    return format_list(times, style="or", locale=locale_of(locales.language()))


@register.filter
def first_sentence(text: str) -> str:
    """Return the first sentence of a text without tags; a long one is cut at a word."""
    sentence = re.split(r"(?<=[.!?])\s+", strip_tags(str(text)).strip(), maxsplit=1)[0]
    return Truncator(sentence).words(32)


@register.filter
def zone_name(zone: str) -> str:
    """Return "Los Angeles (United States)" for "America/Los_Angeles"."""
    return zones.label(zone or "")


@register.filter
def player_url(url: str) -> str:
    """Return the address of a video's player for a frame, '' if the host is unknown."""
    return videos.player_url(url or "")


@register.filter
def mailto(address: str) -> str:
    """Write an email address as a link."""
    return format_html('<a href="mailto:{0}">{0}</a>', address)
