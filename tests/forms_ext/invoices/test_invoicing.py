"""Invoices and credit notes: issued once, numbered without gaps, never changed."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from djmoney.money import Money

from cop_program import clock
from forms_ext.base import chains, consistency, private_files
from forms_ext.base.errors import ActionRefused
from forms_ext.base.frozen import Frozen
from forms_ext.base.models import NumberSequence
from forms_ext.invoices import actions, files, pdf, queries, tasks
from forms_ext.invoices.models import Invoice, Receipt
from forms_ext.invoices.payment_status import with_payment_status
from forms_ext.ledger import actions as ledger_actions
from forms_ext.ledger.models import Account
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.ledger.factories import make_account, make_issuer, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
TODAY = date(2024, 2, 1)


def findings() -> list[str]:
    return [found.text for found in consistency.run_all() if found.check.startswith(("ledger.", "invoices."))]


def test_invoice_is_for_the_balance(member):
    invoice = actions.issue_invoice(account=member)
    assert invoice is not None
    assert (invoice.number, invoice.total, invoice.due_on) == ("CF-00001", Money("1897", "USD"), date(2024, 2, 15))
    assert [line["amount"] for line in invoice.snapshot["lines"]] == ["1997.00", "-100.00"]
    assert "29 January 2024" in invoice.snapshot["lines"][1]["detail"]
    assert invoice.snapshot["page_size"] == "Letter"


def test_issuing_again_returns_the_open_invoice(member):
    first = actions.issue_invoice(account=member)
    assert actions.issue_invoice(account=member) == first
    assert Invoice.objects.count() == 1


def test_nothing_owed_gives_no_invoice(program, issuer):
    assert actions.issue_invoice(account=make_account(program)) is None


def test_without_an_issuer_the_refusal_says_what_to_do(program):
    account = make_member(program)
    with pytest.raises(ActionRefused, match="Add one with its bank details"):
        actions.issue_invoice(account=account)


def test_a_failed_issue_costs_no_number(program, issuer, monkeypatch):
    first, second = make_member(program), make_member(program)
    with monkeypatch.context() as patch:
        patch.setattr("forms_ext.invoices.snapshots.invoice", lambda **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.issue_invoice(account=first)
    assert [actions.issue_invoice(account=account).sequence_number for account in (first, second)] == [1, 2]


def test_the_database_allows_one_open_invoice(member):
    invoice = actions.issue_invoice(account=member)
    twin = {field.attname: getattr(invoice, field.attname) for field in Invoice._meta.concrete_fields}
    twin |= {"id": None, "number": "CF-X", "sequence_number": 2}
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(**twin)


def test_invoice_is_immutable(member):
    invoice = actions.issue_invoice(account=member)
    invoice.total = Money("1", "USD")
    for change in (invoice.save, invoice.delete, lambda: Invoice.objects.update(total=1), Invoice.objects.all().delete):
        with pytest.raises(Frozen):
            change()
    for column, value in [("total", "1"), ("snapshot", "'{}'"), ("number", "'X'"), ("due_on", "'2030-01-01'")]:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE forms_ext_invoice SET {column} = {value}")


def test_pdf_is_stored_once_and_mailed_once(member, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        invoice = actions.issue_invoice(account=member)
    invoice.refresh_from_db()
    stored = private_files.read(invoice.pdf_path)
    assert stored.startswith(b"%PDF")
    assert invoice.mailed_at
    mail = OutgoingMail.objects.get(kind="invoice")
    assert mail.attachments.get().storage_path == invoice.pdf_path
    assert "15 February 2024" in mail.text
    assert member.reference in mail.text
    assert "Step 6 of 7: Balance" in mail.text
    assert tasks.render_invoice.func(invoice.pk)
    tasks.finish_invoices()
    assert OutgoingMail.objects.filter(kind="invoice").count() == 1
    assert private_files.read(invoice.pdf_path) == stored
    assert findings() == []
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE forms_ext_invoicefile SET sha256 = 'x'")


def test_an_invoice_takes_few_queries(program, issuer, django_assert_max_num_queries):
    """Fourteen, two of them for its event, and the two that mark a transaction within that of the test."""
    first, second = make_member(program), make_member(program)
    tasks.store_pdf(actions.issue_invoice(account=first).pk)  # the content type is known from here on
    with django_assert_max_num_queries(14 + 2):
        assert tasks.store_pdf(actions.issue_invoice(account=second).pk)


def test_a_failed_drawing_is_tried_again_later(member, monkeypatch):
    invoice = actions.issue_invoice(account=member)
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "render", lambda snapshot: 1 / 0)
        assert tasks.finish_invoices() == 0
    invoice.refresh_from_db()
    assert "ZeroDivisionError" in invoice.pdf_error
    assert tasks.finish_invoices() == 0  # not yet
    Invoice.objects.update(pdf_claimed_at=timezone.datetime(2024, 1, 1, tzinfo=timezone.get_current_timezone()))
    assert tasks.finish_invoices() == 1
    assert OutgoingMail.objects.filter(kind="invoice").count() == 1


def test_a_worker_killed_between_storing_and_mailing_loses_nothing(member):
    invoice = actions.issue_invoice(account=member)
    assert tasks.store_pdf(invoice.pk)
    assert not OutgoingMail.objects.filter(kind="invoice").exists()
    assert tasks.finish_invoices() == 1
    assert OutgoingMail.objects.filter(kind="invoice").count() == 1


def test_payment_closes_the_invoice_and_a_part_does_not(member):
    invoice = actions.issue_invoice(account=member)
    ledger_actions.record_payment(account=member, amount=Money("897", "USD"), received_on=TODAY)
    assert queries.open_invoice(member) == invoice
    assert "1,000 USD" in " ".join(OutgoingMail.objects.get(kind="receipt").text.split())
    assert [account.invoice_number for account in queries.receivables(member.program)] == [invoice.number]
    assert not queries.overdue(member.program, on=invoice.due_on).exists()
    assert queries.overdue(member.program, on=date(2024, 2, 16)).get() == member
    ledger_actions.record_payment(account=member, amount=Money("1000", "USD"), received_on=TODAY)
    assert queries.open_invoice(member) is None
    assert actions.issue_invoice(account=member) is None


def test_credit_note_corrects_the_invoice_once(member, django_capture_on_commit_callbacks):
    invoice = actions.issue_invoice(account=member)
    with django_capture_on_commit_callbacks(execute=True):
        note = actions.issue_credit_note(invoice=invoice, cause="You cancelled your registration.")
    ledger_actions.reverse_fee(account=member)
    assert (note.number, note.total, note.corrects) == ("CF-CN-00001", Money("-1897", "USD"), invoice)
    assert actions.issue_credit_note(invoice=invoice, cause="Again") == note
    with pytest.raises(ActionRefused):
        actions.issue_credit_note(invoice=note, cause="No")
    assert queries.open_invoice(member) is None
    assert queries.invoice_to_credit(member) is None
    mail = OutgoingMail.objects.get(kind="credit_note")
    assert invoice.number in mail.subject
    assert "You cancelled" in mail.text
    tasks.finish_invoices()
    assert findings() == []


def test_audit_finds_gaps_lost_files_and_altered_ones(program, issuer):
    invoices = [actions.issue_invoice(account=make_member(program)) for _ in range(3)]
    tasks.finish_invoices()
    assert findings() == []
    for invoice in invoices:
        invoice.refresh_from_db()
    private_files.delete(invoices[0].pdf_path)
    private_files.delete(invoices[1].pdf_path)
    private_files.save(invoices[1].pdf_path, b"another")
    NumberSequence.objects.filter(key=invoices[0].series).update(last_number=4)
    text = "\n".join(findings())
    assert "CF-00001: its PDF is missing from storage" in text
    assert "CF-00002: the stored PDF is not the one" in text
    assert "4 were assigned" in text


def test_issuer_can_be_another_country_and_currency(program):
    make_issuer(number_prefix="", payment_days=30)
    account = make_account(program, currency="JPY", payer_country="JP")
    ledger_actions.post_fee(account=account, amount=Money("299000", "JPY"))
    invoice = actions.issue_invoice(account=account)
    assert (invoice.number, invoice.snapshot["page_size"], invoice.due_on) == ("00001", "A4", date(2024, 3, 2))


def test_an_invoice_is_overdue_on_the_day_after_it_is_due(member):
    invoice = actions.issue_invoice(account=member)
    for day, status in ((invoice.due_on, "unpaid"), (invoice.due_on + timedelta(days=1), "overdue")):
        with clock.at(datetime.combine(day, time(20), tzinfo=UTC)):  # noon in Los Angeles
            assert with_payment_status(Account.objects.filter(pk=member.pk)).get().standing == status


def test_a_slow_worker_does_not_end_the_attempt_of_another(member, monkeypatch):
    invoice = actions.issue_invoice(account=member)
    later = clock.now() + timedelta(hours=1)

    def slow(snapshot):
        Invoice.objects.filter(pk=invoice.pk).update(pdf_claimed_at=later)
        raise MemoryError

    monkeypatch.setattr(files.pdf, "render", slow)
    assert not tasks.store_pdf(invoice.pk)
    invoice.refresh_from_db()
    assert (invoice.pdf_claimed_at, invoice.pdf_error) == (later, "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ada 😀", r"for Ada 😀 \(PAY-2024-0001\), because no font .* has 😀 \(grinning face\)"),
        ("\u200b\u3164", "The billing name of account PAY-2024-0001 is empty"),
    ],
)
def test_what_cannot_be_printed_is_not_issued_and_says_whose_name_it_is(member, name, words):
    """No number is drawn, neither for an invoice nor for a receipt; corrected, both are issued."""
    payer = {"payer_address": member.payer_address, "payer_country": "US"}
    member = ledger_actions.correct_payer(account=member, payer_name=name, **payer)
    payment = {"amount": Money("7", "USD"), "received_on": TODAY}
    for issue in (actions.issue_invoice, partial(ledger_actions.record_payment, **payment)):
        with pytest.raises(ActionRefused, match=words):
            issue(account=member)
    assert member.payments.count() == member.receipts.count() == 1
    member = ledger_actions.correct_payer(account=member, payer_name="Ada", **payer)
    assert actions.issue_invoice(account=member).number == "CF-00001"
    assert ledger_actions.record_payment(account=member, **payment).receipt.number == "R-2024-0002"


def test_a_refusal_tells_a_title_from_a_name(member):
    member.program.page.title = "Program 😀"
    member.program.page.save()
    with pytest.raises(ActionRefused, match="in the title of the program"):
        actions.issue_invoice(account=Account.objects.get(pk=member.pk))


def test_a_receipt_bears_the_year_of_its_day_in_the_home_zone(program, issuer):
    with clock.at(datetime(2025, 1, 1, 3, tzinfo=UTC)):  # still New Year's Eve in Los Angeles
        account = make_member(program)
    receipt = Receipt.objects.get(account=account)
    assert receipt.number.startswith("R-2024-")
    assert receipt.snapshot["issued_on"] == "2024-12-31"
    assert list(chains.broken_links()) == []
