"""Nothing in the repository points outside it: no folder next to it, no path of a machine, no registry's host."""

import re
from collections.abc import Iterator

from tests import checkout
from tests.databases import PROJECT_DIR

OUTSIDE = re.compile(
    r"(?<![\w.])\.\./shared\b"  # a folder next to a clone
    r"|(?<![\w./-])/(?:work|root|Users)/(?!>)[\w.]"  # a path of one machine
    r"|(?<![\w./-])/home/[a-z]\w*/"
    r"|\(design: "  # a text that is not in the repository
)
REGISTRIES = {"https://pypi.org/simple", "https://files.pythonhosted.org"}


def files() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each tracked file that is text."""
    for name in checkout.files("--cached", "--others", "--exclude-standard"):
        path = PROJECT_DIR / name
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if b"\0" not in content[:8192]:
                yield name, content.decode(errors="replace")


def test_nothing_points_outside() -> None:
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in files()
        if name != "tests/site/test_repository.py"
        for number, line in enumerate(text.splitlines(), 1)
        if OUTSIDE.search(line)
    ]
    assert found == []


def test_what_points_outside_is_found() -> None:
    lines = ["see ../shared/notes.md", "cd /work/main", "/home/ada/x", 'PATH="/root/.bin"', '(design: "State")']
    assert [line for line in lines if not OUTSIDE.search(line)] == []
    fine = ["/tmp/second", "https://example.org/work/x", "docs/work/a", "home/ada/", "/health/work/"]
    assert [line for line in fine if OUTSIDE.search(line)] == []


def test_the_lock_file_names_the_public_registry_alone() -> None:
    text = (PROJECT_DIR / "uv.lock").read_text()
    sources = set(re.findall(r'registry = "([^"]+)"', text))
    hosts = set(re.findall(r'url = "(https?://[^/"]+)', text))
    assert sources | hosts <= REGISTRIES
    assert not re.search(r"\[\[tool\.uv\.index\]\]|index-url|extra-index", (PROJECT_DIR / "pyproject.toml").read_text())


def test_no_fixture_takes_the_name_of_the_browsers_page() -> None:
    """It would be given the browser's parameter, and pytest would run it among what empties the database."""
    fixture = re.compile(r"@pytest\.fixture[^\n]*\ndef page\(")
    assert [name for name, text in files() if name.endswith(".py") and fixture.search(text)] == []
