"""What docs/integrators.md says about settings, templates and signals is true; its code runs in the plain site."""

import importlib
import re

import pytest
from django.dispatch import Signal
from django.template.loader import get_template

from forms_ext.base.conf import Conf, Setting
from tests.wheel import building
from tests.wheel.project import Project

DOCS = (building.PROJECT_DIR / "docs/integrators.md").read_text()
FILE = re.compile(r"`([\w/]+\.(?:py|html))`[^`]*:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
READ = re.compile(r"\bsettings\.(COP_\w+)|settings, \"(COP_\w+)\"")
SCRIPT = building.PROJECT_DIR / "tests/wheel/own.py"


def section(name: str) -> str:
    """Return the text below the heading `name`."""
    return DOCS.split(f"\n## {name}\n")[1].split("\n## ")[0]


def test_every_setting_stands_in_the_table_and_no_other() -> None:
    table = re.findall(r"^\| `(COP_\w+)` \| (.*?) \|", section("Settings"), re.MULTILINE)
    declared = {name: setting.default for name, setting in vars(Conf).items() if isinstance(setting, Setting)}
    sources = [
        path.read_text() for app in ("cop_program", "forms_ext") for path in (building.PROJECT_DIR / app).rglob("*.py")
    ]
    read = {one or other for text in sources for one, other in READ.findall(text)}
    others = ["COP_BASE_TEMPLATE", "COP_KEEP_PAGES", "COP_CLOCK_FILE"]
    assert [name for name, _default in table] == list(dict.fromkeys([*declared, *others]))
    assert read <= {name for name, _default in table}
    for name, default in table:
        if isinstance(declared.get(name), int):
            assert default == f"`{declared[name]}`", name


def test_every_template_that_is_named_is_there() -> None:
    names = re.findall(r"`((?:cop_program|forms_ext)/[\w/]+\.html)`", section("Templates"))
    assert len(names) > 8
    for name in names:
        get_template(name)


def test_every_signal_is_named_and_is_there() -> None:
    named = set(re.findall(r"^\| `([\w.]+)` \|", section("Signals"), re.MULTILINE))
    sources = [
        path for app in ("cop_program", "forms_ext") for path in (building.PROJECT_DIR / app).rglob("signals.py")
    ]
    there = set()
    for path in sources:
        module = ".".join(path.relative_to(building.PROJECT_DIR).with_suffix("").parts)
        there |= {
            f"{module}.{name}" for name, one in vars(importlib.import_module(module)).items() if isinstance(one, Signal)
        }
    assert named == there


@pytest.mark.xdist_group("wheel")
def test_the_code_runs_in_the_plain_site(plain: Project) -> None:
    """A question type, a page type and a provider, in settings of their own beside a new database."""
    files = dict(FILE.findall(DOCS))
    assert set(files) == {
        "mysite/provider.py",
        "mysite/stars.py",
        "retreats/models.py",
        "retreats/templates/retreats/retreat_page.html",
    }
    for name, text in files.items():
        (plain.site / name).parent.mkdir(parents=True, exist_ok=True)
        (plain.site / name).write_text(text)
    (plain.site / "retreats/migrations").mkdir()
    for name in ("retreats/__init__.py", "retreats/migrations/__init__.py"):
        (plain.site / name).touch()
    (plain.site / "mysite/settings/own.py").write_text(
        'from .dev import *\n\nINSTALLED_APPS += ["retreats"]\nALLOWED_HOSTS = ["*"]\n'
        'COP_QUESTION_TYPES = ("mysite.stars.Stars",)\nCOP_FORM_MIN_SECONDS = 0\n'
        'DATABASES["default"]["NAME"] = BASE_DIR / "own.sqlite3"\n'
    )
    (plain.site / "own.sqlite3").write_bytes((plain.site / "db.sqlite3").read_bytes())
    settings = ("--settings", "mysite.settings.own")
    for command in (("makemigrations", "retreats"), ("migrate",), ("makemigrations", "--check")):
        said = building.run(plain.python, "manage.py", *command, *settings, cwd=plain.site)
    assert "No changes detected" in said
    said = building.run(plain.python, "manage.py", "shell", "-v0", *settings, "-c", SCRIPT.read_text(), cwd=plain.site)
    assert said.strip().splitlines()[-1] == "all of it runs", said
