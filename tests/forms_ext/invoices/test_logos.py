"""Logos: what documents can use, and what would keep a worker busy for minutes."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image as Picture
from wagtail.images.models import Image

from forms_ext.base import consistency, logos
from forms_ext.invoices import pdf, snapshots
from forms_ext.ledger.models import Issuer
from forms_ext.programs.admin.dashboard import Dashboard
from tests.forms_ext.invoices.test_pdf import SVG, stored, with_logo
from tests.forms_ext.ledger.factories import make_issuer, make_program

pytestmark = [pytest.mark.django_db]
ASSETS = Path(__file__).resolve().parents[3] / "site" / "demo" / "assets"
OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


def svg(inside: str, before: str = "") -> bytes:
    return f"{before}{OPEN}{inside}</svg>".encode()


def uses(levels: int) -> bytes:
    found = '<path id="l0" d="M0 0h1"/>'
    for level in range(1, levels):
        found += f'<g id="l{level}">' + f'<use xlink:href="#l{level - 1}"/>' * 10 + "</g>"
    return svg(found)


def refers(attribute: str, tag: str, levels: int = 7) -> bytes:
    """Return definitions that draw the one before ten times, by way of an attribute."""
    found = f'<{tag} id="l0"><path d="M0 0h1"/></{tag}>'
    for level in range(1, levels):
        inner = f'<path d="M0 0h1v1z" {attribute.format(f"url(#l{level - 1})")}/>' * 10
        found += f'<{tag} id="l{level}">{inner}</{tag}>'
    return svg(found + f'<path d="M0 0h1" {attribute.format(f"url(#l{levels - 1})")}/>')


def by_style(levels: int = 7) -> bytes:
    rules = "".join(f".c{level}{{mask:url(#l{level})}}" for level in range(levels))
    masks = '<mask id="l0"><path d="M0 0h1"/></mask>'
    for level in range(1, levels):
        masks += f'<mask id="l{level}">' + f'<path class="c{level - 1}" d="M0 0h1"/>' * 10 + "</mask>"
    return svg(f"<style>{rules}</style>{masks}<path class='c{levels - 1}' d='M0 0h1'/>")


def raster(width: int, height: int, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Picture.new("1", (width, height)).save(file, kind)
    return file.getvalue()


ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BAD = {
    "nested uses": uses(8),
    "a use of itself": svg('<g id="a"><use href="#a"/></g>'),
    "uses of each other": svg('<g id="a"><use href="#b"/></g><g id="b"><use href=" #a "/></g>'),
    "a chain of uses": svg('<path id="l0"/>' + "".join(f'<use id="l{n}" href="#l{n - 1}"/>' for n in range(1, 5000))),
    "nested masks": refers('mask="{}"', "mask"),
    "nested clip paths": refers("clip-path=\"{}\"", "clipPath"),
    "nested patterns": refers('fill="{}"', "pattern"),
    "masks by style": refers('style="mask:{}"', "mask"),
    "masks by a style sheet": by_style(),
    "markers at each point": svg(
        f'<marker id="m"><g>{"<path/>" * 200}</g></marker><path marker-mid="url(#m)" d="{"L1 1" * 4000}"/>'
    ),
    "a style with an escape": svg(r"<style>*{mask:u\72l(#m)}</style><mask id='m'/>"),
    "an import": svg("<style>@import 'https://example.org/x.css';</style>"),
    "entities": svg("<text>&b;</text>", ENTITIES),
    "too deep": svg("<g>" * 200 + "</g>" * 200),
    "a book": svg(f"<text>{'word ' * 60_000}</text>"),
    "too many parts": svg("<g/>" * 110_000),
    "a link elsewhere": svg('<use href="https://example.org/x.svg#a"/>'),
    "a fill elsewhere": svg('<path fill="url(https://example.org/x.svg#a)"/>'),
    "a picture": svg('<image href="data:image/png;base64,xx"/>'),
    "a filter": svg('<filter id="f"/>'),
    "a script": svg("<script>alert(1)</script>"),
    "another document": b"<html/>",
    "no XML": b"<svg",
    "nothing": b"",
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "too many pixels": raster(5000, 5000),
    "a bomb of pixels": raster(20_000, 20_000),
    "another format": raster(9, 9, "TIFF"),
    "too many bytes": b"\x89PNG" + b"0" * 6_000_000,
}  # fmt: skip
GOOD = {
    "with a type of document": svg(
        "<path/>", '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    ),
    "with gradients and clips by classes": svg(
        "<style>.a{fill:url(#g)}.b{clip-path:url(#c)}</style><linearGradient id='g'><stop/><stop/></linearGradient>"
        "<clipPath id='c'><path class='d'/></clipPath>" + "<g class='b'><path class='a'/></g>" * 200
    ),
    "with some uses": uses(3),
    "with a link": svg('<a href="https://example.org"><path d="M0 0h1"/></a>'),
    "raster": raster(2000, 800),
    "another raster": raster(800, 800, "GIF"),
    "the one of the tests": SVG,
    **{path.name: path.read_bytes() for path in ASSETS.glob("*.svg")},
}


@pytest.mark.parametrize("name", BAD)
def test_what_documents_cannot_hold_is_refused_in_words(name: str) -> None:
    with pytest.raises(logos.NotDrawable, match=r"Choose|choose"):
        logos.check(BAD[name])


@pytest.mark.parametrize("name", GOOD)
def test_ordinary_logos_are_taken(name: str) -> None:
    logos.check(GOOD[name])


def image(content: bytes, name: str) -> Image:
    return Image.objects.create(title="Logo", file=ContentFile(content, name=name), width=9, height=9)


def test_the_form_of_an_issuer_says_what_to_choose_instead() -> None:
    issuer = make_issuer(logo=image(uses(8), "logo.svg"))
    with pytest.raises(ValidationError) as refused:
        issuer.full_clean()
    assert refused.value.message_dict == {
        "logo": ["This SVG is too complex for documents. Choose a PNG or a simpler SVG."]
    }
    issuer.logo = image(SVG, "logo.svg")
    issuer.full_clean()
    default_storage.delete(issuer.logo.file.name)
    with pytest.raises(ValidationError, match="missing"):
        issuer.full_clean()


def test_a_logo_that_came_another_way_is_left_out_and_staff_are_told(caplog: Any, admin_client: Client) -> None:
    issuer: Issuer = make_issuer(logo=image(uses(8), "bomb.svg"))
    assert snapshots._logo(issuer) is None
    assert "does not appear on documents" in caplog.text
    program = make_program()
    [task] = [task for task in Dashboard(program).tasks() if "logo" in task.text]
    page = admin_client.get(task.url).content.decode()
    assert "Documents are printed without the logo. This SVG is too complex" in page
    issuer.logo = image(SVG, "logo.svg")
    issuer.save()
    assert not [task for task in Dashboard(program).tasks() if "logo" in task.text]
    assert "printed without" not in admin_client.get(task.url).content.decode()
    issuer.logo = image(uses(8), "bomb.svg")
    issuer.save()
    assert any(
        "does not appear on documents" in found.text for found in consistency.run_all() if found.check == "ledger.logos"
    )


@pytest.mark.parametrize(("content", "kind"), [(uses(8), "svg"), (uses(8), "png"), (raster(5000, 5000), "png")])
def test_a_document_whose_logo_would_take_minutes_is_drawn_without_it(content: bytes, kind: str) -> None:
    data = pdf.render(with_logo(stored(content, kind)))
    assert data == pdf.render(with_logo(None))


def test_the_most_that_is_taken_is_drawn_in_time() -> None:
    content = svg("<g>" + '<path opacity=".5" d="M0 0h1v1z"/>' * 3_000 + f"<text>{'word ' * 1_300}</text></g>")
    logos.check(content)
    assert pdf.render(with_logo(stored(content, "svg")))
