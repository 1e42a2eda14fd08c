"""What docs/integrators.md says of removing the apps, line by line, in a copy of the plain site with people in it."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.wheel import building, readme
from tests.wheel.announcing import Announced
from tests.wheel.project import Project
from tests.wheel.test_docs import section

pytestmark = pytest.mark.xdist_group("wheel")
APPS = ("cop_program", "forms_ext")
APPLY = """
import re
from django.conf import settings
from django.test import Client
from django_tasks_db.models import DBTaskResult
from forms_ext.applications.models import Application

settings.ALLOWED_HOSTS, settings.COP_FORM_MIN_SECONDS = ["*"], 0
client, address, before = Client(), "%s", Application.objects.count()
token = re.search(r'name="_token" value="([^"]+)"', client.get(address).text)[1]
client.post(address, {"your_name": "Bea", "your_email": "bea@example.org", "_token": token})
assert Application.objects.count() == before + 1
assert DBTaskResult.objects.filter(task_path__startswith="forms_ext.", status="READY").exists()
"""
LEFT = """
import json
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from wagtail.models import Page, PageLogEntry

APPS = ("cop_program", "forms_ext")
tables = connection.introspection.table_names()
print(json.dumps({
    "tables": [name for name in tables if name.startswith(APPS)],
    "migrations": list(MigrationRecorder.Migration.objects.filter(app__in=APPS).values_list("name", flat=True)),
    "types": ContentType.objects.filter(app_label__in=APPS).count(),
    "permissions": Permission.objects.filter(content_type__app_label__in=APPS).count(),
    "pages": list(Page.objects.order_by("path").values_list("title", flat=True)),
    "groups": list(Group.objects.order_by("name").values_list("name", flat=True)),
    "users": User.objects.count(),
    "history": PageLogEntry.objects.count() > 0,
}))
"""


@pytest.fixture
def copy(plain: Project, announced: Announced, tmp_path: Path) -> Path:
    """The folder of a site with our pages and an application."""
    folder = tmp_path / "mysite"
    shutil.copytree(plain.site, folder, ignore=shutil.ignore_patterns("*.sqlite3*", "retreats"))
    with closing(sqlite3.connect(plain.site / "db.sqlite3")) as database:
        database.execute("VACUUM INTO ?", [str(folder / "db.sqlite3")])
    apply = APPLY % announced.addresses["Application form"]
    building.run(plain.python, "manage.py", "shell", "-v0", "-c", apply, cwd=folder)
    return folder


def test_nothing_of_ours_is_left_but_what_the_docs_say(plain: Project, copy: Path) -> None:
    def manage(*command: str) -> str:
        return building.run(plain.python, "manage.py", *command, cwd=copy)

    def left() -> dict[str, object]:
        found: dict[str, object] = json.loads(manage("shell", "-v0", "-c", LEFT).strip().splitlines()[-1])
        return found

    before = left()
    assert before["tables"]
    assert len(before["pages"]) > 8  # type: ignore[arg-type]
    first, second = re.findall(r"```sh\n(.*?)```", section("Removing the apps"), re.DOTALL)
    python = str(plain.python)
    building.run("bash", "-euc", first.replace("python manage.py", f"{python} manage.py"), cwd=copy)
    for step in readme.steps():
        if step.file:
            file = copy / step.file
            assert step.text in file.read_text()
            file.write_text(file.read_text().replace(step.text, ""))
    building.run("bash", "-euc", second.replace("python manage.py", f"{python} manage.py"), cwd=copy)
    assert left() == {
        "tables": [],
        "migrations": [],
        "types": 0,
        "permissions": 0,
        "pages": ["Root", "Home"],
        "groups": ["Editors", "Moderators"],
        "users": before["users"],
        "history": True,
    }
    assert "no issues" in manage("check")
    assert "No changes detected" in manage("makemigrations", "--check")
    assert "No migrations to apply" in manage("migrate")
    assert "No problems found" in manage("fixtree")
