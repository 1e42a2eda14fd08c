"""Billing of unusual registrations: paid in parts, overpaid, cancelled late, program cancelled."""

from datetime import UTC, date, datetime

import pytest
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program
from forms_ext.base import consistency
from forms_ext.base.errors import ActionRefused
from forms_ext.invoices import queries, tasks
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import actions as billing
from forms_ext.ledger import queries as ledger
from forms_ext.ledger.models import Account, AccountRow
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions
from forms_ext.registration import actions as registration_actions
from forms_ext.registration import lifecycle
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import make_registration, open_program, pay

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
LATE = datetime(2024, 1, 25, 8, tzinfo=UTC)  # the first instant after the cancellation deadline
BEGUN = datetime(2024, 2, 8, 18, tzinfo=UTC)


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def account_of(registration: Registration) -> Account:
    assert registration.account
    return registration.account


def confirm(program: Program) -> None:
    actions.work_off(actions.confirm_program(program=program, by=None))


def nothing_found() -> bool:
    tasks.finish_invoices()
    tasks.finish_receipts()
    ours = ("admission.", "registration.", "ledger.", "invoices.")
    return [found.text for found in consistency.run_all() if found.check.startswith(ours)] == []


def billed(program: Program, paid: str = "0") -> Registration:
    """Return a member of the confirmed program with an invoice, of which `paid` has come in."""
    registration = pay(make_registration(program))
    confirm(program)
    return pay(registration, usd(paid)) if usd(paid).amount else registration


@pytest.mark.parametrize(
    ("paid", "late", "kept", "given_back"),
    [
        ("0", False, "0", "100"),
        ("900", False, "0", "1000"),
        ("1897", False, "0", "1997"),
        ("2000", False, "0", "2100"),
        ("0", True, "100", "0"),
        ("900", True, "100", "900"),
        ("2000", True, "100", "2000"),
    ],
)
def test_cancelling_after_the_invoice(program: Program, paid: str, late: bool, kept: str, given_back: str) -> None:
    with clock.at(LATE if late else clock.now()):
        registration = billed(program, paid)
        account = account_of(registration)
        invoice = account.invoices.get()
        registration_actions.cancel(registration=registration, by=None, reason="Moved away")
        note = Invoice.objects.get(kind="credit_note")
        assert (note.corrects, note.total) == (invoice, usd("-1897"))
        assert note.snapshot["reason"] == "The registration was cancelled."
        assert queries.open_invoice(account) is None
        fees = AccountRow.objects.filter(account=account, kind="cancellation_fee")
        assert sum(row.amount.amount for row in fees) == usd(kept).amount
        assert sum(due.amount.amount for due in ledger.open_refunds(program)) == usd(given_back).amount
        for due in ledger.open_refunds(program):
            billing.record_refund(refund=due, paid_on=clock.now().date())
        assert ledger.balance(account).amount == 0
        assert not queries.receivables(program).exists()
        assert nothing_found()
        mail = OutgoingMail.objects.get(kind="credit_note")
        assert invoice.number in mail.subject
        assert "The registration was cancelled." in mail.text
        assert "Moved away" not in mail.text


def test_staff_keep_a_deposit_in_time_only_with_a_reason(program: Program) -> None:
    registration = pay(make_registration(program))
    with pytest.raises(ActionRefused, match="Enter the reason"):
        registration_actions.cancel(registration=registration, by=None, refund=usd("0"))
    registration_actions.cancel(registration=registration, by=None, refund=usd("0"), reason="Came under a false name")
    row = AccountRow.objects.get(kind="cancellation_fee")
    assert (row.amount, row.note) == (usd("100"), "Came under a false name")
    assert not ledger.open_refunds(program).exists()


def test_somebody_who_has_paid_nothing_owes_nothing_after_cancelling(program: Program) -> None:
    registration = make_registration(program)
    with clock.at(LATE):
        registration_actions.cancel(registration=registration, by=None)
    assert ledger.balance(account_of(registration)).amount == 0
    assert not ledger.open_refunds(program).exists()
    assert not AccountRow.objects.filter(kind="cancellation_fee").exists()
    assert not Invoice.objects.exists()


def test_who_has_paid_all_gets_no_invoice(program: Program) -> None:
    registration = pay(make_registration(program), usd("2000"))
    confirm(program)
    assert registration.state == "member"
    assert not Invoice.objects.exists()
    assert ledger.balance(account_of(registration)) == usd("-3")


def test_a_part_of_the_deposit_holds_no_place_for_good_and_counts(program: Program) -> None:
    registration = pay(make_registration(program), usd("99.99"))
    confirm(program)
    assert registration.state == "held"
    assert not Invoice.objects.exists()
    registration = pay(registration, usd("0.01"))  # after the confirmation
    assert registration.state == "member"
    assert Invoice.objects.get().total == usd("1897")
    assert len(Invoice.objects.get().snapshot["lines"]) == 3


def test_the_balance_in_parts_and_too_much(program: Program) -> None:
    registration = billed(program, "1000")
    account = account_of(registration)
    assert list(queries.receivables(program).values_list("owed", flat=True)) == [usd("897").amount]
    due = account.invoices.get().due_on
    assert due
    assert not queries.overdue(program, on=due).exists()
    assert [row.pk for row in queries.overdue(program, on=date(2024, 2, 4))] == [account.pk]
    pay(registration, usd("900"))
    assert queries.open_invoice(account) is None
    assert not queries.overdue(program, on=date(2024, 12, 31)).exists()
    assert ledger.balance(account) == usd("-3")
    texts = [mail.text for mail in OutgoingMail.objects.filter(kind="receipt").order_by("pk")]
    assert "You still have 897 USD to pay on invoice CF-00001" in " ".join(texts[0].split())
    assert "3 USD more than the amount due" in " ".join(texts[1].split())
    assert [refund.amount for refund in ledger.open_refunds(program)] == [usd("3")]
    assert lifecycle.list_credit(account, "Overpaid").amount == 0
    assert nothing_found()


def test_calling_off_gives_the_paid_balance_back_too(program: Program) -> None:
    registration = billed(program, "1897")
    actions.work_off(actions.call_off_program(program=program, by=None, reason="Too few"))
    assert Invoice.objects.filter(kind="credit_note").count() == 1
    [refund] = ledger.open_refunds(program)
    assert (refund.account, refund.amount) == (registration.account, usd("1997"))
    assert nothing_found()


def test_rebates_go_to_members_who_have_paid_once_the_program_has_begun(program: Program) -> None:
    paid, part, gone = (pay(make_registration(program, number)) for number in (1, 2, 3))  # all live in Canada
    confirm(program)
    for registration, amount in ((paid, "1897"), (part, "1896.99"), (gone, "1897")):
        pay(registration, usd(amount))
    assert billing.list_rebates(program=program) == []
    with clock.at(BEGUN):
        registration_actions.cancel(registration=gone, by=None)
        [rebate] = billing.list_rebates(program=program)
        assert (rebate.account, rebate.amount) == (paid.account, usd("499.25"))
        row = billing.record_rebate_paid(rebate=rebate, paid_on=date(2024, 2, 8))
        assert (row.kind, row.amount, row.effective_on) == ("rebate_paid", usd("499.25"), date(2024, 2, 8))
        assert ledger.balance(account_of(paid)).amount == 0
        assert "499.25 USD" in OutgoingMail.objects.get(kind="rebate_paid").subject
        pay(part, usd("0.01"), on=date(2024, 2, 8))
        assert [due.account for due in billing.list_rebates(program=program)] == [part.account]
        with pytest.raises(ActionRefused, match="already"):
            billing.record_rebate_paid(rebate=rebate, paid_on=date(2024, 2, 8))
        assert nothing_found()


def test_a_currency_without_decimals(db: None) -> None:
    program = open_program(fee=Money("299001", "JPY"), deposit=Money("15000", "JPY"))
    registration = pay(make_registration(program), Money("15000", "JPY"))
    confirm(program)
    account = account_of(registration)
    invoice = account.invoices.get()
    assert (invoice.total, invoice.snapshot["total"]) == (Money("284001", "JPY"), "284001")
    assert nothing_found()
    assert "284,001 JPY" in OutgoingMail.objects.get(kind="invoice").subject
    with pytest.raises(ActionRefused, match="more decimal places"):
        pay(registration, Money("0.5", "JPY"))
    pay(registration, Money("284001", "JPY"))
    with clock.at(BEGUN):
        assert billing.list_rebates(program=program)[0].amount == Money("74750", "JPY")  # 74,750.25
