"""What the wheel contains."""

import ast
from pathlib import Path

import pytest

from tests.wheel import building

pytestmark = pytest.mark.xdist_group("wheel")
APPS = ("cop_program", "forms_ext")
TREE = building.PROJECT_DIR


def test_wheels_of_tree_and_sdist_are_the_same(built: tuple[Path, Path, Path]) -> None:
    _sdist, from_sdist, from_tree = built
    assert building.in_wheel(from_sdist) == building.in_wheel(from_tree)


def test_carries_every_file_of_the_apps_and_no_other(wheel: dict[str, bytes]) -> None:
    tracked = building.run("git", "ls-files", "-z", *APPS, "templates", cwd=TREE).split("\0")
    files = {name for name in tracked if name and not (TREE / name).is_symlink()}
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


def test_sdist_has_what_it_is_built_from_alone(built: tuple[Path, Path, Path]) -> None:
    names = building.in_sdist(built[0])
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} <= names
    assert not [name for name in names if name.split("/")[0] in {"site", "tests", "docs", ".ci", "Makefile"}]


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
