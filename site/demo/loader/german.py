"""The demo's pages in German, made with Wagtail's simple translation, as an editor would."""

import json
from collections.abc import Iterable
from typing import Any

from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

from cop_program.clock import at
from cop_program.models import FacilitatorIndexPage, FacilitatorPage, ProgramIndexPage, ProgramPage, SessionPage
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.registration.pages import RegistrationFormPage
from forms_ext.submissions.pages import FormPage

from . import texts_de as texts
from .editions import Edition


def translate(page: Page, locale: Locale, **words: Any) -> Any:
    """Publish the translation of `page` below that of its parent; a page below the root keeps its slug there."""
    copy = page.specific.copy_for_translation(locale)
    for name, value in words.items():
        setattr(copy, name, value)
    if "slug" not in words and page.depth > 2:
        copy.slug = slugify(copy.title)
    copy.first_published_at = page.first_published_at
    copy.save_revision().publish()
    return type(copy).objects.get(pk=copy.pk)


def _questions(page: Any) -> str:
    """Return the questions of a form in German; each keeps its id, and so its key."""
    blocks: list[dict[str, Any]] = []
    for block in page.questions.raw_data:
        value = {name: _german(words) for name, words in block["value"].items()}
        blocks.append({"type": block["type"], "id": block["id"], "value": value})
    return json.dumps(blocks)


def _german(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return "\n".join(texts.QUESTIONS.get(line, line) for line in value.split("\n"))


def _body(page: ProgramPage) -> str:
    """Return the body of a program in German, block by block."""
    return json.dumps(
        [
            {"type": block["type"], "id": block["id"], "value": texts.BODY[block["type"]]}
            for block in page.body.raw_data
            if block["type"] in texts.BODY
        ]
    )


def _home_body(page: Any) -> str:
    """Return the body of the home page; its cards and its form lead to the German ones by themselves."""
    blocks = [dict(block) for block in page.body.raw_data]
    for block in blocks:
        if block["type"] == "facilitators":
            block["value"] = block["value"] | {"heading": texts.HOME_PEOPLE}
    return json.dumps(blocks)


def _groups(page: ProgramPage) -> str:
    return json.dumps(
        [
            dict(block) | {"value": block["value"] | {"name": texts.GROUPS[block["value"]["name"]]}}
            for block in page.zone_groups.raw_data
        ]
    )


def program(page: ProgramPage, locale: Locale, edition: Edition, title: str) -> None:
    """Publish one edition with its sessions and forms."""
    with at(edition.published_at):
        translate(
            page,
            locale,
            title=title,
            kind=texts.KIND,
            summary=texts.SUMMARY,
            search_description=texts.SUMMARY[:155].rsplit(" ", 1)[0],
            audience=texts.AUDIENCE,
            prerequisite=texts.PREREQUISITE,
            cancellation_policy=texts.POLICY,
            body=_body(page),
            zone_groups=_groups(page),
        )
        sessions: Iterable[SessionPage] = page.sessions()
        for session, (name, description) in zip(sessions, texts.SESSIONS, strict=True):
            translate(session, locale, title=name, description=description)
        for kind, words in ((ApplicationFormPage, texts.APPLICATION), (RegistrationFormPage, texts.REGISTRATION)):
            form = kind.objects.child_of(page).get()
            translate(form, locale, questions=_questions(form), **words)


def load(past: ProgramPage, future: ProgramPage, editions: tuple[Edition, Edition]) -> None:
    """Make the German pages of the whole site."""
    locale, _made = Locale.objects.get_or_create(language_code="de")
    front = Site.objects.get(is_default_site=True).root_page
    updates = FormPage.objects.child_of(front).get()
    translate(front, locale, headline=texts.HOME_HEADLINE, lead=texts.HOME_LEAD, body=_home_body(front.specific))
    translate(updates, locale, questions=_questions(updates), **texts.UPDATES)
    people = FacilitatorIndexPage.objects.child_of(front).get()
    translate(people, locale, title="Begleitung", introduction=texts.FACILITATORS_INTRODUCTION)
    for one in FacilitatorPage.objects.child_of(people):
        translate(one, locale, slug=one.slug, **texts.FACILITATORS[one.slug])
    programs = ProgramIndexPage.objects.child_of(front).get()
    translate(programs, locale, title="Programme", introduction=texts.PROGRAMS_INTRODUCTION)
    for page, edition, title in zip((past, future), editions, (f"{texts.TITLE} (2024)", texts.TITLE), strict=True):
        program(page, locale, edition, title)
