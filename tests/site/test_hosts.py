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
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` in the host's site."""
    paths = os.pathsep.join([str(folder), str(ROOT / "site"), str(ROOT)])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "hosted", "PYTHONPATH": paths}
    command = [sys.executable, str(ROOT / "site/manage.py"), *arguments]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("host")
    (folder / "hosting").mkdir()
    (folder / "hosting/__init__.py").touch()
    (folder / "hosting/models.py").write_text(MODELS.format(names=sorted(set(NAMES))))
    (folder / "hosted.py").write_text(SETTINGS)
    return folder


@pytest.mark.parametrize("command", [("check",), ("makemigrations", "--check", "--dry-run", *OURS)])
def test_a_host_with_such_names_and_settings_is_all_right(host: Path, command: tuple[str, ...]) -> None:
    done = run(host, *command)
    assert done.returncode == 0, done.stdout + done.stderr


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
