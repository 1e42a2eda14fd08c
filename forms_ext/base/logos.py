"""Check whether a logo can be used on documents: it must be rendered quickly, whatever it contains.

A raster image is measured by its pixels, an SVG by the work that it causes. Each part counts as often as it is drawn
through references (`use`, masks, patterns, markers, clip paths), and once more for each level above it that asks for
its size. An SVG that refers to itself, or to anything outside itself, is refused.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

RASTERS = ("PNG", "JPEG", "GIF", "WEBP")
MAX_BYTES = 5_242_880
MAX_PIXELS = 16_000_000
MAX_DRAWING_BYTES = 524_288
MAX_SIZE = 10_000
MAX_WORK = 100_000
MAX_DEPTH = 60
NOT_DRAWN = {"script", "foreignObject", "image", "filter", "feImage", "iframe", "video", "audio"}
TEXTS = {"text", "tspan", "textPath", "a"}
REFERENCE = re.compile(r"url\(\s*[\"']?\s*([^)\"']*)", re.IGNORECASE)
RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
NAME = re.compile(r"[.#]?[\w-]+|\*")


class NotDrawable(Exception):
    """An image that documents cannot use; `str()` says why and what to choose instead."""


def check(content: bytes) -> None:
    """Raise NotDrawable unless documents can use the image `content`."""
    if len(content) > MAX_BYTES:
        raise NotDrawable(_("This image is too large for documents. Choose one smaller than 5 MB."))
    if not _is_raster(content):
        _check_drawing(content)


def _is_raster(content: bytes) -> bool:
    """Tell whether `content` is a raster image of a known format; raise NotDrawable if it has too many pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=RASTERS) as picture:
                pixels = picture.width * picture.height
    except UnidentifiedImageError:
        return False
    except Image.DecompressionBombError:
        pixels = MAX_PIXELS + 1
    except Exception:
        raise NotDrawable(_("This image cannot be read. Choose a PNG, a JPEG or a plain SVG.")) from None
    if pixels > MAX_PIXELS:
        raise NotDrawable(_("This image has too many pixels for documents. Choose a smaller one."))
    return True


# Drawings ----------------------------------------------------------------------------------------


@dataclass(eq=False)
class Part:
    """An element of an SVG."""

    tag: str
    attributes: dict[str, str]
    parts: list["Part"] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """Return the work of the part by itself: a path with many points is more than a line, and text is most."""
        letters = sum(map(len, self.text)) if self.tag in TEXTS else 0
        return 1 + letters + sum(map(len, self.attributes.values())) // 32

    def all(self) -> Iterator["Part"]:
        """Yield the part and all parts below it."""
        yield self
        for part in self.parts:
            yield from part.all()


class Measure(NamedTuple):
    """The size of a part with all that it draws, the work that this takes, and its depth."""

    size: int
    work: int
    depth: int


def _too_much() -> NotDrawable:
    return NotDrawable(_("This SVG is too complex for documents. Choose a PNG or a simpler SVG."))


def _refers() -> NotDrawable:
    return NotDrawable(
        _("This SVG contains images, effects or links to other files, which documents cannot use. Choose a PNG.")
    )


def _check_drawing(content: bytes) -> None:
    if len(content) > MAX_DRAWING_BYTES:
        raise _too_much()
    _Drawing(_parse(content)).check()


def _parse(content: bytes) -> Part:
    """Return the root of an SVG; raise NotDrawable for entities, for too much depth, and for anything else."""
    roots: list[Part] = []
    open_parts: list[Part] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        local = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        part = Part(name.rpartition("}")[2], local)
        (open_parts[-1].parts if open_parts else roots).append(part)
        open_parts.append(part)
        if len(open_parts) > MAX_DEPTH:
            raise _too_much()

    def doctype(name: str, system: str | None, public: str | None, has_own_declarations: bool) -> None:
        if has_own_declarations:
            raise _refers()

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: open_parts.pop()
    parser.CharacterDataHandler = lambda text: open_parts[-1].text.append(text)
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):
        roots.clear()
    if not roots or roots[0].tag != "svg":
        raise NotDrawable(_("This image cannot be read. Choose a PNG, a JPEG or a plain SVG."))
    return roots[0]


class _Drawing:
    def __init__(self, root: Part) -> None:
        self.root = root
        self.by_id: dict[str, Part] = {}
        self.styled: list[tuple[set[str], str]] = []  # names in a selector, and the rule's content
        for part in root.all():
            if part.tag in NOT_DRAWN:
                raise _refers()
            if part.tag == "style":
                self._read_style("".join(part.text))
            if name := part.attributes.get("id"):
                self.by_id.setdefault(name, part)
        self.measured: dict[Part, Measure | None] = {}  # None while it is being measured

    def check(self) -> None:
        """Raise NotDrawable if the SVG takes too much work, or refers to itself or to other files."""
        self._measure(self.root, 0)

    def _read_style(self, text: str) -> None:
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        if "\\" in text or "@import" in text.lower():
            raise _refers()
        for selector, rule in RULE.findall(text):
            names = set(NAME.findall(selector))
            self.styled.append((names | {"*"} if not names or "[" in selector or ":" in selector else names, rule))

    def _measure(self, part: Part, above: int) -> Measure:
        if part in self.measured:
            known = self.measured[part]
            if known is None or above + known.depth > MAX_DEPTH:
                raise _too_much()
            return known
        if above > MAX_DEPTH:
            raise _too_much()
        self.measured[part] = None
        size, work, depth = part.weight, 0, 0
        for times, inner in self._drawn_by(part):
            found = self._measure(inner, above + 1)
            size += times * found.size
            work += times * found.work
            depth = max(depth, found.depth + 1)
        measure = self.measured[part] = Measure(size, work + size, depth)
        if measure.size > MAX_SIZE or measure.work > MAX_WORK:
            raise _too_much()
        return measure

    def _drawn_by(self, part: Part) -> Iterator[tuple[int, Part]]:
        """Yield each part that `part` draws, and how often."""
        yield from ((1, inner) for inner in part.parts)
        names = {part.tag, f"#{part.attributes.get('id')}", "*"}
        names |= {f".{name}" for name in part.attributes.get("class", "").split()}
        values = dict(part.attributes)
        if "\\" in values.get("style", ""):
            raise _refers()
        for place, (selector, rule) in enumerate(self.styled):
            if names & selector:
                values[f"style {place}"] = rule
        for key, value in values.items():
            links = REFERENCE.findall(value)
            if key == "href" and part.tag != "a":
                links.append(value)
            # A marker is drawn at each point of a line.
            is_marker = key.startswith("marker") or (key.startswith("style") and "marker" in value)
            times = 1 + len(values.get("d", values.get("points", ""))) // 2 if is_marker else 1
            for link in links:
                before, _hash, name = link.strip().partition("#")
                if before:
                    raise _refers()
                if target := self.by_id.get(name):
                    yield times, target
