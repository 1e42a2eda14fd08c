"""Private pages at every URL of ours: visitors without access see nothing of them, visitors with access everything.

The table has a line for each URL of both apps, and for the pages that show something of others. A new URL that is not
in it fails the first test.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from demo.models import HomePage
from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail import hooks
from wagtail.models import Locale, Page, PageViewRestriction, Site

from cop_program import access, clock, kept_pages, privacy
from cop_program.models import (
    FacilitatorIndexPage,
    FacilitatorPage,
    Program,
    ProgramFacilitator,
    ProgramIndexPage,
    ProgramPage,
    SessionPage,
)
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.invoices import tasks
from forms_ext.mail.models import OutgoingMail
from forms_ext.registration import queries
from forms_ext.registration.models import Registration
from forms_ext.registration.pages import RegistrationFormPage
from forms_ext.submissions import tokens
from forms_ext.submissions.models import EmbeddingSite, Submission, Upload
from forms_ext.submissions.pages import AbstractFormPage, FormPage
from tests.forms_ext.admission import factories
from tests.forms_ext.forms.factories import make_application_form, make_registration_form, publish, stream
from tests.forms_ext.submissions.sending import REGISTERING

pytestmark = [pytest.mark.django_db, pytest.mark.domain]

KINDS = ("password", "login", "groups")
PLACES = ("own", "above")
PASSWORD = "open sesame"
QUESTIONS: list[tuple[str, Any]] = [
    ("text", {"label": "Secret question", "required": True, "role": "name"}),
    ("email", {"label": "Email", "required": True, "role": "email"}),
    ("file", {"label": "Paper", "required": False}),
]
ANSWERS = {"secret_question": "Ada Sample", "email": "ada@example.org"}
MESSAGE = {"name": "Ada", "email": "ada@example.org", "message": "Does it fit?"}


@dataclass
class World:
    """A site with pages that are made private one by one, and public ones that show something of them."""

    home: HomePage
    index: ProgramIndexPage
    program_page: ProgramPage
    session: SessionPage
    form: ApplicationFormPage
    registration_form: RegistrationFormPage
    plain: FormPage
    facilitator: FacilitatorPage
    open_page: ProgramPage
    german: ProgramPage
    member: Registration
    invite: Callable[[], str]

    @property
    def program(self) -> Program:
        return Program.objects.get(page=self.program_page)


def add(parent: Page, page: Page) -> Any:
    parent.refresh_from_db()
    parent.add_child(instance=page)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def block(kind: str, *pages: Page) -> dict[str, Any]:
    if kind == "form":
        return {"type": kind, "value": {"heading": "", "page": pages[0].pk}}
    items = [{"type": "item", "id": str(one.pk), "value": one.pk} for one in pages]
    return {"type": kind, "value": {"heading": "", "pages": items}}


def with_body(page: Any, *blocks: dict[str, Any]) -> Any:
    page.body = type(page).body.field.stream_block.to_python(list(blocks))
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


@pytest.fixture
def world(db: None, settings: Any) -> Iterator[World]:
    settings.COP_RATE_LIMIT_ADDRESS = settings.COP_RATE_LIMIT_RECIPIENT = 10_000
    settings.COP_KEEP_PAGES = True
    kept_pages._kept.clear()
    with clock.at(factories.START):
        site = Site.objects.get(is_default_site=True)
        home = add(site.root_page.get_parent(), HomePage(title="Front", slug="front", headline="Front"))
        site.root_page = home
        site.save()
        index = add(home, ProgramIndexPage(title="Secret list", slug="secret-list", show_in_menus=True))
        program = factories.open_program(title="Secret program", slug="secret-program")
        page = ProgramPage.objects.get(pk=program.page_id)
        start = factories.START + timedelta(days=30)
        hours = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
        session = add(
            page,
            SessionPage(title="Secret session", slug="secret-session", **hours),
        )
        beside = add(home, ProgramIndexPage(title="Open list", slug="open-list"))
        values = {name: getattr(page, name) for name in ("starts_on", "ends_on", "application_deadline", "capacity")}
        open_page = add(
            beside,
            ProgramPage(title="Open", slug="open", registration_deadline=page.registration_deadline, **values),
        )
        people = add(home, FacilitatorIndexPage(title="People", slug="people"))
        facilitator = add(
            people,
            FacilitatorPage(title="Secret facilitator", slug="secret-facilitator", contact_email="evan@example.org"),
        )
        for one in (page, open_page):
            ProgramFacilitator.objects.create(page=one, facilitator=facilitator)
        folder = add(home, Page(title="Forms", slug="forms"))
        plain = FormPage(title="Secret form", slug="secret-form", live=False)
        folder.add_child(instance=plain)
        german = open_page.copy_for_translation(Locale.objects.create(language_code="de"), copy_parents=True)
        Page.objects.filter(locale=german.locale).update(alias_of=None)  # a restriction of an alias is none
        german.title = "Geheim"
        german.save_revision().publish()
        EmbeddingSite.objects.create(origin="https://www.example.org")
        numbers = iter(range(500, 900))  # apart from those that are drawn
        yield World(
            home=home,
            index=index,
            program_page=page,
            session=session,
            form=make_application_form(page, QUESTIONS),
            registration_form=make_registration_form(page),
            plain=publish(plain, QUESTIONS),  # type: ignore[arg-type]
            facilitator=facilitator,
            open_page=ProgramPage.objects.get(pk=open_page.pk),
            german=ProgramPage.objects.get(pk=german.pk),
            member=factories.pay(factories.make_registration(program, next(numbers))),
            invite=lambda: factories.accept(factories.make_application(program, next(numbers)))[1],
        )
    kept_pages._kept.clear()


# --- The table -------------------------------------------------------------------------------------

Ask = Callable[[Client, World], Any]


@dataclass(frozen=True)
class Case:
    """One way to ask for something of the page `page` of the world.

    `secret` is what whoever may not see the page must not get, and whoever may must; `refused` are the statuses for
    those who may not: what Wagtail answers at the page itself, where nothing else is said. `is_never` marks what
    nobody gets of a private page: programs that read without a session.
    """

    page: str
    ask: Ask
    secret: str
    refused: tuple[int, ...] = (200, 302)
    is_never: bool = False

    def __str__(self) -> str:
        return f"{self.page}: {self.secret}"


def get(path: Callable[[World], str], **more: Any) -> Ask:
    return lambda client, world: client.get(path(world), **more)


def url(name: str, page: str = "", **query: Any) -> Callable[[World], str]:
    return lambda world: reverse(name, args=[getattr(world, page).pk] if page else [])


def at(page: str) -> Ask:
    return lambda client, world: client.get(getattr(world, page).get_url())


def fill(page: AbstractFormPage, subject: str = "") -> dict[str, Any]:
    """Return what a form that was shown sends."""
    with clock.at(factories.START - timedelta(minutes=1)):
        return {"_token": tokens.make(page.pk, page.current_version().pk, subject=subject)}  # type: ignore[union-attr]


def post_form(name: str, page: str) -> Ask:
    def ask(client: Client, world: World) -> Any:
        form = getattr(world, page)
        return client.post(reverse(name, args=[form.pk]), {**ANSWERS, **fill(form)})

    return ask


def post_strange(client: Client, world: World) -> Any:
    """Post to a form that one has never seen."""
    return client.post(reverse("forms_ext:form", args=[world.plain.pk]), {**ANSWERS, "_token": "x"})


def register(client: Client, world: World) -> Any:
    link = client.get(f"/go/invitation/{world.invite()}/")
    assert link.status_code == 302
    sent = {**REGISTERING, "_token": "x"}  # not shown: it comes back, with what it asks
    return client.post(reverse("forms_ext:form", args=[world.registration_form.pk]), sent)


def write(client: Client, world: World) -> Any:
    with clock.at(factories.START - timedelta(minutes=1)):
        token = tokens.make(world.facilitator.pk, 0)
    path = reverse("forms_ext:facilitator_message", args=[world.facilitator.pk])
    answer = client.post(path, {**MESSAGE, "_token": token})
    return client.get(answer.url) if answer.status_code == 302 and "sent" in answer.url else answer


def post_api(client: Client, world: World) -> Any:
    path = reverse("wagtailapi_v3:cop_form", args=[world.plain.pk])
    return client.post(path, {"answers": {}}, content_type="application/json")


def post_file(client: Client, world: World) -> Any:
    path = reverse("wagtailapi_v3:cop_form_file", args=[world.plain.pk, "paper"])
    return client.post(path, {})


TABLE: dict[str, list[Case] | str] = {
    "cop_program:set_zone": "it leads to the address that was posted, and knows nothing of it: tested below",
    "cop_program:openapi": "a document of the API, the same on every site",
    "forms_ext:frame_script": "a script",
    "forms_ext:open_invitation": [
        Case("registration_form", lambda c, w: c.get(f"/go/invitation/{w.invite()}/", follow=True), "Billing address"),
    ],
    "forms_ext:ask_for_links": "answers whoever asks in the same words; the links go to the address alone",
    "forms_ext:member": "what a member's own link opens is theirs, whoever may see the pages: tested below",
    "forms_ext:member_leave": "as above",
    "forms_ext:member_transfer": "as above",
    "forms_ext:member_calendar": "as above",
    "forms_ext:member_invoice": "as above",
    "forms_ext:member_receipt": "as above",
    "forms_ext:member_cancelled_receipt": "as above",
    "forms_ext:member_statement": "as above",
    "cop_program:calendar": [
        Case("program_page", get(url("cop_program:calendar", "program_page")), "Secret session", (404,)),
    ],
    "forms_ext:facilitator_message": [
        Case("facilitator", get(url("forms_ext:facilitator_message", "facilitator")), "Secret facilitator"),
        Case("facilitator", write, "Secret facilitator", (403,)),
    ],
    "forms_ext:form": [
        Case("plain", get(url("forms_ext:form", "plain")), "/secret-form/"),
        Case("plain", get(url("forms_ext:form", "plain"), follow=True), "Secret question"),
        Case("form", get(url("forms_ext:form", "form"), follow=True), "Secret question"),
        Case("plain", post_strange, "Secret question"),
        Case("plain", post_form("forms_ext:form", "plain"), "receipt=", (403,)),
        Case("form", post_form("forms_ext:form", "form"), "receipt=", (403,)),
        Case("registration_form", register, "Billing address"),
    ],
    "forms_ext:frame": [
        Case("plain", get(url("forms_ext:frame", "plain")), "Secret form", (404,)),
        Case("plain", get(url("forms_ext:frame", "plain")), "/secret-form/", (404,)),
        Case("form", get(url("forms_ext:frame", "form")), "Secret question", (404,)),
        Case("plain", post_form("forms_ext:frame", "plain"), "receipt=", (404,)),
    ],
    "cop_programs": [
        Case("program_page", get(url("wagtailapi_v3:cop_programs")), "Secret program", (200,), is_never=True),
    ],
    "cop_program": [
        Case("program_page", get(url("wagtailapi_v3:cop_program", "program_page")), "Secret", (404,), True),
        Case("session", get(url("wagtailapi_v3:cop_program", "program_page")), "Secret session", (200, 404), True),
        Case("facilitator", get(url("wagtailapi_v3:cop_program", "open_page")), "Secret facilitator", (200,), True),
    ],
    "cop_form": [
        Case("plain", get(url("wagtailapi_v3:cop_form", "plain")), "Secret question", (404,), is_never=True),
        Case("plain", post_api, "secret_question", (404,), is_never=True),
    ],
    "cop_form_file": [Case("plain", post_file, "Choose a file", (404,), is_never=True)],
    "cop_staff_applications": "what staff read with a token of their own",
    "cop_staff_registrations": "as above",
    "cop_staff_invoices": "as above",
}

PAGES = [
    Case("program_page", at("program_page"), "Secret program"),
    Case("session", at("session"), "Secret session"),
    Case("form", at("form"), "Secret question"),
    Case("plain", at("plain"), "Secret form"),
    Case("facilitator", at("facilitator"), "Secret facilitator"),
    Case("program_page", at("home"), "Secret program"),
    Case("plain", at("home"), "Secret question"),
    Case("facilitator", at("home"), "Secret facilitator"),
    Case("program_page", at("index"), "Secret program"),
    Case("index", at("open_page"), "Secret list"),
    Case("program_page", at("open_page"), "Secret program"),
    Case("facilitator", at("open_page"), "Secret facilitator"),
    Case("plain", at("open_page"), "Secret question"),
    Case("german", at("open_page"), 'hreflang="de"'),
    Case("session", at("program_page"), "Secret session"),
    Case("program_page", at("facilitator"), "Secret program"),
    Case("facilitator", lambda c, w: c.get(w.facilitator.get_parent().get_url()), "Secret facilitator"),
    Case("program_page", get(lambda w: f"/api/v2/pages/{w.program_page.pk}/"), "Secret session", (404,)),
    Case("facilitator", get(lambda w: f"/api/v2/pages/{w.open_page.pk}/"), "Secret facilitator", (200,)),
]


def ours(resolver: URLResolver, before: str = "", below: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Yield route, name and pattern of each address whose view is of our apps, or that has a name of ours."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from ours(entry, route, f"{entry.app_name}:" if entry.app_name else below)
        elif entry.lookup_str.startswith(("cop_program.", "forms_ext.")) or str(entry.name).startswith("cop_"):
            name = str(entry.name) if str(entry.name).startswith("cop_") else f"{below}{entry.name}"
            yield route, name, entry


def test_every_address_stands_in_the_table() -> None:
    public = {name for route, name, _pattern in ours(get_resolver()) if not route.startswith("admin/")}
    assert public == set(TABLE)


def test_the_admin_s_addresses_are_for_those_who_have_logged_in(client: Client) -> None:
    found = [(route, pattern) for route, _name, pattern in ours(get_resolver()) if route.startswith("admin/")]
    assert len(found) > 30
    for route, pattern in found:
        words = dict.fromkeys(pattern.pattern.converters, "1")
        path = "/" + route
        for name in words:
            path = path.replace(next(part for part in path.split("<")[1:] if f"{name}>" in part).split(">")[0], "1", 1)
        answer = client.get(path.replace("<1>", "1"))
        assert answer.status_code == 302, path
        assert answer.url.startswith("/account/login/?next=/admin/"), path


# --- Each kind, on the page and above it -------------------------------------------------------------


def make_private(page: Page, kind: str, group: Group) -> PageViewRestriction:
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=kind, password=PASSWORD if kind == "password" else ""
    )
    if kind == "groups":
        restriction.groups.add(group)
    return restriction


def visitor(kind: str, restriction: PageViewRestriction, group: Group) -> Client:
    """Return a visitor with access to pages with `restriction`."""
    client = Client()
    if kind == "password":
        path = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, restriction.page_id])
        assert client.post(path, {"password": PASSWORD, "return_url": "/"}).status_code == 302
        return client
    user = User.objects.get_or_create(username=f"reader-{kind}")[0]
    if kind == "groups":
        user.groups.add(group)
    client.force_login(user)
    return client


def strangers(kind: str) -> list[Client]:
    """Return visitors without access: an anonymous one and, for groups, a user in none."""
    if kind != "groups":
        return [Client()]
    other = Client()
    other.force_login(User.objects.get_or_create(username="other")[0])
    return [Client(), other]


def shown(response: HttpResponse) -> str:
    """Return all that a response says, its address to go on at too, but not what was asked for itself."""
    text = response.content.decode() if not response.streaming else b"".join(response.streaming_content).decode()
    location = response.get("Location", "")
    return text + ("" if "/login/" in location else location)


def counts() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (Application, Registration, Submission, Upload, OutgoingMail))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_private_page_is_private_at_every_address(world: World, kind: str, place: str) -> None:
    cards = [
        block("programs", world.program_page),
        block("facilitators", world.facilitator),
        block("form", world.plain),
    ]
    world.home, world.open_page = with_body(world.home, *cards), with_body(world.open_page, *cards)
    group = Group.objects.create(name="Readers")
    cases = [(name, case) for name, line in TABLE.items() if not isinstance(line, str) for case in line]
    for name, case in [*cases, *(("page", one) for one in PAGES)]:
        told = f"{name}, {case}"
        page = getattr(world, case.page)
        target = page if place == "own" else page.get_parent()
        if target.pk == world.home.pk:
            continue  # nothing would be left to ask
        if name == "page":
            case.ask(Client(), world)  # and so it may have been kept
        restriction = make_private(target, kind, group)
        for stranger in strangers(kind):
            invited, before = "invit" in told or case.ask is register, counts()
            refused = case.ask(stranger, world)
            assert refused.status_code in case.refused, (told, refused.status_code)
            assert case.secret not in shown(refused), told
            assert invited or counts() == before, told
            if refused.status_code == 302 or "password" in shown(refused):
                assert "no-store" in refused["Cache-Control"] or "no-cache" in refused["Cache-Control"], told
        allowed = case.ask(visitor(kind, restriction, group), world)
        if case.is_never:
            assert allowed.status_code in case.refused, told
            assert case.secret not in shown(allowed), told
        else:
            assert case.secret in shown(allowed), (told, allowed.status_code)
        restriction.delete()


# --- What the table leaves to other tests ------------------------------------------------------------


def test_the_zone_s_form_leads_to_a_private_page_as_to_any(client: Client, world: World) -> None:
    make_private(world.program_page, "password", Group.objects.create(name="Readers"))
    address = world.program_page.get_url()
    answer = client.post(reverse("cop_program:set_zone"), {"zone": "Asia/Tokyo", "next": address})
    assert (answer.status_code, answer.url, answer.content) == (303, address, b"")
    assert "Secret program" not in shown(client.get(answer.url))


def test_what_a_member_has_a_link_to_stays_theirs(client: Client, world: World) -> None:
    make_private(world.program_page, "login", Group.objects.create(name="Readers"))
    path = queries.member_path(world.member)
    assert "Secret program" in client.get(path).text
    assert "Secret session" in client.get(f"{path}calendar.ics").text
    payment = world.member.account.payments.get()  # type: ignore[union-attr]
    assert tasks.render_receipt.func(payment.receipt.pk)
    assert client.get(f"{path}receipts/{payment.pk}/").status_code == 200


def test_wagtail_s_api_tells_who_is_not_logged_in_of_public_pages_alone(client: Client, world: World) -> None:
    assert "Secret facilitator" in client.get(f"/api/v3/pages/{world.open_page.pk}/").text
    make_private(world.facilitator, "groups", Group.objects.create(name="Readers"))
    assert "Secret facilitator" not in client.get(f"/api/v3/pages/{world.open_page.pk}/").text
    make_private(world.program_page, "login", Group.objects.create(name="Others"))
    assert client.get(f"/api/v3/pages/{world.program_page.pk}/").status_code == 404


def test_an_api_address_is_told_of_no_private_form(client: Client, world: World) -> None:
    path = reverse("wagtailapi_v3:cop_program", args=[world.program_page.pk])
    known = client.get(path).json()
    assert known["application_api_url"]
    for form in (world.form, world.registration_form):
        make_private(form, "login", Group.objects.get_or_create(name="Readers")[0])
    told = client.get(path).json()
    assert (told["application_api_url"], told["registration_api_url"]) == (None, None)
    assert told["next_step"] == known["next_step"], "the button leads to the form, which asks who one is"


def test_a_calendar_of_a_private_program_is_for_nobody_s_cache(world: World) -> None:
    group = Group.objects.create(name="Readers")
    path = reverse("cop_program:calendar", args=[world.program_page.pk])
    assert Client().get(path)["Access-Control-Allow-Origin"] == "*"
    restriction = make_private(world.program_page, "login", group)
    answer = visitor("login", restriction, group).get(path)
    assert answer["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in answer


def test_a_page_on_which_a_reader_sees_more_is_not_kept_for_others(world: World) -> None:
    """Also for readers who are known by something other than a session."""
    make_private(world.facilitator, "login", Group.objects.create(name="Readers"))
    request = RequestFactory().get(world.open_page.get_url())
    request.session = Client().session
    request.user = User.objects.create(username="known")
    assert "Secret facilitator" in world.open_page.serve(request).render().content.decode()
    assert "Secret facilitator" not in Client().get(world.open_page.get_url()).text


# --- A post that is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_typed_can_be_sent_again_once_one_may(world: World, kind: str) -> None:
    group = Group.objects.create(name="Readers")
    path = reverse("forms_ext:form", args=[world.plain.pk])
    restriction = make_private(world.plain, kind, group)
    sent = {**ANSWERS, **fill(world.plain)}
    refused = Client().post(path, sent)
    assert refused.status_code == 403
    assert "Your answers have not been sent yet" in refused.text
    assert "Ada Sample" in refused.text
    assert f'href="{path}" target="_blank"' in refused.text
    assert "no-store" in refused["Cache-Control"]
    again = dict(refused.context["hidden"])
    assert again == sent
    reader = visitor(kind, restriction, group)
    assert reader.post(path, again).status_code == 302
    assert Submission.objects.get().answers == ANSWERS


def test_a_frame_gives_back_what_was_typed(client: Client, world: World) -> None:
    make_private(world.plain, "password", Group.objects.create(name="Readers"))
    refused = client.post(reverse("forms_ext:frame", args=[world.plain.pk]), {**ANSWERS, **fill(world.plain)})
    assert refused.status_code == 404
    assert "Ada Sample" in refused.text
    assert "Secret form" not in refused.text


def test_who_has_never_seen_the_form_learns_nothing_of_it(client: Client, world: World) -> None:
    make_private(world.plain, "password", Group.objects.create(name="Readers"))
    path = reverse("forms_ext:form", args=[world.plain.pk])
    answer = client.post(path, {**ANSWERS, **fill(world.form)})
    assert answer.status_code == 200
    assert "Secret form" not in answer.text
    assert "Secret question" not in answer.text
    assert "Ada Sample" not in answer.text
    assert "no-cache" in answer["Cache-Control"]


# --- Aliases, translations, hooks ------------------------------------------------------------------


def closed_everywhere(client: Client, page: Page) -> bool:
    """Tell whether a program page is shown at none of our addresses, by Wagtail's rule and by both of ours."""
    is_closed = not access.is_open(page, None)
    assert is_closed == page.get_view_restrictions().exists()
    assert is_closed == (not Page.objects.filter(access.unrestricted(), pk=page.pk).exists())
    answers = {
        client.get(reverse(name, args=[page.pk])).status_code == 404
        for name in ("cop_program:calendar", "wagtailapi_v3:cop_program")
    }
    assert answers == {is_closed}
    return is_closed


def test_an_alias_is_as_private_as_its_source(client: Client, world: World) -> None:
    """Wherever it is, an alias of an alias too; below an alias of a private page, all is private."""
    beside = world.open_page.get_parent()
    alias = world.open_page.create_alias(parent=world.index, update_slug="alias")
    second = alias.create_alias(parent=beside, update_slug="second")
    below = add(alias, FormPage(title="Below", slug="below", questions=json.dumps(stream(QUESTIONS))))
    Program.objects.bulk_create([Program(page=one, translation_key=one.translation_key) for one in (alias, second)])
    assert not any(closed_everywhere(client, one) for one in (world.open_page, alias, second))
    restriction = make_private(world.open_page, "login", Group.objects.create(name="Readers"))
    assert all(closed_everywhere(client, one) for one in (world.open_page, alias, second))
    assert not access.is_open(below, None)
    assert "Open" not in shown(client.get(reverse("forms_ext:form", args=[below.pk])))
    listed = client.get(beside.get_url()).text
    assert second.get_url() not in listed
    assert world.open_page.get_url() not in listed
    restriction.page = beside
    restriction.save()
    assert [closed_everywhere(client, one) for one in (world.open_page, alias, second)] == [True, False, True]
    restriction.page = second
    restriction.save()
    assert not closed_everywhere(client, second), "an alias has its source's alone"


def test_a_translation_has_a_privacy_of_its_own_and_shows_nothing_of_a_private_page(
    client: Client, world: World
) -> None:
    german = world.program_page.copy_for_translation(Locale.objects.get(language_code="de"), copy_parents=True)
    Page.objects.filter(locale=german.locale).update(alias_of=None)
    german = ProgramPage.objects.get(pk=german.pk)
    german.title = "Offen"
    german.save_revision().publish()
    assert "Secret session" in client.get(german.get_url()).text
    make_private(world.program_page, "login", Group.objects.create(name="Readers"))
    page = client.get(german.get_url()).text
    assert "Offen" in page
    assert "Secret session" not in page
    assert "Secret program" not in page
    assert 'hreflang="en"' not in page
    calendar = client.get(reverse("cop_program:calendar", args=[german.pk]))
    assert calendar.status_code == 200
    assert "Secret" not in calendar.text


def test_members_read_the_words_of_a_private_translation(client: Client, world: World) -> None:
    german = world.program_page.copy_for_translation(Locale.objects.get(language_code="de"), copy_parents=True)
    german.title = "Geheimes Programm"
    german.save_revision().publish()
    make_private(world.program_page, "login", Group.objects.create(name="Readers"))
    make_private(ProgramPage.objects.get(pk=german.pk), "login", Group.objects.create(name="Others"))
    Registration.objects.filter(pk=world.member.pk).update(language="de")
    assert "Geheimes Programm" in client.get(queries.member_path(world.member)).text


@pytest.mark.parametrize("name", ["forms_ext:form", "forms_ext:frame"])
def test_both_kinds_of_hooks_run_at_our_addresses(client: Client, world: World, name: str) -> None:
    seen = []

    def before(page: Page, *asked: Any) -> None:
        seen.append("before")

    def on(serve: Any) -> Any:
        def served(*asked: Any) -> Any:
            seen.append("on")
            return serve(*asked)

        return served

    with hooks.register_temporarily("before_serve_page", before), hooks.register_temporarily("on_serve_page", on):
        client.post(reverse(name, args=[world.plain.pk]), {**ANSWERS, **fill(world.plain)})
    assert seen == ["before", "on"]


# --- What editors are told -----------------------------------------------------------------------------


def set_privacy(admin: Client, page: Page, kind: str = "login") -> str:
    """Set the privacy of `page` as the dialog does; return what its script then tells."""
    answer = admin.post(reverse("wagtailadmin_pages:set_privacy", args=[page.pk]), {"restriction_type": kind})
    assert answer.json()["step"] == "set_privacy_done"
    return str(admin.get(reverse("cop_privacy_note", args=[page.pk])).json()["text"])


@pytest.mark.parametrize("which", ["open_page", "above", "form"])
def test_an_editor_is_told_which_translations_stay_open(admin: Client, world: World, which: str) -> None:
    form = make_application_form(world.open_page, QUESTIONS)
    german_form = form.copy_for_translation(world.german.locale)
    german_form.title = "Bewerben"
    german_form.save_revision().publish()
    page = {"open_page": world.open_page, "above": world.open_page.get_parent(), "form": form}[which]
    told = {"open_page": "Geheim (German)", "above": "Open list (German)", "form": "Bewerben (German)"}[which]
    editor = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert told not in admin.get(editor).text
    assert told in set_privacy(admin, page)
    shown = admin.get(editor).text
    assert shown.count(told) == 1
    other = privacy.left_open(page)[0]
    assert reverse("wagtailadmin_pages:edit", args=[other.pk]) in shown
    if which == "above":
        assert "Geheim (German)" in admin.get(reverse("wagtailadmin_pages:edit", args=[world.open_page.pk])).text
    assert set_privacy(admin, other) == "", "its translation is private too"
    assert told not in admin.get(editor).text
    assert set_privacy(admin, other, "none") == "", "it is open, and so is told of on the other page alone"
    assert told in set_privacy(admin, page)
    assert set_privacy(admin, page, "none") == ""


def test_an_editor_is_told_of_aliases_elsewhere(admin: Client, world: World) -> None:
    alias = world.program_page.create_alias(parent=world.open_page.get_parent(), update_slug="alias")
    assert f"{alias.title} (English)" in set_privacy(admin, world.index)
    assert set_privacy(admin, world.index, "none") == ""
    assert set_privacy(admin, world.program_page) == "", "it has the privacy of its source"


def test_the_note_is_for_those_who_may_set_the_privacy(client: Client, world: World) -> None:
    user = User.objects.create_user("edith")
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)
    make_private(world.open_page, "login", Group.objects.create(name="Readers"))
    assert client.get(reverse("cop_privacy_note", args=[world.open_page.pk])).status_code in (302, 403)
