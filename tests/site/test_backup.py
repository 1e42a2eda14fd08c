"""What docs/operators.md says about backup and restore, word by word; the restored copy passes the audit."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases, postgres
from tests.racing import Stable

SECTION = (
    (databases.PROJECT_DIR / "docs/operators.md").read_text().split("\n## Backup and restore\n")[1].split("\n## ")[0]
)
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
BACKUP = {"sqlite": BLOCKS[0], "postgresql": BLOCKS[1]}
RESTORE = {"sqlite": BLOCKS[2], "postgresql": BLOCKS[3]}
pytestmark = pytest.mark.race  # beside the races: they share a database of two kinds


def shell(script: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run lines of the docs as somebody at a terminal does."""
    path = f"{databases.PROJECT_DIR / '.venv/bin'}:{postgres.binaries()}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", script], cwd=databases.PROJECT_DIR, env=environment | {"PATH": path, "PYTHONPATH": "."},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.fixture
def elsewhere(race_database: databases.FreshDatabase, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database for the copy."""
    if race_database.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/copy/db.sqlite3"
        return
    cluster = request.getfixturevalue("postgres_url")
    name = f"restored_{os.getpid()}"
    yield postgres.create_database(cluster, name)
    postgres.drop_database(cluster, name)


def test_a_restored_copy_passes_the_audit(
    stable: Stable, race_database: databases.FreshDatabase, elsewhere: str, tmp_path: Path
) -> None:
    assert stable.run("tests.site.backup_script") == 2
    (race_database.data_dir / "public" / "media").mkdir(parents=True, exist_ok=True)
    here = {
        "DATA_DIR": str(race_database.data_dir),
        "DATABASE_URL": race_database.url,
        "BACKUP": str(tmp_path / "kept"),
    }
    done = shell(BACKUP[race_database.vendor], **here)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(race_database.data_dir / "private")

    settings = {"DJANGO_SETTINGS_MODULE": "tests.race_settings"}
    there = here | settings | {"DATA_DIR": str(tmp_path / "copy"), "DATABASE_URL": elsewhere}
    done = shell(RESTORE[race_database.vendor] + BLOCKS[4], **there)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checks passed." in done.stdout


def test_a_backup_without_its_database_fails_aloud(race_database: databases.FreshDatabase, tmp_path: Path) -> None:
    """Of what a failed backup leaves, the restore makes nothing that passes."""
    here = {
        "DATA_DIR": str(race_database.data_dir),
        "DATABASE_URL": race_database.url,
        "BACKUP": str(tmp_path / "kept"),
    }
    environment = here | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    if race_database.vendor == "sqlite":
        (tmp_path / "kept").mkdir()
        (tmp_path / "kept" / "db.sqlite3").write_text("something is in the way")
    assert shell(BACKUP[race_database.vendor], **environment).returncode != 0
    assert not (tmp_path / "kept" / "private").exists(), "it went on after the error"
