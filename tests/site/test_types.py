"""mypy is equally strict with every module."""

import re
import tomllib

from tests.databases import PROJECT_DIR

#: Modules whose Wagtail base classes have no types; not even these are excused.
EXCUSABLE = re.compile(r"(?:\*|cop_program|forms_ext)\.(?:.+\.)?(?:admin(?:\.\*)?|pages(?:\.\*)?|wagtail_hooks)")
BARE_IGNORE = re.compile(r"#\s*(?:type:\s*ignore(?!\[)|mypy:)")


def test_no_module_is_excused_but_faces_of_wagtail() -> None:
    settings = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())["tool"]["mypy"]
    assert settings["strict"]
    assert settings["warn_unused_ignores"]
    assert settings["disable_error_code"] == ["django-manager-missing"]
    lax = {"disable_error_code", "ignore_errors", "strict", "disallow_untyped_defs"}
    excused = {module for one in settings["overrides"] if lax & set(one) for module in one["module"]}
    assert {module for module in excused if not EXCUSABLE.fullmatch(module)} == {"*.migrations.*"}


def test_what_is_ignored_is_named() -> None:
    found = [
        f"{path.relative_to(PROJECT_DIR)}:{number}"
        for package in ("cop_program", "forms_ext", "site")
        for path in sorted((PROJECT_DIR / package).rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if BARE_IGNORE.search(line)
    ]
    assert found == []
