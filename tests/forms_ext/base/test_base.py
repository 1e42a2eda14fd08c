"""References, limits, periodic jobs, audit, private files, money, history, groups."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.management import CommandError, call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation
from djmoney.money import Money
from pytest_django import Settings
from wagtail.log_actions import registry
from wagtail.models import GroupPagePermission

from cop_program import formatting
from cop_program.clock import at, now
from forms_ext.base import consistency, groups, history, limits, money, number_series, periodic, private_files
from forms_ext.base.conf import conf
from forms_ext.base.errors import ActionRefused
from forms_ext.base.models import RateBucket

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def test_references_count_up_in_each_series() -> None:
    assert [number_series.draw("A-2026", prefix="A-2026-") for _ in range(3)] == [
        "A-2026-0001",
        "A-2026-0002",
        "A-2026-0003",
    ]
    assert number_series.draw("R-2026", prefix="R-2026-") == "R-2026-0001"


def test_the_limit_refuses_the_next_one_and_forgets_after_the_window() -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        for _ in range(2):
            limits.count("post:203.0.113.9", limit=2, seconds=3600)
        clock.shift(48 * 60)
        with pytest.raises(limits.UsedUp) as refused:
            limits.count("post:203.0.113.9", limit=2, seconds=3600)
        assert (refused.value.until.isoformat(), refused.value.seconds) == ("2026-03-01T11:00:00+00:00", 12 * 60)
        limits.count("post:203.0.113.10", limit=2, seconds=3600)
        with pytest.raises(limits.UsedUp):
            limits.count("post:203.0.113.10", limit=2, seconds=3600, times=2)
        clock.shift(12 * 60)
        limits.count("post:203.0.113.9", limit=2, seconds=3600, times=2)
        clock.shift(timedelta(days=9))
        limits.forget_old_hits()
    assert not RateBucket.objects.exists()


def test_the_limit_stores_no_address() -> None:
    limits.count("post:203.0.113.9", limit=2, seconds=3600)
    assert "203" not in RateBucket.objects.get().key[:4] or len(RateBucket.objects.get().key) == 64


def test_what_is_rolled_back_is_not_counted() -> None:
    for _ in range(3):
        with suppress(ActionRefused), transaction.atomic():
            limits.count("post", limit=1, seconds=3600)
            raise ActionRefused
    limits.count("post", limit=1, seconds=3600)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    ran: list[str] = []

    def breaks() -> None:
        raise RuntimeError("broken")

    def works() -> None:
        ran.append("works")

    monkeypatch.setattr(periodic, "_jobs", {})
    periodic.register(breaks)
    periodic.register(works)
    return ran


@pytest.mark.django_db(transaction=True)
def test_a_broken_periodic_job_does_not_keep_the_others_from_running(jobs: list[str]) -> None:
    with pytest.raises(CommandError, match="breaks"):
        call_command("cop_tick")
    assert jobs == ["works"]


def test_the_audit_prints_what_it_finds_and_exits_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(consistency, "_checks", {})

    @consistency.check("figures")
    def figures() -> Iterator[str]:
        yield "2 and 2 are 5"

    @consistency.check("broken")
    def broken() -> Iterator[str]:
        raise ValueError("no such thing")

    with pytest.raises(SystemExit) as stop:
        call_command("cop_audit")
    assert stop.value.code == 1
    out = capsys.readouterr().out
    assert "figures: 2 and 2 are 5" in out
    assert "broken: The check itself failed: ValueError" in out


def test_private_files_come_back_and_never_overwrite_each_other() -> None:
    first, second = private_files.save("invoices/one.pdf", b"1"), private_files.save("invoices/one.pdf", b"2")
    assert first != second
    assert (private_files.read(first), private_files.read(second)) == (b"1", b"2")
    private_files.delete(first)
    assert not private_files.exists(first)


@pytest.mark.parametrize("path", ["../outside", "/etc/x", "a/../../b", "a\\b"])
def test_a_private_path_stays_inside(path: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        private_files.save(path, b"x")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("499.25", "USD", "499.25"), ("0.125", "USD", "0.13"), ("0.5", "JPY", "1"), ("1.0005", "KWD", "1.001")],
)
def test_money_rounds_half_up_at_the_minor_unit(amount: str, currency: str, expected: str) -> None:
    assert str(formatting.round_minor(Money(amount, currency)).amount) == expected


def test_money_is_written_the_readers_way() -> None:
    assert money.format_money(Money("1897", "USD"), "en") == "1,897\u00a0USD"
    assert money.format_money(Money("1897.25", "USD"), "de") == "1.897,25\u00a0USD"
    assert money.format_money(Money("189700", "JPY"), "en") == "189,700\u00a0JPY"
    assert money.format_money(Money("-3.5", "EUR"), "xx-yy") == "−3.50\u00a0EUR"
    with translation.override("de"):
        assert money.format_money(Money("1897", "USD")) == "1.897\u00a0USD"


def test_columns_have_all_decimals_of_the_currency() -> None:
    amounts = [Money("1897", "USD"), Money("189700", "JPY"), Money("1.5", "KWD")]
    assert [formatting.money_figure(amount, "en") for amount in amounts] == ["1,897.00", "189,700", "1.500"]


def test_history_bears_the_clock_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    history.register("forms_ext.base.tried", "Tried", {"reference": "of whom"})
    history.register_log_actions(registry)
    user = User.objects.create_user("staff")
    moment = now() - timedelta(days=400)
    with at(moment):
        history.record(user, "forms_ext.base.tried", user=user, reference="A-1")
    entry = registry.get_logs_for_instance(user).get(action="forms_ext.base.tried")
    assert (entry.timestamp, entry.data, entry.user) == (moment, {"reference": "A-1"}, user)


def test_an_unregistered_action_is_refused() -> None:
    with pytest.raises(LookupError):
        history.record(User.objects.create_user("staff"), "forms_ext.base.unheard_of")


def holds(group: Group, name: str) -> bool:
    app, codename = name.split(".")
    return group.permissions.filter(content_type__app_label=app, codename=codename).exists()


def test_groups_wait_until_everything_is_migrated() -> None:
    """`migrate wagtailcore` alone: made now, the groups would lack the permissions whose tables come later."""
    Group.objects.all().delete()
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("forms_ext", "0001_initial")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert not Group.objects.exists()
    recorder.record_applied("forms_ext", "0001_initial")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert holds(Group.objects.get(name=groups.REVIEWERS), "forms_ext.review_application")


def test_groups_are_made_with_what_each_role_may() -> None:
    editors, reviewers, staff = (Group.objects.get(name=n) for n in (groups.EDITORS, groups.REVIEWERS, groups.STAFF))
    for group in (editors, reviewers, staff):
        assert holds(group, "wagtailadmin.access_admin")
    assert holds(staff, "forms_ext.bill_account")
    assert not holds(editors, "forms_ext.bill_account")
    assert holds(reviewers, "forms_ext.review_application")
    assert not holds(reviewers, "forms_ext.decide_application")
    assert holds(editors, "forms_ext.change_mailtemplate")
    pages = GroupPagePermission.objects.filter(group=editors)
    assert set(pages.values_list("permission__codename", flat=True)) == set(groups.PAGE_ACTIONS)


def test_what_an_operator_changed_in_a_group_stays() -> None:
    staff = Group.objects.get(name=groups.STAFF)
    staff.permissions.set(Permission.objects.none())
    call_command("migrate", verbosity=0)
    assert not staff.permissions.exists()


def test_a_setting_of_the_wrong_type_is_named(settings: Settings) -> None:
    settings.COP_OFFER_DAYS = "three"
    with pytest.raises(ImproperlyConfigured, match="COP_OFFER_DAYS must be a whole number"):
        _ = conf.COP_OFFER_DAYS
