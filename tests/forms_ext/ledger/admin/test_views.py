"""Billing in the admin: lists, payments, refunds, rebates, invoices."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program
from forms_ext.invoices import actions, tasks
from forms_ext.ledger import actions as ledger_actions
from forms_ext.ledger import queries
from forms_ext.ledger.models import Account, Payment
from tests.forms_ext.base.admin.test_listing import text
from tests.forms_ext.ledger.factories import make_account, make_issuer, make_member, make_program

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """Set the clock to March, after the start of the program."""
    with clock.at(datetime(2024, 3, 1, 17, tzinfo=UTC)):
        yield


@pytest.fixture
def member(program: Program) -> Account:
    make_issuer()
    return make_member(program)


def pay(client: Client, account: Account, **values: str) -> object:
    data = {"amount": "100", "received_on": "2024-03-01", "method": "transfer", "note": "", "key": "k1"} | values
    return client.post(reverse("cop_billing:pay", args=[account.pk]), data, follow=True)


def test_the_register_tells_paid_unpaid_overdue_and_too_much(staff: Client, program: Program, member: Account) -> None:
    with clock.at(datetime(2024, 2, 1, 17, tzinfo=UTC)):
        actions.issue_invoice(account=member)
    paid = make_member(program, payer_name="Paid Up")
    ledger_actions.record_payment(account=paid, amount=Money(1897, "USD"), received_on=date(2024, 2, 5))
    credit = make_member(program, payer_name="Too Much")
    ledger_actions.record_payment(account=credit, amount=Money(2000, "USD"), received_on=date(2024, 2, 5))
    make_member(program, payer_name="Unpaid Yet")
    make_account(program, payer_name="Lapsed")
    page = text(staff.get("/admin/cop/accounts/"))
    for words in ("Overdue (1)", "Unpaid (1)", "Overpaid (1)", "Paid (1)", "Nothing due (1)"):
        assert words in page
    page = text(staff.get("/admin/cop/accounts/results/", {"standing": "overdue"}))
    assert "Ada Sample" in page
    assert "Unpaid Yet" not in page
    assert "1,897 USD" in page.replace("\xa0", " ")


def test_a_partial_payment_a_rest_and_too_much(staff: Client, member: Account) -> None:
    assert "Amount due: 1,797" in text(pay(staff, member))
    assert "Nothing more is due" in text(pay(staff, member, amount="1797", key="k2"))
    assert "Overpaid: 3" in text(pay(staff, member, amount="3", key="k3", sure="on", doubts="more:3"))
    assert queries.balance(member) == Money(-3, "USD")


def test_a_double_click_records_one_payment(staff: Client, member: Account) -> None:
    before = Payment.objects.count()
    pay(staff, member)
    pay(staff, member)
    assert Payment.objects.count() == before + 1


def test_a_payment_of_tomorrow_is_refused_in_words(staff: Client, member: Account) -> None:
    before = Payment.objects.count()
    answer = pay(staff, member, received_on="2024-03-12")
    assert answer.status_code == 409
    assert "cannot be in the future" in text(answer)
    assert 'value="2024-03-12"' in text(answer), "what was typed stands there"
    assert Payment.objects.count() == before


def test_an_invoice_is_issued_once_and_its_pdf_opens(
    staff: Client, member: Account, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(reverse("cop_billing:issue", args=[member.pk]))
        staff.post(reverse("cop_billing:issue", args=[member.pk]))
    invoice = member.invoices.get()
    answer = staff.get(reverse("cop_billing:invoice_pdf", args=[invoice.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    page = text(staff.get("/admin/cop/invoices/"))
    assert invoice.number in page
    assert "Open (1)" in page


def test_a_refund_is_listed_and_recorded(staff: Client, member: Account) -> None:
    ledger_actions.reverse_fee(account=member)
    staff.post(reverse("cop_billing:list_refund", args=[member.pk]), {"amount": "100", "reason": "Called off"})
    refund = member.refunds_due.get()
    assert "To pay (1)" in text(staff.get("/admin/cop/refunds/"))
    url = reverse("cop_billing:refund", args=[refund.pk])
    assert "Emails ada@example.org" in text(staff.get(url))
    staff.post(url, {"paid_on": "2024-03-01"})
    refund.refresh_from_db()
    assert refund.settled_by_row
    again = staff.post(url, {"paid_on": "2024-03-01"})
    assert again.status_code == 409
    assert "already recorded as paid" in text(again)


def test_rebates_are_listed_with_names_and_amounts_and_recorded(staff: Client, program: Program) -> None:
    make_issuer()
    for name, country in (("Cy", "CA"), ("Al", "AU"), ("Us", "US")):
        account = make_member(program, payer_name=name, payer_country=country)
        ledger_actions.record_payment(account=account, amount=Money(1897, "USD"), received_on=date(2024, 2, 20))
    answer = staff.post(reverse("cop_billing:list_rebates"), {"program": program.pk}, follow=True)
    page = text(answer)
    assert "2 rebates listed" in page
    assert page.count("499.25") == 2
    rebate = Account.objects.get(payer_name="Cy").rebate_due
    staff.post(reverse("cop_billing:rebate", args=[rebate.pk]), {"paid_on": "2024-03-01"})
    rebate.refresh_from_db()
    assert rebate.paid_row
    assert "Recorded as paid (1)" in text(staff.get("/admin/cop/rebates/"))


def test_a_doubt_is_asked_back_with_what_was_typed_and_recorded_if_accepted(staff: Client, member: Account) -> None:
    before = Payment.objects.count()
    typed = {"amount": "2000", "received_on": "2024-01-29", "note": "From the statement"}
    answer = pay(staff, member, **typed)
    page = text(answer).replace("\xa0", " ")
    assert answer.status_code == 409
    assert "Only 1,897 USD is due: 103 USD is too much." in page
    assert "The payment is dated 29 January 2024, before the account was opened on 1 March 2024." in page
    assert "Record payment anyway" in page
    assert "From the statement" in page
    doubts = answer.context["form"]["doubts"].value()
    for unsure in ({"sure": ""}, {"sure": "on", "amount": "2001"}, {"sure": "on", "doubts": "before:2024-01-29"}):
        again = pay(staff, member, **(typed | {"doubts": doubts} | unsure))
        assert again.status_code == 409
        assert not again.context["form"]["sure"].value(), "the box is for what is asked now"
    assert Payment.objects.count() == before
    pay(staff, member, **typed, doubts=doubts, sure="on")
    assert Payment.objects.count() == before + 1
    answer = pay(staff, member, **typed, key="k2")
    assert "The same amount is already recorded for the same day: receipt R-2024-0002." in text(answer)
    assert Payment.objects.count() == before + 1


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1000000000000", "below 1,000,000,000,000"),
        ("1e400", "Enter an amount such as 1,250.50."),
        ("999999999999.999", "Enter an amount such as"),
        ("0", "zero"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_in_words(staff: Client, member: Account, amount: str, words: str) -> None:
    answer = pay(staff, member, amount=amount, sure="on", doubts="more:1")
    assert answer.status_code in {409, 422}
    assert words in text(answer)
    assert f'value="{amount}"' in text(answer)


def test_the_account_tells_of_a_reversed_payment(staff: Client, member: Account) -> None:
    url = reverse("cop_billing:account", args=[member.pk])
    payment = member.payments.get()
    assert reverse("cop_registration:reverse_payment", args=[payment.pk]) in text(staff.get(url))
    assert reverse("cop_billing:list_refund", args=[member.pk]) not in text(staff.get(url)), "nothing is in credit"
    ledger_actions.reverse_payment(payment=payment, reason="Another Ada")
    page = text(staff.get(url))
    for words in ("Payment reversed", "Another Ada", "(reversed)", "receipt cancelled", "cancels receipt R-2024-0001"):
        assert words in page
    assert reverse("cop_registration:reverse_payment", args=[payment.pk]) not in page
    documents = [reverse(f"cop_billing:{name}", args=[payment.pk]) for name in ("receipt_pdf", "cancellation_pdf")]
    assert [staff.get(document).status_code for document in documents] == [404, 404]
    assert page.count("PDF being created") == 2
    tasks.finish_receipts()
    assert "PDF being created" not in text(staff.get(url))
    for document in documents:
        assert document in text(staff.get(url))
        assert staff.get(document).getvalue().startswith(b"%PDF")
    page = text(staff.get(reverse("cop_registration:reverse_payment", args=[payment.pk])))
    assert "has already been reversed" in page


def test_a_refund_is_taken_off_the_list_with_a_reason(staff: Client, program: Program, member: Account) -> None:
    ledger_actions.record_payment(account=member, amount=Money(1897, "USD"), received_on=date(2024, 2, 5))
    twice = ledger_actions.record_payment(account=member, amount=Money(1897, "USD"), received_on=date(2024, 2, 5))
    refund = ledger_actions.list_refund(account=member, amount=Money(1897, "USD"), reason="Paid twice")
    ledger_actions.reverse_payment(payment=twice, reason="Recorded twice")
    account, home = reverse("cop_billing:account", args=[member.pk]), f"/admin/cop/programs/{program.pk}/"
    page = text(staff.get(account)).replace("\xa0", " ")
    assert "1,897 USD is listed for refund, but only 0 USD is in credit." in page
    assert reverse("cop_billing:refund", args=[refund.pk]) not in page
    assert "1 listed refund is no longer in credit" in text(staff.get(home))
    assert "refund to pay" not in text(staff.get(home))
    assert "No longer in credit (1)" in text(staff.get("/admin/cop/refunds/"))
    url = reverse("cop_billing:withdraw_refund", args=[refund.pk])
    assert staff.post(url, {"reason": " "}).status_code == 422
    staff.post(f"{url}?next={account}", {"reason": "It was never paid twice"})
    refund.refresh_from_db()
    assert refund.withdrawn_at
    assert "removed from the list: It was never paid twice" in text(staff.get(account))
    assert "no longer in credit" not in text(staff.get(home))
    assert staff.post(url, {"reason": "Again"}).status_code == 409


@pytest.mark.parametrize("register", ["accounts", "invoices", "refunds", "rebates"])
def test_queries_do_not_grow_with_the_rows(staff: Client, program: Program, register: str) -> None:
    make_issuer()

    def grow(program: Program, name: str) -> None:
        account = make_member(program, payer_name=name, payer_country="CA")
        actions.issue_invoice(account=account)
        extra = ledger_actions.record_payment(account=account, amount=Money(2000, "USD"), received_on=date(2024, 2, 5))
        ledger_actions.list_refund(account=account, amount=Money(10, "USD"), reason="x")
        ledger_actions.reverse_payment(payment=extra, reason="x")
        ledger_actions.list_rebate(account=account, amount=Money(10, "USD"))

    grow(program, "One")
    address = f"/admin/cop/{register}/"
    staff.get(address)
    with CaptureQueriesContext(connection) as one:
        staff.get(address)
    grow(program, "Two")
    grow(make_program(title="Another"), "Three")
    with CaptureQueriesContext(connection) as three:
        assert "Three" in text(staff.get(address))
    assert len(three) == len(one)
