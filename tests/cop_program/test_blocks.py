"""The body of a program page: what its blocks show, what they refuse, and incomplete drafts."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cop_program import videos
from cop_program.models import ProgramPage
from tests.cop_program.conftest import publish

pytestmark = pytest.mark.django_db

BODY: list[tuple[str, Any]] = [
    ("text", "<h2>The story</h2><p>How it began.</p>"),
    ("benefits", {"heading": "", "items": [{"title": "Exchange", "text": "<p>With peers.</p>"}]}),
    ("quotation", {"text": "I wished for peers.", "source": "Evan Miller", "role": "facilitator"}),
    ("call_to_action", {"heading": "Still unsure?", "label": "Write to us", "url": "https://example.org/"}),
    ("video", {"url": "https://vimeo.com/123456789", "title": "Three CEOs", "text": ""}),
    (
        "webinar",
        {"heading": "The webinar", "recording_url": "https://example.org/full", "access_code": "3CEOS4FREE"},
    ),
    ("questions", {"items": [{"question": "Is it recorded?", "answer": "<p>Yes.</p>"}]}),
]


def with_body(page: ProgramPage, blocks: list[tuple[str, Any]]) -> ProgramPage:
    block = ProgramPage.body.field.stream_block  # type: ignore[attr-defined]
    page.body = block.to_python([{"type": kind, "value": value} for kind, value in blocks])
    return page


def test_every_block_is_shown(client: Client, program_page: ProgramPage) -> None:
    page = publish(with_body(program_page, BODY))
    text = client.get(page.url).content.decode()
    for words in (
        "How it began.",
        "What members get",
        "I wished for peers.",
        "Still unsure?",
        "3CEOS4FREE",
        "Is it recorded?",
    ):
        assert words in text
    assert 'data-video="https://player.vimeo.com/video/123456789' in text
    assert "<iframe" not in text


def clean(page: ProgramPage) -> Any:
    return ProgramPage.body.field.stream_block.clean(page.body)  # type: ignore[attr-defined]


def test_the_title_of_a_video_is_fetched_when_saved(program_page: ProgramPage, monkeypatch: pytest.MonkeyPatch) -> None:
    page = with_body(program_page, [("video", {"url": "https://vimeo.com/123456789"})])
    monkeypatch.setattr(videos, "fetch_title", lambda url: "Three CEOs")
    assert clean(page)[0].value["title"] == "Three CEOs"


def test_a_video_without_a_title_asks_for_one(program_page: ProgramPage, monkeypatch: pytest.MonkeyPatch) -> None:
    page = with_body(program_page, [("video", {"url": "https://vimeo.com/123456789"})])
    monkeypatch.setattr(videos, "fetch_title", lambda url: "")
    with pytest.raises(ValidationError):
        clean(page)


def test_a_button_needs_a_destination(program_page: ProgramPage) -> None:
    page = with_body(program_page, [("call_to_action", {"heading": "Unsure?", "label": "Write"})])
    with pytest.raises(ValidationError):
        clean(page)


def draft(**values: Any) -> dict[str, Any]:
    return nested_form_data(
        {
            "title": "Culture",
            "slug": "culture",
            "home_zone": "America/Los_Angeles",
            "audience": rich_text("", features=[]),
            "prerequisite": rich_text("", features=[]),
            "cancellation_policy": rich_text("", features=[]),
            "zone_groups": streamfield([("group", {"name": "", "zones": {"count": "0"}})]),
            "body": streamfield([("video", {"url": "", "title": "", "text": rich_text("")})]),
            "refund_terms": streamfield([]),
            "program_facilitators": inline_formset([]),
            "comments": inline_formset([]),
            "least_members": "1",
            "fee_0": "",
            "fee_1": "USD",
            "deposit_0": "",
            "deposit_1": "USD",
            "rebate_percentage": "0",
        }
        | values
    )


@pytest.mark.parametrize(
    ("missing", "status"),
    [
        ((), 200),
        (("capacity",), 200),
        (("starts_on", "ends_on"), 200),
        (("fee_0", "deposit_0"), 200),
        (("title",), 400),
    ],
)
def test_an_unfinished_draft_is_saved_if_it_has_a_title(
    client: Client, program_page: ProgramPage, missing: tuple[str, ...], status: int
) -> None:
    """The body is unfinished in each; the title is asked for by autosave, too."""
    client.force_login(User.objects.create_superuser("admin", "admin@example.org", "x"))
    values = {
        "starts_on": "2024-02-07",
        "ends_on": "2024-06-26",
        "application_deadline": "2024-01-23",
        "registration_deadline": "2024-01-30",
        "capacity": "9",
        "fee_0": "1997",
        "deposit_0": "100",
    }
    values = {name: "" if name in missing else value for name, value in (draft() | values).items()}
    address = reverse("wagtailadmin_pages:edit", args=[program_page.pk])
    answer = client.post(address, values, headers={"Accept": "application/json"})
    assert answer.status_code == status
    preview = client.post(f"{address}preview/", values).json()
    shown = client.get(f"{address}preview/?mode=")
    assert shown.status_code == 200
    if not missing:
        assert preview["is_valid"]
        assert "4:00 - 7:00 pm" not in shown.content.decode()
