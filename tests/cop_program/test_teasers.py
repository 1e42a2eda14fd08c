"""Cards of programs and facilitators in a body: who sees them, their queries, what other software reads."""

from datetime import date
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page, PageViewRestriction

from cop_program.extensions import NextStep, Places, Standing
from cop_program.models import FacilitatorPage, ProgramPage
from tests.cop_program.conftest import Recorder, publish
from tests.cop_program.test_blocks import with_body

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def cards(kind: str, *pages: Page, heading: str = "") -> tuple[str, Any]:
    return kind, {"heading": heading, "pages": [{"type": "item", "id": str(one.pk), "value": one.pk} for one in pages]}


def add_program(beside: ProgramPage, number: int, **values: Any) -> ProgramPage:
    page = ProgramPage(
        title=f"Program {number}",
        slug=f"program-{number}",
        starts_on=date(2031, 1, number),
        ends_on=date(2031, 6, 26),
        application_deadline=date(2030, 11, 1),
        registration_deadline=date(2030, 12, 1),
        capacity=9,
        hero_image=get_image_model().objects.create(title="", file=get_test_image_file(f"{number}.png")),
        live=False,
        **values,
    )
    beside.get_parent().add_child(instance=page)
    return publish(page)


def rendered(page: ProgramPage, request: HttpRequest) -> str:
    """Return the HTML of the body of `page`, read anew."""
    body = ProgramPage.objects.get(pk=page.pk).body
    template = "{% load wagtailcore_tags %}{% for block in body %}{% include_block block %}{% endfor %}"
    return Template(template).render(Context({"body": body, "request": request}))


def test_cards_stand_in_the_order_in_which_they_were_chosen(
    client: Client, program_page: ProgramPage, facilitator: FacilitatorPage
) -> None:
    other = add_program(program_page, 2)
    facilitator.biography = "<p>Led a company. Then another.</p>"
    publish(facilitator)
    body = [cards("programs", other, program_page, heading="Also"), cards("facilitators", facilitator)]
    publish(with_body(program_page, body))
    html = client.get(other.get_parent().url.replace("programs/", "programs/culture/")).text
    html = html[html.index(">Also<") :]
    assert html.index("Program 2") < html.index(">Nurturing Healthy Culture<")
    assert f'<h3><a href="{other.url}">' in html
    assert "Led a company." in html
    assert "Then another." not in html
    assert f'<h2><a href="{facilitator.url}">Evan Miller</a></h2>' in html


def test_a_card_says_what_to_do_now(program_page: ProgramPage, recorder: Recorder, rf: RequestFactory) -> None:
    other = add_program(program_page, 2)
    step = NextStep("Apply", "/apply/", "Apply first.", is_open=True)
    recorder.standing = lambda *args: Standing(Places(9, 4, 1, 0), step)  # type: ignore[method-assign]
    html = rendered(publish(with_body(program_page, [cards("programs", other)])), rf.get("/"))
    assert "4 of 9 places left" in html
    assert 'href="/apply/">Apply</a>' in html
    assert "1 January" not in html
    assert "2 January - 26 June 2031" in html


def test_what_not_everybody_may_read_is_left_out(
    program_page: ProgramPage, facilitator: FacilitatorPage, rf: RequestFactory
) -> None:
    shown, draft, private, elsewhere = (add_program(program_page, number) for number in range(2, 6))
    draft.unpublish()
    PageViewRestriction.objects.create(page=private, restriction_type="password", password="x")
    elsewhere.move(Page.get_first_root_node(), "last-child")
    PageViewRestriction.objects.create(page=facilitator.get_parent(), restriction_type="login")
    body = [cards("programs", shown, draft, private, elsewhere), cards("facilitators", facilitator)]
    page = publish(with_body(program_page, body))
    html = rendered(page, rf.get("/"))
    assert "Program 2" in html
    for hidden in ("Program 3", "Program 4", "Program 5", "Evan Miller"):
        assert hidden not in html
    assert [one.pk for one in page.body[0].value["pages"]] == [shown.pk, draft.pk, private.pk, elsewhere.pk], "kept"
    PageViewRestriction.objects.all().delete()
    assert "Evan Miller" in rendered(page, rf.get("/"))
    shown.delete()
    assert "Program 2" not in rendered(page, rf.get("/"))


def test_the_preview_of_what_was_just_chosen_shows_it(program_page: ProgramPage, rf: RequestFactory) -> None:
    other = ProgramPage.objects.get(pk=add_program(program_page, 2).pk)
    block = ProgramPage.body.field.stream_block.child_blocks["programs"]  # type: ignore[attr-defined]
    value = block.normalize({"heading": "", "pages": [other, other]})
    assert block.render(value, context={"request": rf.get("/")}).count("Program 2") == 1


def test_more_cards_and_more_blocks_take_no_more_queries(
    program_page: ProgramPage, facilitator: FacilitatorPage, rf: RequestFactory, django_assert_num_queries: Any
) -> None:
    others = [add_program(program_page, number) for number in range(2, 7)]
    request = rf.get("/")
    few = publish(with_body(program_page, [cards("programs", others[0]), cards("facilitators", facilitator)]))
    rendered(few, request)  # makes the renditions
    with django_assert_num_queries(1 + 3 + 1):
        rendered(few, request)
    body = [cards("programs", *others), cards("programs", *others[:2]), cards("facilitators", facilitator)] * 2
    many = publish(with_body(program_page, body))
    assert rendered(many, request).count("<article") == 16
    with django_assert_num_queries(1 + 3 + 1):
        rendered(many, request)


def test_other_programs_read_who_is_shown(
    client: Client, program_page: ProgramPage, facilitator: FacilitatorPage, django_assert_max_num_queries: Any
) -> None:
    shown, draft = add_program(program_page, 2), add_program(program_page, 3)
    draft.unpublish()
    page = publish(
        with_body(program_page, [cards("programs", shown, draft, heading="Also"), cards("facilitators", facilitator)])
    )
    with django_assert_max_num_queries(3):
        document = client.get(f"/api/v3/programs/{page.pk}/").json()
    programs, people = (block["value"] for block in document["body"])
    assert programs == {
        "heading": "Also",
        "pages": [{"page": shown.pk, "title": "Program 2", "url": shown.full_url}],
    }
    assert people["pages"] == [{"page": facilitator.pk, "title": "Evan Miller", "url": facilitator.full_url}]
    etag = client.get(f"/api/v3/programs/{page.pk}/")["ETag"]
    shown.title = "Renamed"
    publish(shown)
    after = client.get(f"/api/v3/programs/{page.pk}/")
    assert after["ETag"] != etag
    assert after.json()["body"][0]["value"]["pages"][0]["title"] == "Renamed"
    for version in ("v2", "v3"):
        body = client.get(f"/api/{version}/pages/{page.pk}/").json()["body"]
        assert body[0]["value"] == {"heading": "Also", "pages": [shown.pk, draft.pk]}, version


def test_cards_are_in_the_language_of_the_page_where_there_is_one(
    program_page: ProgramPage, facilitator: FacilitatorPage, rf: RequestFactory
) -> None:
    german = program_page.copy_for_translation(Locale.objects.create(language_code="de"), copy_parents=True)
    german.title = "Gesunde Kultur"
    publish(german)
    page = with_body(program_page, [cards("programs", program_page), cards("facilitators", facilitator)])
    with translation.override("de"):
        html = rendered(publish(page), rf.get("/"))
    assert "Gesunde Kultur" in html
    assert "Evan Miller" in html, "there is no German page of hers"
    with translation.override("en"):
        assert "Nurturing Healthy Culture" in rendered(page, rf.get("/"))
