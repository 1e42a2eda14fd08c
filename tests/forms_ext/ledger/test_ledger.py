"""Accounts, their entries, payments, refunds and rebates."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from djmoney.money import Money
from wagtail.models import ModelLogEntry

from cop_program import clock
from cop_program.formatting import round_minor
from forms_ext.base import consistency
from forms_ext.base.errors import ActionRefused
from forms_ext.base.frozen import Frozen
from forms_ext.invoices import actions as invoices_actions
from forms_ext.invoices import documents, pdf, tasks
from forms_ext.invoices import queries as invoices_queries
from forms_ext.invoices.pdf import page
from forms_ext.ledger import actions, payment_checks, queries
from forms_ext.ledger.models import AccountRow, Payment
from forms_ext.ledger.signals import payment_recorded
from forms_ext.mail import delivery
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.ledger.factories import DEPOSIT, FEE, make_account, make_member, make_program

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
TODAY = date(2024, 2, 1)


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def test_fee_and_deposit_leave_the_balance(member):
    assert queries.balance(member) == usd("1897")
    assert queries.paid(member) == DEPOSIT
    assert queries.fee(member) == FEE


def test_fee_stands_once_and_can_be_posted_again_after_its_reversal(member):
    with pytest.raises(ActionRefused, match="already"):
        actions.post_fee(account=member, amount=FEE)
    actions.reverse_fee(account=member)
    assert queries.balance(member) == usd("-100")
    assert actions.reverse_fee(account=member) == []
    actions.post_fee(account=member, amount=FEE)
    assert queries.balance(member) == usd("1897")


def test_cancelled_late_keeps_the_deposit(member):
    actions.reverse_fee(account=member)
    actions.post_cancellation_fee(account=member, amount=DEPOSIT)
    assert queries.balance(member) == usd("0")


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("1.005 USD", "1.01"), ("1.004 USD", "1.00"), ("2.5 JPY", "3"), ("1.0005 KWD", "1.001"), ("1.0004 KWD", "1.000")],
)
def test_rounding_is_half_up_at_the_minor_unit(amount, rounded):
    number, currency = amount.split()
    assert str(round_minor(Money(number, currency)).amount) == rounded


def test_amounts_that_the_currency_does_not_have_are_refused(program, issuer):
    account = make_account(program, currency="JPY")
    with pytest.raises(ActionRefused, match="decimal places"):
        actions.record_payment(account=account, amount=Money("10.5", "JPY"), received_on=TODAY)
    with pytest.raises(ActionRefused, match="is in JPY"):
        actions.record_payment(account=account, amount=usd("10"), received_on=TODAY)
    with pytest.raises(ActionRefused, match="above zero"):
        actions.record_payment(account=account, amount=Money("0", "JPY"), received_on=TODAY)


def test_payment_sends_a_receipt_that_says_what_is_left(member):
    payment = actions.record_payment(account=member, amount=usd("897"), received_on=TODAY)
    mail = OutgoingMail.objects.get(kind="receipt")
    assert payment.receipt.number == "R-2024-0002"
    assert "897 USD" in mail.subject
    assert "1,000 USD" in " ".join(mail.text.split())


def test_the_receipt_goes_out_with_its_mail(member, mailoutbox):
    payment = actions.record_payment(account=member, amount=usd("897"), received_on=TODAY)
    assert delivery.deliver(OutgoingMail.objects.get(kind="receipt").pk)
    [(name, content, kind)] = mailoutbox[0].attachments
    assert (name, kind) == (f"{payment.receipt.number}.pdf", "application/pdf")
    assert content == documents.receipt_of(member, payment.pk).getvalue()
    assert [found.text for found in consistency.run_all() if found.check == "mail.attachments"] == []


def test_a_receipt_that_cannot_be_drawn_now_is_tried_again(member, monkeypatch, mailoutbox):
    actions.record_payment(account=member, amount=usd("897"), received_on=TODAY)
    mail = OutgoingMail.objects.get(kind="receipt")
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "render", lambda snapshot: int("x"))  # a ValueError, which else counts as final
        assert not delivery.deliver(mail.pk)
    mail.refresh_from_db()
    assert mail.state == "queued"
    with clock.at(mail.next_attempt_at):
        assert delivery.deliver(mail.pk)
    assert mailoutbox[0].attachments


def test_too_much_paid_is_credit(member):
    actions.record_payment(account=member, amount=usd("2000"), received_on=TODAY)
    assert queries.balance(member) == usd("-103")
    assert "more than the amount due" in " ".join(OutgoingMail.objects.get(kind="receipt").text.split())


def test_same_key_records_one_payment(member):
    first = actions.record_payment(account=member, amount=usd("5"), received_on=TODAY, idempotency_key="k")
    again = actions.record_payment(account=member, amount=usd("5"), received_on=TODAY, idempotency_key="k")
    assert first == again
    assert queries.paid(member) == usd("105")
    with pytest.raises(ActionRefused):
        actions.record_payment(account=member, amount=usd("6"), received_on=TODAY, idempotency_key="k")


def test_rooms_above_hear_of_a_payment_in_its_transaction(member):
    def refuse(payment: Payment, **kwargs: Any) -> None:
        raise RuntimeError

    payment_recorded.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            actions.record_payment(account=member, amount=usd("5"), received_on=TODAY)
    finally:
        payment_recorded.disconnect(refuse)
    assert queries.paid(member) == DEPOSIT


def test_refund_is_listed_recorded_and_mailed(member):
    actions.reverse_fee(account=member)
    refund = actions.list_refund(account=member, amount=DEPOSIT, reason="Cancelled in time")
    assert list(queries.open_refunds(member.program)) == [refund]
    with pytest.raises(ActionRefused, match="only what is in credit"):
        actions.list_refund(account=member, amount=usd("0.01"), reason="Again")
    actions.record_refund(refund=refund, paid_on=TODAY)
    assert queries.balance(member) == usd("0")
    assert queries.paid(member) == usd("0")
    assert not queries.open_refunds(member.program).exists()
    assert OutgoingMail.objects.filter(kind="refund_made").count() == 1
    with pytest.raises(ActionRefused, match="already"):
        actions.record_refund(refund=refund, paid_on=TODAY)


def test_only_what_is_in_credit_is_listed_for_refund(member):
    with pytest.raises(ActionRefused, match="only what is in credit: 0"):
        actions.list_refund(account=member, amount=usd("0.01"), reason="It is owed")
    actions.record_payment(account=member, amount=usd("1900"), received_on=TODAY)
    actions.list_refund(account=member, amount=usd("2"), reason="Too much")
    with pytest.raises(ActionRefused, match="in credit: 1"):
        actions.list_refund(account=member, amount=usd("1.01"), reason="Too much")
    actions.list_refund(account=member, amount=usd("1"), reason="Too much")


def test_a_refund_that_is_no_longer_in_credit_is_not_paid_but_taken_off(member):
    actions.record_payment(account=member, amount=usd("1900"), received_on=TODAY)
    much = actions.record_payment(account=member, amount=usd("50"), received_on=TODAY)
    first, second = (actions.list_refund(account=member, amount=usd(n), reason="Too much") for n in ("3", "50"))
    actions.reverse_payment(payment=much, reason="Recorded twice")
    covered = queries.with_cover(queries.open_refunds()).values_list("pk", "is_covered")
    assert dict(covered) == {first.pk: True, second.pk: False}
    with pytest.raises(ActionRefused, match="that much in credit"):
        actions.record_refund(refund=second, paid_on=TODAY)
    actions.withdraw_refund(refund=second, reason="The payment was reversed")
    second.refresh_from_db()
    assert second.withdrawn_reason == "The payment was reversed"
    with pytest.raises(ActionRefused, match="removed"):
        actions.record_refund(refund=second, paid_on=TODAY)
    actions.record_refund(refund=first, paid_on=TODAY)


def test_a_reversed_payment_is_counted_nowhere(member):
    payment = actions.record_payment(account=member, amount=usd("1897"), received_on=TODAY)
    assert not invoices_queries.receivables(member.program)
    reversal = actions.reverse_payment(payment=payment, reason="Another payer")
    row = reversal.row
    assert (row.kind, row.amount, row.reverses, row.note) == (
        "payment_reversal",
        usd("1897"),
        payment.row,
        "Another payer",
    )
    assert (queries.balance(member), queries.paid(member), queries.fee(member)) == (usd("1897"), DEPOSIT, FEE)
    figures = queries.accounts(member.program).get()
    assert (figures.owed, figures.paid_total, figures.fee_total) == (Decimal(1897), Decimal(100), Decimal(1997))
    invoice = invoices_actions.issue_invoice(account=member)
    assert [line["kind"] for line in invoice.snapshot["lines"]] == ["fee", "payment"]
    assert invoice.snapshot["lines"][1]["text"] == "Less deposit paid"
    assert invoice.total == usd("1897")


def test_the_cancellation_of_a_receipt_goes_out_with_its_mail(member, mailoutbox, issuer):
    payment = actions.record_payment(account=member, amount=usd("897"), received_on=TODAY, send_receipt=False)
    assert tasks.render_receipt.func(payment.receipt.pk)
    receipt = documents.receipt_of(member, payment.pk).getvalue()
    issuer.name = "Another name"
    issuer.save()
    reversal = actions.reverse_payment(payment=payment, reason="Secret", message="  Sorry\nfor that  ")
    assert (payment.receipt.number, reversal.receipt.number) == ("R-2024-0002", "R-2024-0003")
    mail = OutgoingMail.objects.get(kind="payment_reversed")
    assert "Sorry\nfor that" in mail.text
    assert delivery.deliver(mail.pk)
    [(name, content, kind)] = mailoutbox[0].attachments
    assert (name, kind) == ("R-2024-0003.pdf", "application/pdf")
    assert content == documents.cancellation_of(member, payment.pk).getvalue()
    assert documents.receipt_of(member, payment.pk).getvalue() == receipt
    html = page.html(reversal.receipt.snapshot)
    for words in ("Cancellation of receipt R-2024-0002", "R-2024-0003", "-897.00", "Circle Forward", "by mistake"):
        assert words in html.replace("\N{MINUS SIGN}", "-")
    assert "Secret" not in html + mail.text + mail.html
    with pytest.raises(documents.ObjectDoesNotExist):
        documents.cancellation_of(make_account(member.program), payment.pk)


def test_without_an_issuer_a_payment_is_reversed_without_papers(program):
    member = make_member(program)
    reversal = actions.reverse_payment(payment=member.payments.get(), reason="Wrong")
    assert reversal.receipt.snapshot == {}
    mail = OutgoingMail.objects.get(kind="payment_reversed")
    assert not mail.attachments.exists()
    with pytest.raises(documents.ObjectDoesNotExist):
        documents.cancellation_of(member, reversal.payment_id)


def test_a_form_that_recorded_a_payment_since_reversed_does_not_claim_it(member):
    values = {"account": member, "amount": usd("5"), "received_on": TODAY, "idempotency_key": "k"}
    actions.reverse_payment(payment=actions.record_payment(**values), reason="Wrong")
    with pytest.raises(ActionRefused, match="has been reversed"):
        actions.record_payment(**values)


def test_a_listed_rebate_waits_while_the_fee_is_not_paid_any_more(program, issuer):
    account = make_member(program, payer_country="CA")
    payment = actions.record_payment(account=account, amount=usd("1897"), received_on=TODAY)
    with clock.at(datetime(2024, 2, 8, 12, tzinfo=UTC)):
        [rebate] = actions.list_rebates(program=program)
        actions.reverse_payment(payment=payment, reason="Wrong")
        assert not queries.open_rebates(program)
        with pytest.raises(ActionRefused, match="is not due"):
            actions.record_rebate_paid(rebate=rebate, paid_on=date(2024, 2, 8))
        actions.record_payment(account=account, amount=usd("1897"), received_on=TODAY)
        assert list(queries.open_rebates(program)) == [rebate]
        actions.record_rebate_paid(rebate=rebate, paid_on=date(2024, 2, 8))


@pytest.mark.parametrize(
    ("amount", "day", "keys"),
    [
        ("1897", TODAY, []),
        ("1900", TODAY, ["more:3"]),
        ("5", date(2024, 1, 31), ["before:2024-01-31"]),
        ("100", date(2024, 1, 29), ["before:2024-01-29", "twin:R-2024-0001"]),
        ("1000000", date(2024, 1, 29), ["more:998103", "before:2024-01-29"]),
    ],
)
def test_what_looks_wrong_is_asked_back_and_recorded_if_accepted(member, amount, day, keys):
    payment = {"account": member, "amount": usd(amount), "received_on": day}
    assert [doubt.key for doubt in payment_checks.doubts_about(**payment)] == keys
    for accepted in ([], keys[1:], ["more:2"]):
        if keys:
            with pytest.raises(payment_checks.PaymentInDoubt):
                actions.record_payment(**payment, accepted=accepted)
    assert member.payments.count() == 1
    actions.record_payment(**payment, accepted=keys)
    assert member.payments.count() == 2


def test_nothing_is_owed_and_a_reversed_payment_is_no_twin(member):
    actions.reverse_fee(account=member)
    [doubt] = payment_checks.doubts_about(member, usd("1"), TODAY)
    assert doubt.text == "Nothing is due on this account."
    actions.reverse_payment(payment=member.payments.get(), reason="Wrong")
    found = [doubt.key for doubt in payment_checks.doubts_about(member, DEPOSIT, date(2024, 1, 29))]
    assert found == ["more:100", "before:2024-01-29"]


def test_no_sum_outgrows_its_column(program, issuer):
    most = usd("999999999999.99")
    account = make_account(program)
    actions.post_fee(account=account, amount=usd("9999999999.99"))  # the highest fee of a page
    actions.record_payment(account=account, amount=most, received_on=TODAY)
    for amount in ("1000000000000", "1E+30", "10000000000"):
        with pytest.raises(ActionRefused, match="too large"):
            actions.record_payment(account=account, amount=usd(amount), received_on=TODAY)
    actions.record_payment(account=account, amount=usd("9999999999.99"), received_on=TODAY)
    refund = actions.list_refund(account=account, amount=most, reason="Too much")
    actions.record_refund(refund=refund, paid_on=TODAY)
    for payment in account.payments.all():
        actions.reverse_payment(payment=payment, reason="Never came")
    invoice = invoices_actions.issue_invoice(account=account)
    assert invoice.total == usd("1009999999999.98")
    assert invoice.snapshot["total"] == "1009999999999.98"
    assert queries.balance(account) == invoice.total
    assert queries.accounts(program).get().owed == invoice.total.amount
    assert [found.text for found in consistency.run_all() if found.check in {"ledger.rows", "invoices.balances"}] == []


def test_rebates_are_a_quarter_of_the_fee_for_the_listed_countries(program, issuer):
    accounts = {country: make_member(program, payer_country=country) for country in ("CA", "US", "NZ")}
    for country in ("CA", "US"):
        actions.record_payment(account=accounts[country], amount=usd("1897"), received_on=TODAY)
    assert actions.list_rebates(program=program) == []  # it has not begun
    with clock.at(datetime(2024, 2, 8, 12, tzinfo=UTC)):
        [rebate] = actions.list_rebates(program=program)  # NZ has not paid yet
        assert (rebate.account, rebate.amount) == (accounts["CA"], usd("499.25"))
        assert actions.list_rebates(program=program) == []
        actions.record_rebate_paid(rebate=rebate, paid_on=date(2024, 2, 8))
        with pytest.raises(ActionRefused, match="already"):
            actions.record_rebate_paid(rebate=rebate, paid_on=date(2024, 2, 8))
    assert queries.balance(accounts["CA"]) == usd("0")
    assert OutgoingMail.objects.get(kind="rebate_paid").subject.startswith("Rebate of 499.25")


def test_what_was_booked_is_never_edited(member):
    row = AccountRow.objects.filter(account=member).first()
    row.note = "changed"
    for change in (row.save, row.delete, AccountRow.objects.all().delete, lambda: AccountRow.objects.update(note="x")):
        with pytest.raises(Frozen):
            change()


def test_the_database_refuses_edits_too(member):
    actions.reverse_payment(payment=member.payments.get(), reason="Wrong")
    statements = [
        "UPDATE forms_ext_accountrow SET amount = amount + 1",
        "UPDATE forms_ext_payment SET received_on = '2020-01-01'",
        "UPDATE forms_ext_paymentreversal SET row_id = payment_id",
        "UPDATE forms_ext_receipt SET number = 'R-1'",
    ]
    for statement in statements:
        with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_leaving_staff_do_not_break_the_rows_they_recorded(member):
    clerk = User.objects.create(username="clerk")
    actions.record_payment(account=member, amount=usd("1"), received_on=TODAY, by=clerk)
    clerk.delete()
    assert AccountRow.objects.filter(account=member, recorded_by=None).count() == 3


def test_history_tells_what_happened_without_names(member):
    entries = ModelLogEntry.objects.filter(action__startswith="forms_ext.ledger.")
    assert [entry.action.rpartition(".")[2] for entry in entries.order_by("pk")] == ["open_account", "fee", "payment"]
    assert {entry.label for entry in entries} == {member.reference}


def test_lists_take_the_same_queries_for_any_number(program, issuer, django_assert_num_queries):
    make_member(program)
    with django_assert_num_queries(1):
        assert [account.owed for account in invoices_queries.receivables(program)] == [Decimal(1897)]
    for number in range(3):
        make_member(program, payer_name=f"Member {number}")
    with django_assert_num_queries(1):
        assert len(invoices_queries.receivables(program)) == 4


def test_a_sum_of_cents_is_exactly_zero(issuer):
    program = make_program(title="Cents")
    account = make_account(program)
    actions.post_fee(account=account, amount=usd("0.30"))
    for cents in ("0.10", "0.20"):
        actions.record_payment(account=account, amount=usd(cents), received_on=TODAY, send_receipt=False)
    assert queries.balance(account) == usd("0")
    assert not invoices_queries.receivables(program).exists()
    assert queries.settled(program).get() == account


def test_a_payment_may_bear_the_day_that_has_begun_anywhere(member):
    with clock.at(datetime(2024, 2, 1, 18, tzinfo=UTC)):  # 2 February in Sydney, 1 February in Los Angeles
        actions.record_payment(account=member, amount=usd("1"), received_on=date(2024, 2, 2), by=None)
        with pytest.raises(ActionRefused, match="cannot be in the future"):
            actions.record_payment(account=member, amount=usd("1"), received_on=date(2024, 2, 3), by=None)


def test_rows_in_bulk_are_not_edited_either(member):
    rows = list(AccountRow.objects.all())
    for row in rows:
        row.note = "something else"
    with pytest.raises(Frozen):
        AccountRow.objects.bulk_update(rows, ["note"])
    assert not AccountRow.objects.filter(note="something else").exists()
