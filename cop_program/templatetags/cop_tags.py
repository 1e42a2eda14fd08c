"""Template tags and filters for steps, deadlines, amounts and schedules."""

from datetime import date, datetime
from typing import Any

from django import template
from djmoney.money import Money
from wagtail.models import Page, Site

from .. import access, formatting, journey, locales, reader, subscriptions, translations, zones
from ..deadlines import Deadline
from ..models import Program, ProgramPage

register = template.Library()


@register.inclusion_tag("cop_program/the_way.html", takes_context=True)
def the_way(
    context: dict[str, Any], program: Program | ProgramPage | None, standing: journey.Standing | None = None
) -> dict[str, Any]:
    """Show the steps of `program` to somebody who stands at `standing`. Without a program it is the page's."""
    source = program or context.get("page")
    zone = reader.zone(context.get("request")) or ""
    steps = journey.steps(source, standing, locales.language(), zone) if source is not None else []
    here = next((step for step in steps if step.state == "current"), None)
    return {"steps": steps, "current": here, "number": here.number if here else 0, "count": len(steps)}


@register.simple_tag(takes_context=True)
def deadline(context: dict[str, Any], value: Deadline | None) -> str:
    """Write a deadline as a sentence, in the reader's zone too."""
    return value.sentence(locales.language(), reader.zone(context.get("request"))) if value else ""


@register.simple_tag(takes_context=True)
def page_languages(context: dict[str, Any]) -> list[translations.LanguageLink]:
    """Return the languages in which the page can be read, if there are several."""
    page, request = context.get("page"), context.get("request")
    return translations.links(page, request) if isinstance(page, Page) and request is not None else []


@register.simple_tag(takes_context=True)
def local_root(context: dict[str, Any], site: Site | None) -> Page | None:
    """Return the first page of `site` in the language of the page that is shown."""
    page, root = context.get("page"), site.root_page if site else None
    return root if root is None or getattr(page, "locale_id", None) == root.locale_id else root.localized


@register.simple_tag(takes_context=True)
def menu_pages(context: dict[str, Any], root: Page | None) -> list[Page]:
    """Return the pages below `root` that are shown in menus and that the reader may see."""
    if root is None:
        return []
    return list(access.visible(root.get_children().live().in_menu(), context.get("request")))


@register.simple_tag(takes_context=True)
def calendar_links(context: dict[str, Any], path: str, name: str) -> list[subscriptions.Subscription]:
    """Return the links that subscribe to the calendar at `path`."""
    return subscriptions.subscriptions(context["request"].build_absolute_uri(path), name)


@register.simple_tag
def replaced_zones() -> str:
    """Return, as JSON, the name of today of each name of a zone that was replaced, for scripts."""
    return zones.replaced_json()


@register.filter
def day(value: date | datetime) -> str:
    """Write a date: "30 January 2024"."""
    return formatting.shown_day(value) if value else ""


@register.filter
def long_day(value: date | datetime) -> str:
    """Write a date with its weekday: "Tuesday 30 January 2024"."""
    return formatting.day_text(formatting.local(value), locales.language()) if value else ""


@register.filter
def time_of_day(value: datetime) -> str:
    """Write the time of a moment: "9:00 am"."""
    return formatting.shown_time(value) if value else ""


@register.filter
def moment(value: datetime) -> str:
    """Write a moment: "30 January 2024, 9:00 am"."""
    return formatting.shown_moment(value) if value else ""


@register.filter
def long_moment(value: datetime) -> str:
    """Write a moment with its weekday: "Tuesday 30 January 2024, 9:00 am"."""
    return f"{long_day(value)}, {time_of_day(value)}" if value else ""


@register.filter
def money(value: Money | None) -> str:
    """Write an amount: "1,997 USD", "499.25 USD"."""
    return formatting.money_text(value, locales.language()) if value is not None else ""
