"""Exports under bad conditions: slow readers, cut connections, killed workers, full disks."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cop_program import clock
from forms_ext.applications.models import Application
from forms_ext.base import periodic, private_files
from forms_ext.exports import content, rows
from forms_ext.exports.models import Export
from forms_ext.exports.tasks import end_links, folder, write_export
from forms_ext.invoices import actions
from forms_ext.invoices.tasks import store_pdf
from tests.forms_ext.admin_fixtures import START
from tests.forms_ext.exports.asking import CSV, lines, url

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
type Make = Callable[..., Application]


def elsewhere(write: Callable[[], int]) -> int:
    """Do what `write` does in another thread, over a connection that does not wait for locks."""

    def run() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=0" if connection.vendor == "sqlite" else "SET lock_timeout = '1s'")
        try:
            return write()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(run).result()


# --- A cut connection ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_cut_connection_leaves_nothing_behind(
    kind: str, staff: Client, make_application: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BATCH", 2)
    for _number in range(9):
        make_application()
    answer = staff.post(url("applications"), CSV | {"format": kind})
    parts: Iterator[bytes] = iter(answer.streaming_content)
    next(parts)
    next(parts)
    if connection.vendor == "sqlite":
        assert not connection.in_atomic_block
    else:
        assert connection.in_atomic_block or kind == "xlsx"
    answer.close()
    del parts
    assert not connection.in_atomic_block
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_cursors")
            assert cursor.fetchone() == (0,)
    assert Application.objects.count() == 9


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_slow_reader_keeps_nobody_from_writing(
    kind: str, staff: Client, make_application: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BATCH", 2)
    for _number in range(9):
        make_application(name="Ada")
    answer = staff.post(url("applications"), CSV | {"format": kind})
    parts: Iterator[bytes] = iter(answer.streaming_content)
    taken = [next(parts), next(parts)]
    assert elsewhere(lambda: Application.objects.update(name="Bo")) == 9
    if kind != "xlsx":  # its first parts are no rows
        taken += parts
        assert b"".join(taken).count(b"Ada") == 9, "what is read is how it was in the beginning"
    answer.close()


@pytest.mark.django_db(transaction=True)
def test_a_slow_reader_of_files_holds_no_transaction(
    staff: Client, money: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = actions.issue_invoice(account=money)
    assert invoice
    store_pdf(invoice.pk)
    answer = staff.post(url("invoice-pdfs"))
    parts: Iterator[bytes] = iter(answer.streaming_content)
    next(parts)
    assert not connection.in_atomic_block
    assert elsewhere(lambda: Export.objects.update(rows=7)) == 1
    answer.close()


# --- Killed and failing workers ----------------------------------------------------------------------


def test_a_killed_worker_loses_nothing(
    staff: Client, make_application: Make, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_application()
    make_application()
    staff.post(url("applications"), CSV)
    export = Export.objects.get()
    page = staff.get(reverse("cop_exports:job", args=[export.pk])).content.decode()
    assert "data-cop-running" in page
    assert "0 of 2 rows" in page

    def killed(*args: Any) -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(content, "stream", killed)
        with pytest.raises(KeyboardInterrupt):
            write_export.func(export.pk)
    assert write_export.func(export.pk) is False, "another worker lets the first one finish"
    with clock.at(START + timedelta(minutes=11)):
        assert periodic.run_all() == []
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("ready", 2)
    assert len(lines(private_files.read(export.path))) == 2


def test_an_export_that_fails_for_good_says_so(
    staff: Client, make_application: Make, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_application()
    make_application()
    staff.post(url("applications"), CSV)
    export = Export.objects.get()

    def broken(*args: Any) -> Iterator[bytes]:
        raise OSError("The disk is full.")

    monkeypatch.setattr(content, "stream", broken)
    for minute in range(3):
        with clock.at(START + timedelta(minutes=minute)):
            write_export.func(export.pk)
    export.refresh_from_db()
    assert export.state == "failed"
    assert "could not be created" in staff.get(reverse("cop_exports:job", args=[export.pk])).content.decode()


@pytest.fixture
def waiting(staff: Client, make_application: Make, small: None) -> Export:
    make_application()
    make_application()
    staff.post(url("applications"), CSV)
    return Export.objects.get()


def files(export: Export) -> list[str]:
    with suppress(FileNotFoundError):
        return private_files.storage().listdir(folder(export.pk))[1]
    return []


@pytest.fixture
def killed_after_saving(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The file is stored, but the worker dies before it can say so."""
    save = private_files.save

    def saved(path: str, file: Any) -> str:
        save(path, file)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(private_files, "save", saved)
        yield patched


def test_a_worker_killed_after_saving_leaves_one_file(waiting: Export, killed_after_saving: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit):
        write_export.func(waiting.pk)
    left = files(waiting)
    assert len(left) == 1
    killed_after_saving.undo()
    with clock.at(START + timedelta(minutes=11)):
        assert write_export.func(waiting.pk)
    waiting.refresh_from_db()
    assert [f"{folder(waiting.pk)}/{name}" for name in files(waiting)] == [waiting.path]
    private_files.save(f"{folder(waiting.pk)}/left.csv", b"of a worker that was slow")
    with clock.at(START + timedelta(hours=25)):
        assert end_links() == 1
    assert files(waiting) == []


def test_an_export_whose_workers_are_killed_is_given_up(
    waiting: Export, killed_after_saving: pytest.MonkeyPatch, staff: Client
) -> None:
    for attempt in range(3):
        with clock.at(START + timedelta(minutes=11 * attempt)), pytest.raises(SystemExit):
            write_export.func(waiting.pk)
    with clock.at(START + timedelta(minutes=33)):
        assert periodic.run_all() == [], "it is not written a fourth time"
        page = staff.get(reverse("cop_exports:job", args=[waiting.pk])).content.decode()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == ("failed", 3)
    assert files(waiting) == []
    assert "Export again" in page


@pytest.mark.parametrize("ends", ["fails", "finishes"])
def test_a_worker_that_lost_its_claim_changes_nothing(
    ends: str, waiting: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = content.stream

    def slow(*args: Any) -> Iterator[bytes]:
        monkeypatch.setattr(content, "stream", write)
        with clock.at(START + timedelta(minutes=11)):
            assert write_export.func(waiting.pk), "another worker takes it"
        yield b"late"
        if ends == "fails":
            raise OSError("The disk is full.")

    monkeypatch.setattr(content, "stream", slow)
    assert write_export.func(waiting.pk) is False
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == ("ready", 2)
    assert len(lines(private_files.read(waiting.path))) == 2
    assert len(files(waiting)) == 1


def test_a_late_failure_does_not_take_the_claim_of_another(waiting: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    claimed_until = START + timedelta(hours=1)

    def late(*args: Any) -> Iterator[bytes]:
        Export.objects.update(attempts=2, claimed_until=claimed_until)  # as another worker claims it
        raise OSError("The disk is full.")

    monkeypatch.setattr(content, "stream", late)
    write_export.func(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.claimed_until) == ("writing", claimed_until)
