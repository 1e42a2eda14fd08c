"""Render HTML to PDF: WeasyPrint, with what it needs kept between documents.

Fonts, style sheet and raster logos are read once per process. The fetcher opens nothing but fonts and the logo of the
snapshot, so no text can make the server read a file or open a URL.
"""

import hashlib
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import pydyf
from django.utils import translation
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from ...base import logos, private_files
from . import einvoice, fonts, page
from .metadata import descriptions

# WeasyPrint's messages about each step are useless in the log of a site.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)

STYLE = Path(__file__).with_name("page.css")
DEFAULTS = Path(__file__).with_name("defaults.css")
LOGOS_KEPT = STYLES_KEPT = 16
TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
TYPES |= {"svg": "image/svg+xml"}

_configuration: FontConfiguration | None = None
_images: dict[str, Any] = {}
_lock = Lock()


class OwnFilesOnly(URLFetcher):
    """Open one font and one logo, whose bytes must have their hash; refuse every other URL."""

    def __init__(self, *, logo: Mapping[str, str] | None = None, font: fonts.Named | None = None) -> None:
        # Not the parent's, which builds an SSL context for each document.
        self._fail_on_errors = True
        self._logo, self._font = logo, font

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        scheme, _colon, name = url.partition(":")
        if scheme == "cop-font" and self._font and name in (self._font["regular"], self._font["bold"]):
            return URLFetcherResponse(url, fonts.read(name, self._font["name"]), {"Content-Type": "font/ttf"})
        if scheme == "cop-logo" and self._logo and name == self._logo["sha256"]:
            content = private_files.read(self._logo["path"])
            if hashlib.sha256(content).hexdigest() != name:
                raise ValueError("The stored logo is not the one of the snapshot.")
            kind = self._logo["path"].rpartition(".")[2]
            return URLFetcherResponse(url, content, {"Content-Type": TYPES[kind]})
        raise ValueError(f"Invoices may not open {url[:60]}.")


def _font_configuration() -> FontConfiguration:
    global _configuration
    if _configuration is None:
        _configuration = FontConfiguration()
    return _configuration


class Page(HTML):
    """The page with the few default styles that its elements need, not those of all of HTML."""

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [_defaults()]


@cache
def _defaults() -> CSS:
    return CSS(string=DEFAULTS.read_text(), url_fetcher=OwnFilesOnly())


def faces(font: fonts.Named) -> str:
    """Return the style rules that load a font. The main one draws accents as its own characters, not as parts."""
    rest = '; font-feature-settings: "ccmp" 0' if font["name"] == fonts.MAIN else ""
    return "".join(
        f"@font-face {{ font-family: {family(font)}; src: url(cop-font:{sha256}); font-weight: {weight}{rest} }}\n"
        for sha256, weight in ((font["regular"], 400), (font["bold"], 600))
    )


def family(font: fonts.Named) -> str:
    """Return the name of a font in style sheets."""
    return f'"Cop {font["name"]} {font["regular"][:6]}{font["bold"][:6]}"'


@cache
def _load(name: str, regular: str, bold: str) -> str:
    """Load a font for all documents that follow; return its family."""
    font = {"name": name, "regular": regular, "bold": bold}
    CSS(string=faces(font), font_config=_font_configuration(), url_fetcher=OwnFilesOnly(font=font))
    return family(font)


def css(page_size: str, language: str, families: str) -> str:
    """Return the style sheet for a paper, a language and fonts."""
    with translation.override(language):
        numbers = page.numbers() % {"page": '" counter(page) "', "pages": '" counter(pages) "'}
    style = STYLE.read_text().replace("var(--fonts)", families)
    return f'@page {{ size: {page_size}; @bottom-right {{ content: "{numbers}" }} }}\n{style}'


@lru_cache(maxsize=STYLES_KEPT)
def _style(page_size: str, language: str, families: str) -> CSS:
    return CSS(string=css(page_size, language, families), url_fetcher=OwnFilesOnly())


def render(snapshot: Mapping[str, Any]) -> bytes:
    """Return the PDF of a snapshot: the same bytes each time; without its logo if that cannot be rendered in time.

    Raise FontMissing if this machine lacks a font of the snapshot.
    """
    logo = snapshot["issuer"]["logo"]
    if logo and not _is_drawable(logo["path"], logo["sha256"]):
        snapshot = {**snapshot, "issuer": {**snapshot["issuer"], "logo": None}}
    source = page.html(snapshot)
    attachments = _attachments(snapshot)
    with _lock:
        families = ", ".join(_load(font["name"], font["regular"], font["bold"]) for font in snapshot["fonts"])
        style = _style(snapshot["page_size"], snapshot["language"], families)
        return _draw(source, attachments, style, snapshot["issuer"]["logo"])


@lru_cache(maxsize=LOGOS_KEPT)
def _is_drawable(path: str, sha256: str) -> bool:
    try:
        logos.check(private_files.read(path))
    except logos.NotDrawable:
        return False
    return True


def _attachments(snapshot: Mapping[str, Any]) -> list[Attachment]:
    """Return the invoice for machines, dated like the page."""
    content = einvoice.xml(snapshot)
    if not content:
        return []
    issued = datetime.fromisoformat(snapshot["issued_at"]).astimezone(UTC)
    return [
        Attachment(
            string=content,
            url_fetcher=OwnFilesOnly(),
            name=einvoice.NAME,
            description="Factur-X",
            created=issued,
            modified=issued,
            relationship="Alternative",
        )
    ]


def _draw(source: str, attachments: list[Attachment], style: CSS, logo: Mapping[str, str] | None) -> bytes:
    if len(_images) > LOGOS_KEPT:
        _images.clear()
    is_drawing = logo is not None and logo["path"].endswith(".svg")  # keeps its document alive, so it is not cached
    document = Page(string=source, url_fetcher=OwnFilesOnly(logo=logo))
    content: bytes = document.write_pdf(
        stylesheets=[style],
        font_config=_font_configuration(),
        pdf_variant="pdf/a-3a",
        cache=None if is_drawing else _images,
        attachments=attachments,
        finisher=_finish,
    )
    return content


def _finish(document: Document, pdf: pydyf.PDF) -> None:
    """Declare the other standards of the document; the metadata stays readable without decompression.

    WeasyPrint lists each attachment twice; one entry is kept.

    Glyphs that a font draws as a separate part (the dots of Arabic letters) have no character. They are read as a
    joiner, because both standards require a character for each.
    """
    number = int(pdf.catalog["Metadata"].split()[0])
    metadata = pdf.objects[number]
    [content] = metadata.stream
    added = descriptions(with_invoice="AF" in pdf.catalog).encode()
    metadata.stream = [content.replace(b"</rdf:RDF>", added + b"</rdf:RDF>")]
    metadata.compress = False
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and b"begincmap" in item.stream:
            item.stream = [line.replace(b"<>", b"<200d>") for line in item.stream]
    pdf.objects = [_Written(item) if item.free == "n" else item for item in pdf.objects]


class _Written(pydyf.Object):
    """An object in its final bytes: pydyf would make them once for the file and once more for its identifier."""

    data = b""

    def __init__(self, original: pydyf.Object) -> None:
        super().__init__()
        self.number = original.number
        self.generation = original.generation
        self.data = original.data
        self._compressible = original.compressible

    @property
    def compressible(self) -> bool:
        return self._compressible
