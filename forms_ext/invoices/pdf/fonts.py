"""The fonts of documents: those of the wheel, and for other scripts those of this machine.

PDF/A requires every character in an embedded font. Which fonts draw a document is decided once, when it is issued; its
snapshot names them by hash.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from glob import glob
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from ...base.conf import conf

logger = logging.getLogger(__name__)
FOLDER = Path(__file__).resolve().parent.parent / "fonts"
MAIN = "NotoSans"
BOLD = ("SemiBold", "Bold")

type Named = Mapping[str, str]


class FontMissing(Exception):
    """A document needs a font that this machine does not have."""


class File(NamedTuple):
    """A font file as it is now."""

    path: str
    changed: int


class Font(NamedTuple):
    """A font: its regular face, and the bold one beside it, or the regular one again."""

    name: str
    regular: File
    bold: File


def _file(path: Path) -> File:
    return File(str(path), path.stat().st_mtime_ns)


@cache
def _points(file: File) -> frozenset[int]:
    """Return the code points that a font has; none if it cannot be read."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  (slow)

    try:
        with TTFont(file.path, lazy=True) as font:
            return frozenset(font.getBestCmap())
    except Exception as error:
        logger.warning("The font %s cannot be used on documents: %s", file.path, error)
        return frozenset()


@cache
def _sha256(file: File) -> str:
    return hashlib.sha256(Path(file.path).read_bytes()).hexdigest()


def _fonts(paths: Iterable[Path]) -> tuple[Font, ...]:
    """Return the fonts of some files; of those with the same name, the first."""
    found: dict[str, Font] = {}
    for path in paths:
        name, _dash, style = path.stem.rpartition("-") if "-" in path.stem else (path.stem, "", "")
        if style in BOLD and path.with_stem(f"{name}-Regular").is_file():
            continue
        beside = [path.with_stem(f"{name}-{bold}") for bold in BOLD if style == "Regular"]
        regular = _file(path)
        bold = next((_file(other) for other in beside if other.is_file()), regular)
        found.setdefault(name, Font(name, regular, bold))
    return tuple(found.values())


@cache
def bundled() -> tuple[Font, ...]:
    """Return the fonts of the wheel, the main one first."""
    return _fonts(sorted(FOLDER.glob("*-Regular.ttf"), key=lambda path: path.stem != f"{MAIN}-Regular"))


def installed() -> tuple[Font, ...]:
    """Return the fonts of this machine that `COP_INVOICE_FONTS` names, in its order."""
    paths = chain.from_iterable(sorted(glob(pattern)) for pattern in conf.COP_INVOICE_FONTS)
    return _fonts(Path(path) for path in paths if Path(path).is_file())


def choose(points: Collection[int]) -> tuple[list[Font], set[int]]:
    """Return the fonts that draw `points`, the main one first, and those points that no font has."""
    main, *others = bundled()
    chosen, missing = [main], set(points) - _points(main.regular)
    for fonts in (lambda: others, installed):
        while missing and (best := _best(fonts(), missing)):
            chosen.append(best)
            missing -= _points(best.regular)
    return chosen, missing


def _best(fonts: Sequence[Font], missing: set[int]) -> Font | None:
    """Return the font that has most of `missing`, or None if none has any."""
    best = max(fonts, key=lambda font: len(missing & _points(font.regular)), default=None)
    return best if best and missing & _points(best.regular) else None


def named(font: Font, points: Collection[int]) -> dict[str, str]:
    """Return a font as a snapshot names it. The bold face must have all of `points` that the regular one has."""
    has_all = _points(font.bold) >= _points(font.regular) & set(points)
    return {
        "name": font.name,
        "regular": _sha256(font.regular),
        "bold": _sha256(font.bold if has_all else font.regular),
    }


@lru_cache(maxsize=2)
def _by_hash(fonts: tuple[Font, ...]) -> dict[str, File]:
    return {_sha256(file): file for font in fonts for file in (font.regular, font.bold)}


def _find(sha256: str, name: str) -> File:
    for fonts in (bundled, installed):
        if file := _by_hash(fonts()).get(sha256):
            return file
    raise FontMissing(f"The font {name} ({sha256[:12]}) is not on this machine.")


def read(sha256: str, name: str) -> bytes:
    """Return the font file with this hash. Raise FontMissing if this machine lacks it."""
    return Path(_find(sha256, name).path).read_bytes()


def covered(fonts: Iterable[Named]) -> frozenset[int]:
    """Return the code points that the fonts of a snapshot have. Raise FontMissing if this machine lacks one."""
    found: frozenset[int] = frozenset()
    for font in fonts:
        _find(font["bold"], font["name"])
        found |= _points(_find(font["regular"], font["name"]))
    return found
