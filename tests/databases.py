"""Migrated databases without waiting: created once for each state of the migrations, then copied."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests import postgres

PROJECT_DIR = Path(__file__).resolve().parents[1]
MANAGE = PROJECT_DIR / "site" / "manage.py"
CACHE = Path(tempfile.gettempdir()) / f"cop-test-cache-{os.getuid()}"
KEEP = 6


def migration_hash() -> str:
    """Return what names the state of the migrations: ours by content, others' by the lock file."""
    digest = hashlib.sha256((PROJECT_DIR / "uv.lock").read_bytes())
    for path in sorted(PROJECT_DIR.glob("**/migrations/*.py")):
        if ".venv" not in path.parts:
            digest.update(str(path.relative_to(PROJECT_DIR)).encode() + path.read_bytes())
    for name in ("groups.py", "triggers.py"):  # what is made after the migrations
        digest.update((PROJECT_DIR / "forms_ext" / "base" / name).read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock that all test processes of this user share."""
    CACHE.mkdir(mode=0o700, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrate(url: str) -> None:
    """Bring the database at `url` up to date, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="cop-migrate-") as folder:
        environment = os.environ | {"DATABASE_URL": url, "DATA_DIR": folder}
        command = [sys.executable, str(MANAGE), "migrate", "--settings", "config.settings.test", "--verbosity", "0"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"migrate failed:\n{done.stdout}{done.stderr}")


def sqlite_template() -> Path:
    """Return a migrated SQLite file to copy from."""
    template = CACHE / f"{migration_hash()}.sqlite3"
    with locked("sqlite"):
        if not template.exists():
            draft = CACHE / f"draft-{os.getpid()}.sqlite3"
            migrate(f"sqlite:///{draft}")
            with sqlite3.connect(draft) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.execute("PRAGMA journal_mode=DELETE")
            connection.close()
            draft.rename(template)
            for old in sorted(CACHE.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-KEEP]:
                old.unlink(missing_ok=True)
    return template


def loaded_demo() -> Path:
    """Return the data of a site with the demo, its first tasks done, that was never served; made once in a test run."""
    folder = CACHE / f"demo-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    with locked("demo"):
        if not folder.exists():
            for old in CACHE.glob("demo-*"):
                shutil.rmtree(old, ignore_errors=True)
            draft = Path(tempfile.mkdtemp(prefix="demo-", dir=CACHE))
            copy_sqlite(draft / "db.sqlite3")
            known = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BASE_URL")}
            environment = known | {"DATA_DIR": str(draft), "DJANGO_SETTINGS_MODULE": "config.settings.development"}
            for command in (["load_demo"], ["db_worker", "--batch"]):
                done = subprocess.run(
                    [sys.executable, str(MANAGE), *command], env=environment, capture_output=True, text=True
                )
                if done.returncode:
                    raise RuntimeError(f"{command} failed:\n{done.stdout}{done.stderr}")
            draft.rename(folder)
    return folder


def copy_sqlite(target: Path) -> Path:
    """Put a migrated SQLite database at `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(sqlite_template(), target)
    return target


def postgres_template(cluster_url: str) -> str:
    """Return the name of a migrated database of the cluster to copy from."""
    name = f"template_{migration_hash()}"
    with locked("postgres"):
        with psycopg.connect(cluster_url, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            draft = postgres.create_database(cluster_url, name + "_draft")
            migrate(draft)
            with psycopg.connect(cluster_url, autocommit=True) as connection:
                connection.execute(f'ALTER DATABASE "{name}_draft" RENAME TO "{name}"')
    return name


def copy_postgres(cluster_url: str, name: str) -> str:
    """Make a migrated database `name` in the cluster; return its address."""
    template = postgres_template(cluster_url)
    postgres.drop_database(cluster_url, name)
    return postgres.create_database(cluster_url, name, template)


@dataclass(frozen=True)
class FreshDatabase:
    """A migrated database for other processes: set `environment` for them."""

    vendor: str
    url: str
    data_dir: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of a process that works on it."""
        return os.environ | {
            "DATABASE_URL": self.url,
            "DATA_DIR": str(self.data_dir),
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONPATH": os.pathsep.join([str(PROJECT_DIR / "site"), str(PROJECT_DIR)]),
            **self.extra,
        }
