"""What the wheel and the sdist contain."""

import ast
import os
import re
import sys
import tarfile
from pathlib import Path

import pytest

from tests import checkout
from tests.wheel import building

pytestmark = pytest.mark.xdist_group("wheel")
APPS = ("cop_program", "forms_ext")
TREE = building.PROJECT_DIR


def test_wheels_of_tree_and_sdist_are_the_same(built: tuple[Path, Path, Path]) -> None:
    _sdist, from_sdist, from_tree = built
    assert building.in_wheel(from_sdist) == building.in_wheel(from_tree)


def test_carries_every_file_of_the_apps_and_no_other(wheel: dict[str, bytes]) -> None:
    files = {name for name in checkout.files(*APPS, "templates") if not (TREE / name).is_symlink()}
    expected = {name for name in files if name.startswith(tuple(f"{app}/" for app in APPS))}
    for app in APPS:
        ours = {name for name in files if name.startswith(f"templates/{app}/")}
        expected |= {f"{app}/{name}" for name in ours}
    carried = {name for name in wheel if ".dist-info/" not in name}
    assert carried == expected
    assert all(wheel[name] for name in carried if name.endswith((".html", ".css", ".js", ".ttf", ".woff2", ".mo")))


def test_carries_what_is_not_code(wheel: dict[str, bytes]) -> None:
    for name in (
        "cop_program/py.typed",
        "forms_ext/py.typed",
        "cop_program/migrations/0001_initial.py",
        "forms_ext/migrations/0001_initial.py",
        "cop_program/templates/cop_program/base.html",
        "forms_ext/templates/forms_ext/forms/form.html",
        "cop_program/static/cop_program/css/cop.css",
        "forms_ext/invoices/fonts/NotoSans-Regular.ttf",
        "forms_ext/invoices/fonts/OFL.txt",
        *(f"{app}/locale/{code}/LC_MESSAGES/django.mo" for app in APPS for code in ("de", "fr", "es")),
    ):
        assert name in wheel, name
    assert [name for name in wheel if name.endswith("licenses/LICENSE")]


def test_sdist_has_the_whole_repository(built: tuple[Path, Path, Path]) -> None:
    """With the templates of the apps in place of the links to them, and its own metadata."""
    tracked = set(checkout.files("--cached", "--others", "--exclude-standard"))
    links = {name for name in tracked if (TREE / name).is_symlink()}
    assert links == {f"{app}/templates/{app}" for app in APPS}
    copies = {f"{app}/{name}" for app in APPS for name in tracked if name.startswith(f"templates/{app}/")}
    assert building.in_sdist(built[0]) == (tracked - links) | copies | {"PKG-INFO"}


def test_tests_run_from_the_sdist(built: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """A few quick ones, on the code beside them; among them one that needs the whole of docs and templates."""
    with tarfile.open(built[0]) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    assert os.access(folder / "site/bin/run", os.X_OK)
    (folder / "tests/test_place.py").write_text(
        f"import cop_program\n\n\ndef test_place():\n    assert cop_program.__file__.startswith({str(folder)!r})\n"
    )
    tests = ("test_place.py", "site/test_docs.py", "site/test_repository.py", "cop_program/test_deadlines.py")
    options = ("-q", "-n", "0", "-p", "no:playwright", "-p", "no:cacheprovider")
    said = building.run(sys.executable, "-m", "pytest", *options, *(f"tests/{name}" for name in tests), cwd=folder)
    assert re.search(r"\d passed, [12] skipped in", said), said


def test_names_what_it_needs(wheel: dict[str, bytes]) -> None:
    metadata = next(text.decode() for name, text in wheel.items() if name.endswith("/METADATA"))
    assert "Requires-Python: >=3.12" in metadata
    for line in (
        "Requires-Dist: django<6.2,>=6.0",
        "Requires-Dist: wagtail<8.1,>=8.0",
        "License-Expression: BSD-3-Clause",
    ):
        assert line in metadata
    for extra in ("worker", "postgres", "s3", "mail"):
        assert f"Provides-Extra: {extra}" in metadata


def test_apps_parse_in_the_oldest_python(wheel: dict[str, bytes]) -> None:
    for name, text in wheel.items():
        if name.endswith(".py"):
            ast.parse(text, name, feature_version=(3, 12))
