"""The pages of the demo, published as an editor would publish them."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files import File
from django.utils.text import slugify
from djmoney.money import Money
from wagtail.images import get_image_model
from wagtail.models import Page, Site

from cop_program.clock import at
from cop_program.models import (
    FacilitatorIndexPage,
    FacilitatorPage,
    ProgramFacilitator,
    ProgramIndexPage,
    ProgramPage,
    SessionPage,
)
from cop_program.refunds import Gives
from demo.models import HomePage
from forms_ext.ledger.models import Issuer
from forms_ext.submissions.models import EmbeddingSite

from . import questions, texts
from .editions import HOME_ZONE, PAST, Edition

ASSETS = Path(__file__).resolve().parents[1] / "assets"
ZONE_GROUPS = (
    ("Americas", ["America/Los_Angeles", "America/New_York"]),
    ("Australasia", ["Australia/Perth", "Australia/Sydney", "Australia/Brisbane"]),
)


def publish(parent: Page, page: Page, **times: Any) -> Any:
    """Put `page` below `parent` and publish it."""
    page.first_published_at = times.get("published_at")
    page.live = False
    parent.add_child(instance=page)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def picture(name: str, title: str) -> Any:
    """Return the image of the asset `name`, or None if there is none."""
    path = ASSETS / name
    if not path.exists():
        return None
    with path.open("rb") as file:
        return get_image_model().objects.create(title=title, file=File(file, name=name))


def home() -> HomePage:
    """Put the demo's home page in the place of Wagtail's welcome page."""
    root = Page.get_first_root_node()
    site = Site.objects.get(is_default_site=True)
    welcome = site.root_page
    front = HomePage(title="Circle Forward", slug="circle-forward", headline=texts.HOME_HEADLINE, lead=texts.HOME_LEAD)
    page: HomePage = publish(root, front)
    site.root_page, site.site_name = page, "Circle Forward"
    site.save()
    if welcome is not None and welcome.depth > 1:
        Page.objects.get(pk=welcome.pk).delete()
    return page


def issuer() -> Issuer:
    """Make the one who issues invoices."""
    return Issuer.objects.create(logo=picture("logo.svg", "Circle Forward, logo"), **texts.ISSUER)


def facilitators(parent: Page) -> list[FacilitatorPage]:
    """Publish the pages of the two facilitators."""
    index = publish(
        parent,
        FacilitatorIndexPage(
            title="Facilitators", slug="facilitators", introduction=texts.FACILITATORS_INTRODUCTION, show_in_menus=True
        ),
    )
    pages = []
    for facts in texts.FACILITATORS:
        values = facts | {"portrait": picture(facts["portrait"], f"{facts['title']}, illustrated portrait")}
        pages.append(publish(index, FacilitatorPage(**values)))
    return pages


def _blocks() -> Iterator[dict[str, Any]]:
    """The body of the program page, less the blocks that the site does not know."""
    known = ProgramPage.body.field.stream_block.child_blocks
    for kind, value in BODY:
        if kind in known:
            yield {"type": kind, "value": value}


def _items(values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return `values` as a list block stores them; Wagtail knows an item by its id."""
    return [{"type": "item", "id": str(uuid4()), "value": value} for value in values]


BODY: tuple[tuple[str, Any], ...] = (
    (
        "benefits",
        {
            "heading": texts.BENEFITS_TITLE,
            "items": _items({"title": title, "text": f"<p>{text}</p>"} for title, text in texts.BENEFITS),
        },
    ),
    ("quotation", {"text": texts.QUOTATION, "source": texts.QUOTATION_BY, "role": texts.QUOTATION_ROLE}),
    ("text", f"<h2>{texts.STORY_TITLE}</h2>{texts.STORY}"),
    (
        "webinar",
        {
            "heading": texts.BACKGROUND_TITLE,
            "text": texts.BACKGROUND,
            "trailer_url": texts.TRAILER_URL,
            "recording_url": texts.RECORDING_URL,
            "access_code": "3CEOS4FREE",
        },
    ),
    (
        "call_to_action",
        {
            "heading": texts.COURSE_TITLE,
            "text": texts.COURSE,
            "label": texts.COURSE_LABEL,
            "url": texts.COURSE_URL,
        },
    ),
    (
        "questions",
        {
            "heading": texts.QUESTIONS_TITLE,
            "items": _items({"question": question, "answer": answer} for question, answer in texts.QUESTIONS),
        },
    ),
)


def program(parent: Page, edition: Edition, leaders: list[FacilitatorPage], hero: Any) -> ProgramPage:
    """Publish the page of `edition` with its six sessions."""
    page: Any = ProgramPage(
        title=edition.title,
        slug=edition.slug,
        kind=texts.KIND,
        summary=texts.SUMMARY,
        hero_image=hero,
        audience=texts.AUDIENCE,
        prerequisite=texts.PREREQUISITE,
        home_zone=HOME_ZONE,
        starts_on=edition.days[0],
        ends_on=edition.days[-1],
        application_deadline=edition.application_deadline,
        application_deadline_zone=HOME_ZONE,
        cancellation_deadline=edition.cancellation_deadline,
        cancellation_deadline_zone=HOME_ZONE,
        registration_deadline=edition.registration_deadline,
        registration_deadline_zone=HOME_ZONE,
        least_members=6,
        fee=Money(1997, "USD"),
        deposit=Money(100, "USD"),
        rebate_percentage=Decimal(25),
        rebate_countries=["CA", "AU", "NZ"],
        cancellation_policy=texts.POLICY,
        refund_terms=[
            ("day", {"until": edition.cancellation_deadline, "gives": Gives.EVERYTHING}),
            ("session", {"number": 1, "gives": Gives.BALANCE}),
        ],
        search_description=texts.SUMMARY[:155].rsplit(" ", 1)[0],
        show_in_menus=True,
    )
    page.capacity = 9
    page.zone_groups = json.dumps(
        [{"type": "group", "value": {"name": name, "zones": zones}} for name, zones in ZONE_GROUPS]
    )
    page.body = json.dumps(list(_blocks()))
    page.program_facilitators = [
        ProgramFacilitator(facilitator=leader, sort_order=order) for order, leader in enumerate(leaders)
    ]
    with at(edition.published_at):
        published: ProgramPage = publish(parent, page, published_at=edition.published_at)
        sessions(published, edition)
        publish(published, questions.application_form(published), published_at=edition.published_at)
        publish(published, questions.registration_form(published), published_at=edition.published_at)
    return published


def sessions(page: ProgramPage, edition: Edition) -> list[SessionPage]:
    """Publish the six sessions of `edition`."""
    made = []
    for number, (start, end) in enumerate(edition.sessions, 1):
        title = texts.SESSION_TITLES[number - 1]
        session = SessionPage(
            title=title,
            slug=f"{number}-{slugify(title)[:40].rstrip('-')}",
            starts_at=start,
            ends_at=end,
            description=texts.SESSION_TEXTS[number - 1],
            join_link=f"https://meet.example.org/{edition.slug}-{number}",
        )
        made.append(publish(page, session, published_at=edition.published_at))
    return made


def add_recording(page: ProgramPage, session: SessionPage) -> None:
    """Give a session of `page` that has been held its recording."""
    session.recording_link = f"https://video.example.org/{page.slug}/{session.starts_at:%Y-%m-%d}"
    session.save_revision().publish()


def load(coming: Edition) -> tuple[ProgramPage, ProgramPage]:
    """Make all pages; return those of the past and the coming edition."""
    front = home()
    issuer()
    leaders = facilitators(front)
    index = publish(
        front,
        ProgramIndexPage(
            title="Programs", slug="programs", introduction=texts.PROGRAMS_INTRODUCTION, show_in_menus=True
        ),
    )
    hero = picture("hero.svg", "Circles that overlap, a drawing")
    past = program(index, PAST, leaders, hero)
    future = program(index, coming, leaders, hero)
    furnish(front, leaders)
    return past, future


def furnish(front: Any, leaders: list[FacilitatorPage]) -> None:
    """Put the facilitators and a form into the home page; let a friend show that form as well."""
    form = publish(front, questions.updates_form())
    people = [{"type": "item", "id": str(uuid4()), "value": leader.pk} for leader in leaders]
    front.body = json.dumps(
        [
            {"type": "facilitators", "value": {"heading": texts.HOME_PEOPLE, "pages": people}},
            {"type": "form", "value": {"heading": "", "page": form.pk}},
        ]
    )
    front.save_revision().publish()
    EmbeddingSite.objects.create(origin=texts.FRIENDS[0], note=texts.FRIENDS[1])
