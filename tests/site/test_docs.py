"""What the documentation names exists: files, functions, linked pages; the picture matches the imports."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import PROJECT_DIR

DOCS = PROJECT_DIR / "docs"
CHECKED = [
    "architecture.md",
    "contributing.md",
    "releasing.md",
    "security.md",
    "README.md",
    "events.md",
    "decisions/0021-events.md",
    "decisions/0016-the-skeleton-of-a-package.md",
]
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#([\w-]+))?\)")
ROOTS = ("cop_program/", "forms_ext/", "site/", "templates/", "tests/", "docs/")


def named(text: str) -> set[str]:
    """Return the paths that `text` names between backticks, with a function or class after a colon."""
    return {code for code in CODE.findall(text) if code.startswith(ROOTS)}


def names_in(tree: ast.Module) -> set[str]:
    """Return what a module defines or assigns, and the methods of its classes."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return found


def is_there(reference: str) -> bool:
    path, _, name = reference.partition(":")
    file = PROJECT_DIR / path
    if not name:
        return file.is_dir() if path.endswith("/") else file.is_file()
    return file.is_file() and name in names_in(ast.parse(file.read_text()))


@pytest.mark.parametrize("document", CHECKED)
def test_every_path_and_function_is_there(document: str) -> None:
    found = named((DOCS / document).read_text())
    assert [one for one in sorted(found) if not is_there(one)] == []


def test_a_name_that_is_not_there_is_found() -> None:
    text = "`forms_ext/urls.py` `forms_ext/urls.py:nothing` `forms_ext/nothing/` `forms_ext/urls.py:urlpatterns` `make`"
    assert [one for one in sorted(named(text)) if not is_there(one)] == [
        "forms_ext/nothing/",
        "forms_ext/urls.py:nothing",
    ]


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of `page`, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "document", [PROJECT_DIR / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda document: document.name
)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target, anchor in LINK.findall(document.read_text()):
        if "://" not in target:
            found = document.parent / target
            assert found.exists(), target
            assert not anchor or anchor in anchors(found), f"{target}#{anchor}"


def test_the_index_names_every_page() -> None:
    index = (DOCS / "README.md").read_text()
    assert [page.name for page in DOCS.glob("*.md") if page.name != "README.md" and f"({page.name})" not in index] == []


@pytest.mark.parametrize("script", ["draw_architecture", "list_events"])
def test_what_a_script_writes_is_current(script: str) -> None:
    command = [sys.executable, f"site/bin/{script}", "--check"]
    done = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
