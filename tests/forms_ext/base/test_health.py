"""What load balancers and alarms learn about a process."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries, Settings

from forms_ext.base import consistency, health, periodic
from forms_ext.base.models import Heartbeat
from forms_ext.base.tasks import beat, tick

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """Let the process not know yet that everything is migrated."""
    health._all_applied.cache_clear()
    yield
    health._all_applied.cache_clear()


def ask(name: str) -> tuple[int, dict[str, str]]:
    """Return status and checks, as a balancer gets them: by an address that is no host of the site, without TLS."""
    response = Client().get(f"/health/{name}/", headers={"host": "10.0.0.7:8000"})
    assert response["Cache-Control"] == "no-store"
    content = response.json()
    assert (content["status"] == "ok") == (response.status_code == 200)
    assert not response.cookies
    return response.status_code, content["checks"]


@pytest.fixture
def as_deployed(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["programs.example.org"]
    settings.SECURE_SSL_REDIRECT = True


@contextmanager
def no_database() -> Iterator[None]:
    """Let the database be gone: a folder that is not there, a port on which nothing listens."""
    gone = {"NAME": "/nowhere/db.sqlite3"} if connection.vendor == "sqlite" else {"HOST": "127.0.0.1", "PORT": "1"}
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in gone.items():
            patch.setitem(connection.settings_dict, name, value)
        yield
        connection.close()


def test_a_process_that_answers_is_alive_and_asks_nobody(
    as_deployed: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert ask("live") == (200, {})


def test_ready_looks_at_all_that_a_request_needs(
    as_deployed: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    well = dict.fromkeys(("database", "migrations", "cache", "files"), "ok")
    assert ask("ready") == (200, well)
    with django_assert_num_queries(1):
        assert ask("ready") == (200, well)


@pytest.mark.django_db(transaction=True)
def test_without_its_database_it_lives_and_is_not_ready(caplog: pytest.LogCaptureFixture) -> None:
    with no_database():
        assert ask("live") == (200, {})
        status, checks = ask("ready")
        assert (status, checks["database"], checks["files"]) == (503, "failed", "ok")
        assert "OperationalError" in caplog.text  # in the log, and not in the response, which everyone may read
        assert ask("work")[0] == 503


def test_a_new_version_is_not_ready_before_migrate() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("forms_ext", "0001_initial")
    assert ask("ready") == (503, {"database": "ok", "migrations": "failed", "cache": "ok", "files": "ok"})
    recorder.record_applied("forms_ext", "0001_initial")
    assert ask("ready")[0] == 200


def test_it_is_not_ready_without_its_cache(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert ask("ready")[1]["cache"] == "failed"


def test_it_is_not_ready_where_private_files_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "private").write_text("A file where the folder should be.")
    options = {"location": tmp_path / "private"}
    local = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"private": {"BACKEND": local, "OPTIONS": options}}
    assert ask("ready")[1] == {"database": "ok", "migrations": "ok", "cache": "ok", "files": "failed"}


def test_nobody_is_told_to_send_anything() -> None:
    assert Client().post("/health/ready/").status_code == 405
    head: HttpResponse = Client().head("/health/ready/")  # type: ignore[assignment]
    assert (head.status_code, head.content) == (200, b"")
    assert Client().get("/health/other/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_scheduler_has_run_a_moment_ago() -> None:
    assert ask("work") == (503, {"database": "ok", "scheduler": "failed", "worker": "failed"})
    call_command("cop_tick")
    assert ask("work") == (200, {"database": "ok", "scheduler": "ok", "worker": "ok"})
    Heartbeat.objects.filter(name="tick").update(at=timezone.now() - timedelta(minutes=6))
    assert ask("work")[1] == {"database": "ok", "scheduler": "failed", "worker": "ok"}


@pytest.fixture
def queued(settings: Settings) -> None:
    """Let tasks wait for a worker, as in a deployed site."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def work() -> None:
    """Do what waits, as `db_worker` does."""
    for result in DBTaskResult.objects.ready():
        result.claim("worker")
        result.set_successful(result.task.call(*result.args_kwargs["args"], **result.args_kwargs["kwargs"]))


def test_no_task_waits_for_long(queued: None) -> None:
    periodic.run_all()
    work()
    tick.enqueue()
    assert ask("work")[1]["worker"] == "ok"
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=11))
    assert ask("work")[1]["worker"] == "failed"
    DBTaskResult.objects.update(status="RUNNING")
    assert ask("work")[1]["worker"] == "ok"


def test_a_dead_worker_is_noticed_although_nothing_else_waits(queued: None) -> None:
    periodic.run_all()
    work()
    assert ask("work")[1]["worker"] == "ok"
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        for _minute in range(3):
            periodic.run_all()
        assert ask("work")[1] == {"database": "ok", "scheduler": "ok", "worker": "failed"}
        beats = DBTaskResult.objects.filter(task_path=beat.module_path)
        assert beats.filter(status="READY").count() == 1, "requests do not pile up"
        work()
        assert ask("work")[1]["worker"] == "ok"
        work()
        assert beats.count() == 1, "nor what is kept of them"


def test_a_task_that_a_killed_worker_left_is_failed_after_an_hour_and_a_hosts_is_named(queued: None) -> None:
    """Only ours have rows that bring the work back."""
    for path in ("forms_ext.base.tasks.tick", "host.tasks.import_everything"):
        DBTaskResult.objects.create(
            task_path=path, status="RUNNING", started_at=timezone.now() - timedelta(minutes=59),
            args_kwargs={"args": [], "kwargs": {}}, backend_name="default", run_after=timezone.now(),
        )  # fmt: skip
    running = DBTaskResult.objects.filter(status="RUNNING")
    periodic.run_all()
    assert running.count() == 2
    running.update(started_at=timezone.now() - timedelta(minutes=61))
    periodic.run_all()
    assert [result.task_path for result in running] == ["host.tasks.import_everything"]
    failed = DBTaskResult.objects.get(status="FAILED")
    assert failed.finished_at is not None
    assert "worker" in failed.traceback
    found = [text for check, text in consistency.run_all() if check == "base.tasks"]
    assert len(found) == 1
    assert "host.tasks.import_everything" in found[0]


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Let no file grow beyond a kilobyte, as on a disk that is full."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_it_is_not_ready_on_a_full_disk(full_disk: None) -> None:
    assert ask("ready")[1]["files"] == "failed"
