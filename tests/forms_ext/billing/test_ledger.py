"""Accounts, their rows, payments, refunds and rebates."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from djmoney.money import Money
from wagtail.models import ModelLogEntry

from cop_program import clock
from forms_ext.base import audit
from forms_ext.base.errors import ActionRefused
from forms_ext.base.money import round_minor
from forms_ext.billing import actions, documents, pdf, queries
from forms_ext.billing.frozen import Frozen
from forms_ext.billing.models import AccountRow, Payment
from forms_ext.billing.signals import payment_recorded
from forms_ext.mail import delivery
from forms_ext.mail.models import OutgoingMail

from .factories import DEPOSIT, FEE, make_account, make_member, make_program

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
    with pytest.raises(ActionRefused, match="decimals"):
        actions.record_payment(account=account, amount=Money("10.5", "JPY"), received_on=TODAY)
    with pytest.raises(ActionRefused, match="kept in JPY"):
        actions.record_payment(account=account, amount=usd("10"), received_on=TODAY)
    with pytest.raises(ActionRefused, match="above zero"):
        actions.record_payment(account=account, amount=Money("0", "JPY"), received_on=TODAY)


def test_payment_sends_a_receipt_that_says_what_is_left(member):
    payment = actions.record_payment(account=member, amount=usd("897"), received_on=TODAY)
    mail = OutgoingMail.objects.get(kind="receipt")
    assert payment.receipt_number == "R-2024-0002"
    assert "897 USD" in mail.subject
    assert "1,000 USD" in " ".join(mail.text.split())


def test_the_receipt_goes_out_with_its_mail(member, mailoutbox):
    payment = actions.record_payment(account=member, amount=usd("897"), received_on=TODAY)
    assert delivery.deliver(OutgoingMail.objects.get(kind="receipt").pk)
    [(name, content, kind)] = mailoutbox[0].attachments
    assert (name, kind) == (f"{payment.receipt_number}.pdf", "application/pdf")
    assert content == documents.receipt_of(member, payment.pk).content
    assert [found.text for found in audit.run_all() if found.check == "mail.attachments"] == []


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
    assert "more than is owed" in OutgoingMail.objects.get(kind="receipt").text


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
    with pytest.raises(ActionRefused, match="No more than"):
        actions.list_refund(account=member, amount=usd("0.01"), reason="Again")
    actions.record_refund(refund=refund, paid_on=TODAY)
    assert queries.balance(member) == usd("0")
    assert queries.paid(member) == usd("0")
    assert not queries.open_refunds(member.program).exists()
    assert OutgoingMail.objects.filter(kind="refund_made").count() == 1
    with pytest.raises(ActionRefused, match="already"):
        actions.record_refund(refund=refund, paid_on=TODAY)


def test_refund_of_money_that_is_owed_is_refused(member):
    refund = actions.list_refund(account=member, amount=DEPOSIT, reason="By mistake")
    with pytest.raises(ActionRefused, match="not in credit"):
        actions.record_refund(refund=refund, paid_on=TODAY)
    actions.withdraw_refund(refund=refund)
    with pytest.raises(ActionRefused, match="taken off"):
        actions.record_refund(refund=refund, paid_on=TODAY)


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
    statements = [
        "UPDATE forms_ext_accountrow SET amount = amount + 1",
        "UPDATE forms_ext_payment SET received_on = '2020-01-01'",
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
    entries = ModelLogEntry.objects.filter(action__startswith="forms_ext.billing.")
    assert [entry.action.rpartition(".")[2] for entry in entries.order_by("pk")] == ["open_account", "fee", "payment"]
    assert {entry.label for entry in entries} == {member.reference}


def test_lists_take_the_same_queries_for_any_number(program, issuer, django_assert_num_queries):
    make_member(program)
    with django_assert_num_queries(1):
        assert [account.owed for account in queries.receivables(program)] == [Decimal(1897)]
    for number in range(3):
        make_member(program, payer_name=f"Member {number}")
    with django_assert_num_queries(1):
        assert len(queries.receivables(program)) == 4


def test_a_sum_of_cents_is_exactly_zero(issuer):
    program = make_program(title="Cents")
    account = make_account(program)
    actions.post_fee(account=account, amount=usd("0.30"))
    for cents in ("0.10", "0.20"):
        actions.record_payment(account=account, amount=usd(cents), received_on=TODAY, send_receipt=False)
    assert queries.balance(account) == usd("0")
    assert not queries.receivables(program).exists()
    assert queries.settled(program).get() == account


def test_a_payment_may_bear_the_day_that_has_begun_anywhere(member):
    with clock.at(datetime(2024, 2, 1, 18, tzinfo=UTC)):  # 2 February in Sydney, 1 February in Los Angeles
        actions.record_payment(account=member, amount=usd("1"), received_on=date(2024, 2, 2), by=None)
        with pytest.raises(ActionRefused, match="has not come yet"):
            actions.record_payment(account=member, amount=usd("1"), received_on=date(2024, 2, 3), by=None)
