"""One text, rendered as HTML and as plain text."""

import pytest

from forms_ext.mail import rendering
from tests.forms_ext.mail.kinds import LINK, VALUES, WELCOME

pytestmark = [pytest.mark.django_db]

WAY = "Step 3 of 7: Register, by the end of Tuesday 30 January 2024, Pacific time"


def render(body: str, **fields: str) -> rendering.Rendered:
    source = rendering.Source("Hello {name}", body, "Register {now}")
    shown = rendering.render(
        kind=WELCOME, source=source, fields=VALUES | fields, language="en", reply_to="host@example.org"
    )
    return rendering.Rendered(
        shown.subject,
        rendering.reveal(shown.text, {"link": LINK}, html=False),
        rendering.reveal(shown.html, {"link": LINK}, html=True),
    )


def test_plain_text_reads_like_a_letter() -> None:
    shown = render(
        "<p>Dear {name},</p><p>{link}</p><h3>What now</h3>"
        '<ol><li>Read <a href="{page}">the page</a>.</li><li>Pack<ul><li>tea</li><li>cups</li></ul></li></ol>'
        "<ul><li>Rest</li></ul><p>Yours<br/>the team</p>",
        way=WAY,
    )
    assert shown.text == (
        "Dear Ada,\n\n"
        f"Register {{now}}:\n{LINK}\n\n"
        "What now\n\n"
        "1. Read the page (https://example.org/p/).\n"
        "2. Pack\n"
        "   - tea\n"
        "   - cups\n\n"
        "- Rest\n\n"
        "Yours\nthe team\n\n"
        f"{WAY}\n\n"
        "-- \n"
        "Questions? Reply to this email. Your reply goes to host@example.org.\n"
        "Circle Forward\n"
    )


def test_there_is_one_button_and_its_address_as_text() -> None:
    html = render("<p data-block-key='a'>{link}</p><p>Again: {link}</p>").html
    address = LINK.replace("&", "&amp;")
    assert html.count('class="button"') == 1
    assert f'<a class="button" href="{address}"' in html
    assert f">{address}</a>" in html


def test_what_a_person_typed_becomes_neither_markup_nor_link_nor_placeholder() -> None:
    shown = render(
        "<p>Dear {program}, <a href='{program}'>x</a></p>",
        program='<b>"x"</b> {link} javascript:alert(1) http://evil.example',
    )
    assert "secret-bits" not in shown.html
    assert "&lt;b&gt;" in shown.html
    assert 'href="http://evil' not in shown.html
    assert 'href="javascript' not in render("<p><a href='{program}'>x</a></p>", program="javascript:alert(1)").html


def test_what_an_editor_typed_is_cleaned() -> None:
    html = render(
        "<p onclick='x()'>Hi<script>alert(1)</script><img src=x onerror=y><a href='javascript:z'>b</a></p>"
    ).html
    for word in ("onclick", "<script", "<img", "javascript"):
        assert word not in html


def test_lines_of_an_address_stay_lines() -> None:
    shown = render("<p>{program}</p>", program="Example Street 1\nExample City")
    assert "Example Street 1<br>Example City" in shown.html
    assert "Example Street 1\nExample City" in shown.text


def test_links_into_the_site_hold_its_address() -> None:
    assert 'href="http://testserver/programs/"' in render('<p><a href="/programs/">x</a></p>').html
