"""The translations: whole, true to their sources, and compiled (docs/decisions/0011-compiled-catalogues.md)."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.databases import PROJECT_DIR

CATALOGUES = sorted(
    path.relative_to(PROJECT_DIR)
    for folder in ("cop_program", "forms_ext", "site/config")
    for path in (PROJECT_DIR / folder / "locale").rglob("*.po")
)
FIELDS = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w+[^>]*>|https?://\w\S*?(?=[.,;:]?(?:\s|$))")


def fields(text: str) -> list[str]:
    """Return what a translation has to repeat: fields, tags, addresses."""
    return sorted(set(FIELDS.findall(text)))


def texts(message: object) -> tuple[str, ...]:
    return message if isinstance(message, tuple) else (str(message),)


def test_there_is_one_for_each_language_and_place() -> None:
    assert {path.parts[-3] for path in CATALOGUES} == {"de", "es", "fr"}
    assert len(CATALOGUES) == 9


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_every_sentence_is_translated_with_all_its_fields(path: Path) -> None:
    with (PROJECT_DIR / path).open("rb") as file:
        catalogue = read_po(file)
    found = [message for message in catalogue if message.id]
    assert len(found) > 10
    wrong = []
    for message in found:
        there = texts(message.string)
        same = all(fields(text) == fields(texts(message.id)[-1]) for text in there[-1:])
        if message.fuzzy or not all(there) or not same or list(message.check(catalogue)):
            wrong.append((message.id, message.string))
    assert wrong == []
    assert not catalogue.obsolete


def test_the_catalogues_are_those_of_the_sources(tmp_path: Path) -> None:
    for name in ("cop_program", "forms_ext", "site", "templates"):
        shutil.copytree(
            PROJECT_DIR / name, tmp_path / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "*.webp")
        )
    subprocess.run([sys.executable, tmp_path / "site/bin/messages"], check=True, cwd=tmp_path, capture_output=True)
    for path in CATALOGUES:
        for file in (path, path.with_suffix(".mo")):
            assert (tmp_path / file).read_bytes() == (PROJECT_DIR / file).read_bytes(), f"{file}: run make messages"
