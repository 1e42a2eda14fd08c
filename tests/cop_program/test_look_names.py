"""Every class and custom property of the public pages bears our prefix, and every rule ends at our root."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tinycss2

TREE = Path(__file__).resolve().parents[2]
SHEETS = [
    *sorted(TREE.glob("cop_program/static/cop_program/css/*.css")),
    TREE / "site/demo/static/demo/demo.css",
]
#: Staff's pages are Wagtail's; emails and documents are pages of their own.
ELSEWHERE = re.compile(r"/admin/|/mail/|/invoices/")
OF_WAGTAIL = '{% extends "wagtailadmin/'
TEMPLATES = [
    path
    for path in sorted((TREE / "templates").rglob("*.html"))
    if (not ELSEWHERE.search(path.relative_to(TREE).as_posix()) or path.parent.name == "demo")
    and not path.read_text().startswith(OF_WAGTAIL)
]
TAG = re.compile(r"\{[{%].*?[%}]\}")
#: What a rule may begin with, once conditions around it are taken off.
OURS = re.compile(r"\.cop\b.*|:where\(\.cop, \.cop-html\)")


def rules(path: Path) -> str:
    """Return a style sheet without its comments, strings and addresses."""
    return re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", "", path.read_text(), flags=re.DOTALL)


def outermost(nodes: Iterable[Any]) -> Iterator[str]:
    """Yield the selector of each rule that stands in no other, in whatever conditions."""
    for node in nodes:
        if node.type == "qualified-rule":
            yield tinycss2.serialize(node.prelude).strip()
        elif node.lower_at_keyword in {"media", "supports", "container", "layer"}:
            yield from outermost(tinycss2.parse_rule_list(node.content, True, True))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_reaches_nothing_but_our_root(sheet: Path) -> None:
    css = rules(sheet)
    selectors = re.findall(r"([^{};]+)\{", css)
    classes = {name for selector in selectors for name in re.findall(r"\.([a-zA-Z][\w-]*)", selector)}
    assert [name for name in classes if name != "cop" and not name.startswith("cop-")] == []
    assert [name for name in re.findall(r"(?<![\w-])--([a-z][\w-]*)", css) if not name.startswith("cop-")] == []
    outside = [one for one in outermost(tinycss2.parse_stylesheet(css, True, True)) if not OURS.fullmatch(one)]
    assert outside == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(TREE / "templates").as_posix())
def test_every_class_of_a_template_bears_our_prefix(path: Path) -> None:
    given = [
        name for value in re.findall(r'\sclass="([^"]*)"', path.read_text()) for name in TAG.sub(" ", value).split()
    ]
    assert [name for name in given if name != "cop" and not name.startswith("cop-")] == []


def test_fonts_bear_our_name() -> None:
    text = (TREE / "cop_program/static/cop_program/css/cop.css").read_text()
    assert set(re.findall(r"font-family: \"([^\"]+)\";", text)) == {"Cop Sans", "Cop Serif"}


def test_no_page_of_ours_stands_in_our_frame_alone() -> None:
    """What a website's frame surrounds extends it by `public_page.html`."""
    for path in TEMPLATES:
        if path.relative_to(TREE / "templates").parts[0] in {"cop_program", "forms_ext"}:
            assert 'extends "cop_program/base.html"' not in path.read_text(), path
