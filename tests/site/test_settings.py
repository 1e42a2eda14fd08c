"""The production settings: environment variables are enough, and nothing of the demo is used."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import databases

PRODUCTION = {
    "SECRET_KEY": "q" * 20 + "w3e4r5t6z7u8i9o0pasdfghjklyxcvbnmQWERTZUIOP",
    "ALLOWED_HOSTS": "cop.example.org",
    "BASE_URL": "https://cop.example.org",
    "DEFAULT_FROM_EMAIL": "programs@example.org",
}


CHECK = ("check", "--deploy", "--fail-level", "WARNING")


def check(
    tmp_path: Path, *, extra: str = "", leave_out: str = "", command: Sequence[str] = CHECK, **more: str
) -> "subprocess.CompletedProcess[str]":
    """Run `command` of manage.py on the production settings with the lines `extra` after them."""
    (tmp_path / "deployed.py").write_text(f"from config.settings.production import *\n{extra}\n")
    path = os.pathsep.join([str(databases.PROJECT_DIR / "site"), str(databases.PROJECT_DIR), str(tmp_path)])
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "DATA_DIR": str(tmp_path)}
    environment |= {"PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "deployed"} | PRODUCTION | more
    environment.pop(leave_out, None)
    line = [sys.executable, str(databases.MANAGE), *command]
    return subprocess.run(line, env=environment, capture_output=True, text=True)


def test_production_passes_its_own_checks(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_mail_provider_is_set_by_the_environment_too(tmp_path: Path) -> None:
    more = {"EMAIL_PROVIDER": "postmark", "ANYMAIL_POSTMARK_SERVER_TOKEN": "t", "ANYMAIL_WEBHOOK_SECRET": "a:b"}
    assert check(tmp_path, **more).returncode == 0


def test_buckets_are_set_by_the_environment(tmp_path: Path) -> None:
    buckets = {"S3_BUCKET": "pictures", "S3_PRIVATE_BUCKET": "invoices", "AWS_DEFAULT_REGION": "eu-central-1"}
    done = check(tmp_path, **buckets)
    assert done.returncode == 0, done.stderr
    assert check(tmp_path, **buckets | {"S3_PRIVATE_BUCKET": "pictures"}).returncode == 1, "everybody may read pictures"


REFUSED = {
    "INSTALLED_APPS = ['demo', *INSTALLED_APPS]": "(config.E001)",
    "COP_DEMO = True": "(config.E002) COP_DEMO",
    "COP_MAILBOX_DIR = '/var/mailbox'": "(config.E002) COP_MAILBOX_DIR",
    "COP_CLOCK_FILE = '/var/clock.json'": "(config.E002) COP_CLOCK_FILE",
    "MAILERS = {'default': {'BACKEND': 'demo.mailbox.MailboxBackend'}}": "(config.E003)",
    "DEBUG = True": "(config.E004)",
    "SECOND_FACTOR_REQUIRED = False": "(config.W006)",
}


def test_production_refuses_the_demo(tmp_path: Path) -> None:
    done = check(tmp_path, extra="\n".join(REFUSED))
    assert done.returncode == 1
    assert [found for found in REFUSED.values() if found not in done.stderr] == []


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_production_names_what_is_missing(tmp_path: Path, name: str) -> None:
    done = check(tmp_path, leave_out=name)
    assert done.returncode == 1
    assert f"Set the environment variable {name}" in done.stderr


def shown(tmp_path: Path, expression: str, **more: str) -> str:
    """Return what the production settings make of `expression`."""
    command = ["shell", "--no-imports", "--command", f"from django.conf import settings; print({expression})"]
    done = check(tmp_path, command=command, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_name_languages_and_zone_of_the_site_are_set_by_the_environment(tmp_path: Path) -> None:
    what = "settings.WAGTAIL_SITE_NAME, settings.LANGUAGE_CODE, list(dict(settings.LANGUAGES)), settings.TIME_ZONE"
    assert shown(tmp_path, what) == "cop.example.org en ['en', 'de', 'fr', 'es'] UTC"
    more = {"SITE_NAME": "Lind Academy", "LANGUAGES": "de, fr", "TIME_ZONE": "Europe/Berlin"}
    assert shown(tmp_path, what, **more) == "Lind Academy de ['de', 'fr'] Europe/Berlin"


def test_former_secret_keys_are_set_by_the_environment(tmp_path: Path) -> None:
    what = "settings.SECRET_KEY_FALLBACKS"
    assert shown(tmp_path, what) == "[]"
    assert shown(tmp_path, what, SECRET_KEY_FALLBACKS="old-1, old_2") == "['old-1', 'old_2']"


@pytest.mark.parametrize("codes", ["de xx", " "])
def test_a_language_that_django_does_not_know_is_named(tmp_path: Path, codes: str) -> None:
    done = check(tmp_path, LANGUAGES=codes)
    assert done.returncode == 1
    assert "LANGUAGES holds what is no language code of Django" in done.stderr


def test_the_first_migrate_makes_the_folder_and_asks_no_table_before_it_is_there(tmp_path: Path) -> None:
    empty = tmp_path / "not" / "there"
    done = check(tmp_path, command=("migrate", "cop_program"), DATA_DIR=str(empty))
    assert done.returncode == 0, done.stderr
    assert (empty / "db.sqlite3").exists()


def test_manage_takes_the_development_settings_for_a_demo_alone(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    command = [sys.executable, str(databases.MANAGE), "check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Name the settings" in done.stderr
    (tmp_path / "demo.json").write_text("{}")
    assert subprocess.run(command, env=environment, capture_output=True, text=True).returncode == 0


@pytest.mark.django_db
def test_the_demos_users_are_refused_where_a_demo_database_goes_to_production() -> None:
    from config.checks import no_demo_users
    from django.contrib.auth.models import User

    assert no_demo_users(None, databases=["default"]) == []
    ada = User.objects.create_user("ada", "ada@circleforward.example")
    assert [error.id for error in no_demo_users(None, databases=["default"])] == ["config.E005"]
    ada.is_active = False
    ada.save()
    assert no_demo_users(None, databases=["default"]) == []
