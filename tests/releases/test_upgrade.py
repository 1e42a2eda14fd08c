"""What people have made with a released version is migrated to this one, passes the audit, and reads as before."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases, live, postgres
from tests.releases import stored

pytestmark = pytest.mark.race  # in the group of the races: they share databases of both kinds


@pytest.fixture(params=stored.versions())
def upgraded(
    request: pytest.FixtureRequest, race_database: databases.FreshDatabase, tmp_path: Path
) -> Iterator[live.LiveSite]:
    """A site with the data of a released version, migrated; not served."""
    if race_database.vendor == "sqlite":
        url = f"sqlite:///{tmp_path}/db.sqlite3"
    else:
        cluster, name = request.getfixturevalue("postgres_url"), f"released_{os.getpid()}"
        url = postgres.create_database(cluster, name)
    stored.restore(request.param, race_database.vendor, url, tmp_path)
    site = live.LiveSite(
        tmp_path, environment={"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.development"}
    )
    site.manage("migrate", "--verbosity", "0")
    yield site
    site.stop()
    if race_database.vendor != "sqlite":
        postgres.drop_database(cluster, name)


def test_a_released_version_is_upgraded(upgraded: live.LiveSite) -> None:
    audit = upgraded.manage("cop_audit")
    assert "checks passed." in audit.stdout
    read = upgraded.script("tests.releases.reading")
    assert read.pop("accounts") > 0
    assert read.pop("applications") > 0
    assert read == {"program": True, "form": True, "invoice": True, "export": True}


def test_every_release_is_stored() -> None:
    """The changelog names the releases."""
    released = [
        line.split()[1]
        for line in (databases.PROJECT_DIR / "CHANGELOG.md").read_text().splitlines()
        if line.startswith("## ") and line.split()[1][0].isdigit()
    ]
    assert sorted(stored.versions()) == sorted(released)
