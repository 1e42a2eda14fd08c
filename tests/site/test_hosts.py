"""The apps in a host's site: its own page types may have the names of ours, and its settings ask for no migration."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from cop_program.fields import OpenStreamField

ROOT = Path(__file__).resolve().parents[2]
OURS = ("cop_program", "forms_ext", "demo")
#: Page types of the host's; all of ours, and what else a site may call one.
NAMES = [
    *(model.__name__ for app in OURS[:2] for model in apps.get_app_config(app).get_models()),
    *("CopProgramRow", "Places", "Session", "Facilitator", "Member", "Editions"),
]
MODELS = """
from django.conf import settings
from django.db import models
from wagtail.models import Page

for name in {names}:
    globals()[name] = type(name, (Page,), {{"__module__": __name__}})


class Mark(models.Model):
    page = models.ForeignKey(Page, models.CASCADE, related_name="form_submissions")
    other = models.ForeignKey(Page, models.CASCADE, related_name="form_versions")
    third = models.ForeignKey("cop_program.ProgramPage", models.CASCADE, related_name="program")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="programs")
"""
SETTINGS = """
from config.settings.test import *

INSTALLED_APPS = [*INSTALLED_APPS, "hosting"]
CURRENCIES = ("EUR", "CHF")
CURRENCY_CHOICES = [("EUR", "Euro"), ("CHF", "Franc")]
CURRENCY_CODE_MAX_LENGTH = 8
DEFAULT_CURRENCY = "EUR"
LANGUAGE_CODE = "fr"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("fr", "French"), ("it", "Italian")]
COUNTRIES_ONLY = ["CH", "FR", ("SCOT", "Scotland")]
COUNTRIES_OVERRIDE = {"CH": "Helvetia"}
TIME_ZONE = "Europe/Zurich"
BASE_DIR = "/srv/site"
INSTALLED_APPS = tuple(INSTALLED_APPS)
MIDDLEWARE = tuple(MIDDLEWARE)
TEMPLATES = tuple(TEMPLATES)
LOCALE_PATHS = ("/srv/site/locale",)
MEDIA_ROOT, STATIC_ROOT = str(MEDIA_ROOT), str(STATIC_ROOT)
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` in the host's site."""
    paths = os.pathsep.join([str(folder), str(ROOT / "site"), str(ROOT)])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "hosted", "PYTHONPATH": paths}
    command = [sys.executable, str(ROOT / "site/manage.py"), *arguments]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


def site_of(folder: Path, models: str, settings: str = SETTINGS) -> Path:
    """Write a host's site with an app of its own into `folder`."""
    (folder / "hosting").mkdir()
    (folder / "hosting/__init__.py").touch()
    (folder / "hosting/models.py").write_text(models)
    (folder / "hosted.py").write_text(settings)
    return folder


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return site_of(tmp_path_factory.mktemp("host"), MODELS.format(names=sorted(set(NAMES))))


@pytest.mark.parametrize("command", [("check",), ("makemigrations", "--check", "--dry-run", *OURS)])
def test_a_host_with_such_names_and_settings_is_all_right(host: Path, command: tuple[str, ...]) -> None:
    done = run(host, *command)
    assert done.returncode == 0, done.stdout + done.stderr


SHOW_NAMES = """
from django.utils import translation
from wagtail.models import get_page_models

for language in ("en", "fr"):
    with translation.override(language):
        print(*(f"{one._meta.label}={one.get_verbose_name()}" for one in get_page_models()), sep=";")
"""


def test_editors_can_tell_a_hosts_page_types_from_ours(host: Path) -> None:
    done = run(host, "shell", "-v0", "-c", SHOW_NAMES)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        names = dict(part.split("=") for part in line.split(";"))
        assert len(set(names.values())) == len(names) > 16
        assert names["hosting.FormPage"] == "Form page"
    assert "forms_ext.FormPage=Form page (Forms and applications)" in done.stdout


NAMED_LIKE_A_FIELD = """
from django.db import models
from wagtail.models import Page


class Body(Page):
    {link}


class Questions(Page):
    {link}
"""
LINK = re.compile(r"page_ptr = .*?\)(?=\.)")


def test_a_page_type_named_like_a_field_of_ours_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    said = run(site_of(tmp_path / "first", NAMED_LIKE_A_FIELD.format(link="pass")), "check").stderr
    assert "The page type hosting.Body is named like the field 'body' of cop_program.ProgramPage" in said
    assert said.count("(cop_program.E006)") == 2
    (tmp_path / "second").mkdir()
    (link,) = set(LINK.findall(said))
    models = NAMED_LIKE_A_FIELD.format(link=link.replace("models.CASCADE", "on_delete=models.CASCADE"))
    done = run(site_of(tmp_path / "second", models), "check")
    assert done.returncode == 0, done.stderr


SWAPPED = """
from wagtail.models import AbstractPage


class Base(AbstractPage):
    pass
"""


def test_a_swapped_page_model_is_named_with_a_hint(tmp_path: Path) -> None:
    settings = f'{SETTINGS}WAGTAIL_PAGE_MODEL = "hosting.Base"\n'
    done = run(site_of(tmp_path, SWAPPED, settings), "check")
    assert "(cop_program.E007) WAGTAIL_PAGE_MODEL is 'hosting.Base'" in done.stderr
    assert "Traceback" not in done.stderr


HEIR = """
from django.db import models

from cop_program.models import ProgramPage
from forms_ext.submissions.pages import AbstractFormPage, FormPage
from wagtail.models import Page


class RetreatPage(ProgramPage):
    house = models.CharField(max_length=200, blank=True)


class SurveyPage(FormPage):
    pass


class PollPage(AbstractFormPage, Page):
    pass
"""


def test_a_hosts_page_type_made_from_ours_needs_no_file_in_our_packages(tmp_path: Path) -> None:
    ours = [ROOT / app / "migrations" for app in OURS]
    before = {path for folder in ours for path in folder.rglob("*.py")}
    site_of(tmp_path, HEIR)
    (tmp_path / "hosting/migrations").mkdir()
    (tmp_path / "hosting/migrations/__init__.py").touch()
    done = run(tmp_path, "makemigrations")
    assert done.returncode == 0, done.stderr
    assert {path for folder in ours for path in folder.rglob("*.py")} == before, done.stdout
    text = (tmp_path / "hosting/migrations/0001_initial.py").read_text()
    for app in OURS[:2]:
        assert f"('{app}', '0001_initial')" in text
    assert "hosting/migrations/0001_initial.py" in done.stdout
    assert run(tmp_path, "makemigrations", "--check").returncode == 0


@pytest.mark.parametrize("types", ["['nowhere.Stars']", "('django.forms.CharField',)", "'hosting.Stars'", "[3]"])
def test_a_question_type_that_cannot_be_used_is_named(tmp_path: Path, types: str) -> None:
    done = run(site_of(tmp_path, "", f"{SETTINGS}COP_QUESTION_TYPES = {types}\n"), "check")
    assert "COP_QUESTION_TYPES" in done.stderr
    assert "HINT: " in done.stderr
    assert "forms_ext.E0" in done.stderr


def test_no_migration_holds_what_settings_or_other_packages_decide() -> None:
    files = [path for app in (*OURS[:2], "site/demo") for path in (ROOT / app / "migrations").glob("0*.py")]
    assert len(files) >= len(OURS)
    forbidden = r"block_lookup|wagtail\.blocks|Afghan|'AFN'|Europe/|zone_choices|'de'|related_name='\+_"
    assert {path.name: found for path in files if (found := re.findall(forbidden, path.read_text()))} == {}


def test_a_historical_model_keeps_its_streams_as_they_are_stored() -> None:
    state = MigrationLoader(None).project_state()
    stored = [{"type": "text", "value": "<p>Hello</p>", "id": "1"}, {"type": "gone", "value": {"a": [1]}, "id": "2"}]
    streams = 0
    for (app, name), model in state.models.items():
        for field in state.apps.get_model(app, name)._meta.local_fields if app in OURS else ():
            if isinstance(field, OpenStreamField):
                streams += 1
                for value in (stored, field.json_field.get_prep_value(stored)):
                    kept = field.to_python(value)
                    assert field.get_prep_value(kept) == list(kept.raw_data) == stored, (model.name, field.name)
    assert streams >= 6
