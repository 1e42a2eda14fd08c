"""Chained rows: whatever is done to one behind the program's back is found."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from djmoney.money import Money

from cop_program.clock import now
from forms_ext.base import chains, number_series, triggers
from forms_ext.base.models import Event, NumberSequence
from forms_ext.invoices import actions, tasks
from forms_ext.invoices.models import Invoice, InvoiceFile, Receipt, ReceiptFile
from forms_ext.ledger import actions as ledger
from forms_ext.ledger.models import Account, AccountRow, Payment, PaymentReversal
from tests.forms_ext.ledger.factories import make_issuer, make_member, make_program

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
#: What may change, or become empty, and is therefore in no chain; what the search reads has its own check.
FREE = {"id", "recorded_by", "search_text", *Invoice.unfrozen}
USD = Money(1, "USD")


@pytest.fixture
def accounts() -> list[Account]:
    """Two accounts with three payments, two invoices and a credit note each, with their files; no triggers."""
    program = make_program()
    make_issuer()
    found = [make_member(program), make_member(program)]
    for account in found:
        for day in (1, 2, 3):
            ledger.record_payment(account=account, amount=USD, received_on=date(2024, 1, day), note=f"day {day}")
        invoice = actions.issue_invoice(account=account)
        assert invoice
        actions.issue_credit_note(invoice=invoice, cause="You cancelled.")
        actions.issue_invoice(account=account)
        ledger.reverse_payment(payment=account.payments.last(), reason="Wrong")
    make_issuer()
    for invoice in Invoice.objects.order_by("pk")[1:]:
        assert tasks.store_pdf(invoice.pk)
    for receipt in Receipt.objects.order_by("pk")[1:]:
        assert tasks.render_receipt.func(receipt.pk)
    triggers.remove(connection)
    assert list(chains.broken_links()) == []
    return found


def raw(model: type[models.Model]) -> "models.QuerySet[Any]":
    return models.QuerySet(model)


def found_after(act: Callable[[], object]) -> list[str]:
    """Return what is found once `act` has been done, which is undone again; or that a constraint refuses it."""
    try:
        with transaction.atomic():
            act()
            found = list(chains.broken_links())
            transaction.set_rollback(True)
    except IntegrityError as error:
        return [str(error)]
    return found


def other_value(field: "models.Field[Any, Any]", row: Any) -> Any:
    """Return a value for the column that it does not have."""
    value = getattr(row, field.attname)
    if isinstance(field, models.ForeignKey):
        keys = field.remote_field.model._default_manager.exclude(pk=value).values_list("pk", flat=True)
        used = raw(type(row)).exclude(**{field.name: None}).values_list(field.attname, flat=True)
        return keys.exclude(pk__in=used).first() if field.unique else keys.first()
    if isinstance(field, models.JSONField):
        return {**value, "number": "X"}
    if isinstance(value, Money):
        return value.amount * 2
    if isinstance(field, models.DateTimeField) and not value:
        return now()
    if isinstance(field, models.DateField):
        return value + timedelta(days=1) if value else date(2024, 1, 1)
    if isinstance(value, int):
        return value + 100
    return {"USD": "EUR", "fee": "refund", "credit_note": "invoice"}.get(value, "x")


@pytest.mark.parametrize("model", chains.chained_models())
def test_a_change_of_any_column_is_found(model: Any, accounts: list[Account]) -> None:
    row = raw(model).order_by("series", "sequence_number").first()
    missed = []
    for field in model._meta.concrete_fields:
        if field.name in FREE:
            continue
        value = other_value(field, row)
        if value is None:  # nothing else that the column could point to
            assert field.name in {"payment", "reversal", "corrects", "reverses"}, field
            continue
        change = {field.attname: value}
        if not found_after(lambda change=change: raw(model).filter(pk=row.pk).update(**change)):
            missed.append(field.name)
    assert missed == []


def test_every_frozen_model_is_chained_or_held_by_another_check() -> None:
    assert set(triggers.frozen_models()) - set(chains.chained_models()) == {Event, PaymentReversal}


def insert(row: Any, **changes: Any) -> None:
    """Write a copy of `row` as SQL would, past the chain."""
    copy = type(row).objects.get(pk=row.pk)
    copy.pk = None
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save_base(raw=True, force_insert=True)


def swap(first: Any, second: Any, *names: str) -> None:
    """Exchange the columns `names` of two rows."""
    rows = raw(type(first))
    values = {name: (getattr(first, name), getattr(second, name)) for name in names}
    rows.filter(pk=second.pk).update(**{name: 9_999 if name == "sequence_number" else "z" for name in names})
    rows.filter(pk=first.pk).update(**{name: pair[1] for name, pair in values.items()})
    rows.filter(pk=second.pk).update(**{name: pair[0] for name, pair in values.items()})


def swap_keys(first: Any, second: Any) -> None:
    rows = raw(type(first))
    for old, new in ((first.pk, 10**9), (second.pk, first.pk), (10**9, second.pk)):
        rows.filter(pk=old).update(id=new)


CHAIN = ("sequence_number", "previous_hash", "row_hash")


def test_rows_removed_inserted_doubled_moved_and_swapped_are_found(accounts: list[Account]) -> None:
    account, other = accounts
    rows = list(AccountRow.objects.filter(account=account).order_by("sequence_number"))
    first, second, *_middle, last = rows
    more = {"account_id": account.pk, "series": first.series, "reverses": None}
    receipt, next_receipt = Receipt.objects.order_by("sequence_number")[:2]
    cases: dict[str, Callable[[], object]] = {
        "the first is removed": lambda: drop(first),
        "one is removed": lambda: drop(second),
        "the last is removed": lambda: drop(last),
        "a chain is removed": lambda: [drop(row) for row in reversed(rows)],
        "a receipt is removed": lambda: raw(Receipt).filter(pk=next_receipt.pk).delete(),
        "one is inserted": lambda: insert(second, sequence_number=99, previous_hash="x", row_hash="y", **more),
        "one is appended": lambda: insert(
            second, sequence_number=len(rows) + 1, previous_hash=last.row_hash, row_hash="y", **more
        ),
        "one is doubled": lambda: insert(second, sequence_number=99, previous_hash="x", row_hash="y"),
        "one is doubled elsewhere": lambda: insert(
            second, account_id=other.pk, series="elsewhere:rows", sequence_number=1, previous_hash="", row_hash="y"
        ),
        "one is moved": lambda: raw(AccountRow).filter(pk=last.pk).update(account_id=other.pk),
        "one is moved with its chain": lambda: (
            raw(AccountRow)
            .filter(pk=last.pk)
            .update(account_id=other.pk, series=f"{other.reference}:rows", sequence_number=99)
        ),
        "two have changed places": lambda: swap(receipt, next_receipt, *CHAIN),
        "two have changed numbers": lambda: swap(receipt, next_receipt, "number"),
        "two have changed keys": lambda: swap_keys(receipt, next_receipt),
        "the last number is raised": lambda: NumberSequence.objects.filter(key=first.series).update(last_number=99),
        "the series is gone": lambda: NumberSequence.objects.filter(key=first.series).delete(),
    }
    assert [name for name, act in cases.items() if not found_after(act)] == []


def drop(row: AccountRow) -> None:
    """Delete a row with all that hangs on it."""
    for reversing in raw(AccountRow).filter(reverses=row.pk):
        drop(reversing)
    payments = raw(Payment).filter(row=row.pk)
    reversals = raw(PaymentReversal).filter(models.Q(row=row.pk) | models.Q(payment__in=payments))
    receipts = raw(Receipt).filter(models.Q(payment__in=payments) | models.Q(reversal__in=reversals))
    raw(ReceiptFile).filter(receipt__in=receipts).delete()
    receipts.delete()
    reversals.delete()
    payments.delete()
    raw(AccountRow).filter(pk=row.pk).delete()


def test_no_row_has_two_successors(accounts: list[Account]) -> None:
    row = AccountRow.objects.filter(account=accounts[0]).order_by("sequence_number")[1]
    for changes in ({"sequence_number": 99}, {"previous_hash": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(row, row_hash="y", **changes)


def test_rows_made_in_bulk_are_chained(accounts: list[Account]) -> None:
    fresh = [
        AccountRow(account=account, kind="fee", amount=USD, effective_on=date(2024, 1, 1), recorded_at=now())
        for account in [*accounts, *accounts]
    ]
    AccountRow.objects.bulk_create(fresh)
    assert list(chains.broken_links()) == []
    with pytest.raises(ValueError, match="left out"):
        AccountRow.objects.bulk_create(fresh, ignore_conflicts=True)


def test_a_file_is_kept_once(accounts: list[Account]) -> None:
    file = InvoiceFile.objects.select_related("invoice").first()
    assert file
    again = InvoiceFile(invoice=file.invoice, path="x", sha256="x", stored_at=file.stored_at)
    InvoiceFile.objects.bulk_create([again], ignore_conflicts=True)
    assert [(one.path, one.sha256) for one in InvoiceFile.objects.filter(invoice=file.invoice)] == [
        (file.path, file.sha256)
    ]


def test_personal_values_are_digests(accounts: list[Account]) -> None:
    """Without value and salt nobody can try names until one fits: the digest alone carries the chain on."""
    invoice = Invoice.objects.select_related("account").first()
    assert invoice
    twin = Invoice.objects.get(pk=invoice.pk)
    twin.snapshot = {**twin.snapshot, "recipient": {}, "reason": ""}
    twin.salt = ""
    assert twin.compute_hash() == invoice.row_hash
    assert twin.compute_digest() != invoice.personal_digest
    assert Invoice.objects.values("salt").distinct().count() == Invoice.objects.count()


def test_numbers_are_drawn_in_one_statement_and_given_back(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert number_series.take("X") == (1, "")
    with transaction.atomic():
        assert number_series.draw("X", prefix="X-") == "X-0002"
        transaction.set_rollback(True)
    assert number_series.take("X").number == 2
