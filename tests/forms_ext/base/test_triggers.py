"""The database refuses to edit or delete what was booked or issued."""

from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models.signals import post_migrate, pre_migrate
from djmoney.money import Money

from forms_ext.base import integrity, triggers
from forms_ext.invoices import actions, tasks
from forms_ext.ledger import actions as ledger
from tests.forms_ext.ledger.factories import make_issuer, make_member, make_program

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def fill() -> None:
    """Let each frozen table have a row."""
    make_issuer()
    account = make_member(make_program())
    payment = ledger.record_payment(account=account, amount=Money(1, "USD"), received_on=date(2024, 1, 1))
    ledger.reverse_payment(payment=payment, reason="Wrong")
    invoice = actions.issue_invoice(account=account)
    assert invoice
    tasks.store_pdf(invoice.pk)
    tasks.finish_receipts()


def test_update_and_delete_are_refused_for_every_frozen_table() -> None:
    fill()
    for table, columns in triggers.frozen_columns().items():
        [kept] = [model for model in triggers.frozen_models() if model._meta.db_table == table]
        row = models.QuerySet(kept).order_by("-pk").values_list("pk", flat=True).first()
        assert row, table
        texts = [field.column for field in kept._meta.concrete_fields if isinstance(field, models.CharField)]
        wrong = [f"UPDATE {table} SET id = id + 1000 WHERE id = {row}", f"DELETE FROM {table} WHERE id = {row}"]
        if connection.vendor == "sqlite":
            wrong.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = {row}")
        wrong += [f"UPDATE {table} SET {column} = 'zz' WHERE id = {row}" for column in texts if column in columns]
        for statement in wrong:
            with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
                connection.cursor().execute(statement)


def test_migrations_run_without_triggers_and_put_them_back() -> None:
    assert triggers.missing(connection) == []
    config = apps.get_app_config("forms_ext")
    pre_migrate.send(sender=config, using="default")
    verbs = 3 if connection.vendor == "sqlite" else 2
    assert len(triggers.missing(connection)) == verbs * len(triggers.frozen_models())
    assert list(integrity.triggers_are_there())
    post_migrate.send(sender=config, using="default", app_config=config)
    assert list(integrity.triggers_are_there()) == []


def test_a_trigger_that_refuses_nothing_is_found() -> None:
    name, table = "cop_frozen_update_forms_ext_payment", "forms_ext_payment"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        else:
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN 0 BEGIN SELECT 1; END")
    assert list(integrity.triggers_are_there()) == [f"The trigger {name} is missing or changed. Run manage.py migrate."]


@pytest.mark.django_db(transaction=True)
def test_a_host_can_empty_its_tables_with_the_setting_off(settings: object) -> None:
    settings.COP_FROZEN_TRIGGERS = False  # type: ignore[attr-defined]
    triggers.install(connection)
    assert list(integrity.triggers_are_there()) == []
    make_member(make_program())
    call_command("flush", interactive=False, verbosity=0)
