"""The translations are complete, match the sources, and are compiled (docs/decisions/0011-compiled-catalogues.md)."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
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


TAG = re.compile(r"</?[a-z][^<>]*>|&(?:[a-z]+|#\w+);", re.IGNORECASE)
# A template has no other way to stress one value inside a sentence; emails do (`Part.strong`).
STRESSED_VALUE = re.compile(r"<strong>(%\(\w+\)s(?: \w+)?)</strong>")


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


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_what_is_translated_is_plain_words(path: Path) -> None:
    with (PROJECT_DIR / path).open("rb") as file:
        found = [
            text for message in read_po(file) if message.id for text in (*texts(message.id), *texts(message.string))
        ]
    assert [text for text in found if TAG.search(STRESSED_VALUE.sub(r"\1", text))] == []


def test_the_catalogues_are_those_of_the_sources(tmp_path: Path) -> None:
    for name in ("cop_program", "forms_ext", "site", "templates"):
        shutil.copytree(
            PROJECT_DIR / name, tmp_path / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "*.webp")
        )
    subprocess.run([sys.executable, tmp_path / "site/bin/messages"], check=True, cwd=tmp_path, capture_output=True)
    for path in CATALOGUES:
        for file in (path, path.with_suffix(".mo")):
            assert (tmp_path / file).read_bytes() == (PROJECT_DIR / file).read_bytes(), f"{file}: run make messages"


def said_at_import(node: ast.AST, eager: set[str]) -> Iterator[int]:
    """Yield the lines on which a text is translated while its module is imported, in whatever language that is."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in eager:
        yield node.lineno
    for child in ast.iter_child_nodes(node):
        yield from said_at_import(child, eager)


def test_texts_outside_functions_wait_for_their_reader() -> None:
    found = []
    for package in ("cop_program", "forms_ext", "site"):
        for path in (PROJECT_DIR / package).rglob("*.py"):
            tree = ast.parse(path.read_text())
            imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
            names = [name for node in imports if node.module == "django.utils.translation" for name in node.names]
            eager = {name.asname or name.name for name in names if name.name in {"gettext", "ngettext", "pgettext"}}
            found += [f"{path.relative_to(PROJECT_DIR)}:{line}" for line in said_at_import(tree, eager)]
    assert found == []
