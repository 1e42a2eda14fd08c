"""A payment recorded by mistake and reversed: what happens to place, invoice and account, and the email about it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program
from forms_ext.base import consistency
from forms_ext.base.errors import ActionRefused
from forms_ext.invoices import actions as invoices_actions
from forms_ext.invoices import queries, tasks
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import actions as billing
from forms_ext.ledger import queries as ledger
from forms_ext.ledger.models import Account, AccountRow, Payment, PaymentReversal
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions
from forms_ext.registration import actions as registration_actions
from forms_ext.registration import holds
from forms_ext.registration import queries as registration_queries
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import DEPOSIT, START, make_registration, pay

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
LATE = datetime(2024, 1, 25, 8, tzinfo=UTC)  # after the cancellation deadline
OVER = datetime(2024, 6, 28, 8, tzinfo=UTC)
THREE_WORKING_DAYS = datetime(2024, 1, 25, 8, tzinfo=UTC)  # from Saturday 20: the end of Wednesday 24 January
OWN_END = datetime(2024, 2, 3, 8, tzinfo=UTC)


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def account_of(registration: Registration) -> Account:
    registration.refresh_from_db()
    assert registration.account
    return registration.account


def payment(registration: Registration, number: int = -1) -> Payment:
    return list(Payment.objects.filter(account=account_of(registration)).order_by("pk"))[number]


def reverse(registration: Registration, number: int = -1, **options: object) -> PaymentReversal:
    """Take back a payment of `registration`, the last one unless told otherwise."""
    reversal = billing.reverse_payment(
        payment=payment(registration, number), reason="Typed into the wrong account", **options
    )
    registration.refresh_from_db()
    return reversal


def confirm(program: Program) -> None:
    actions.work_off(actions.confirm_program(program=program, by=None))
    tasks.finish_invoices()


def told() -> str:
    return " ".join(OutgoingMail.objects.get(kind="payment_reversed").text.split())


def findings() -> list[str]:
    tasks.finish_invoices()
    tasks.finish_receipts()
    ours = ("admission.", "registration.", "ledger.", "invoices.")
    return [f"{found.check}: {found.text}" for found in consistency.run_all() if found.check.startswith(ours)]


# --- The table: who was what, what is taken back, what they are then, what the mail says ----------


def held_in_part(program: Program) -> Registration:
    return pay(make_registration(program), usd("40"))


def member(program: Program) -> Registration:
    return pay(make_registration(program))


def member_in_parts(program: Program) -> Registration:
    return pay(pay(make_registration(program), usd("60")), usd("40"))


def paid_in_full(program: Program) -> Registration:
    return pay(member(program), usd("1897"))


def paid_at_once(program: Program) -> Registration:
    return pay(make_registration(program), usd("1997"))


def paid_twice(program: Program) -> Registration:
    return pay(paid_in_full(program), usd("1897"))


def billed(program: Program) -> Registration:
    registration = member(program)
    confirm(program)
    return registration


def billed_and_paid(program: Program) -> Registration:
    return pay(billed(program), usd("1897"))


def full_and_confirmed(program: Program) -> Registration:
    registration = paid_in_full(program)
    confirm(program)
    return registration


def at_once_and_confirmed(program: Program) -> Registration:
    registration = paid_at_once(program)
    confirm(program)
    return registration


def lapsed(program: Program) -> Registration:
    registration = held_in_part(program)
    holds.set_hold_end(registration=registration, held_until=START + timedelta(minutes=1), by=None)
    with clock.at(START + timedelta(minutes=1)):
        assert holds.end_holds() == 1
    return registration


def cancelled(program: Program) -> Registration:
    registration = member(program)
    registration_actions.cancel(registration=registration, by=None)
    return registration


def cancelled_late(program: Program) -> Registration:
    registration = member(program)
    with clock.at(LATE):
        registration_actions.cancel(registration=registration, by=None)
    return registration


def cancelled_late_with_more(program: Program) -> Registration:
    registration = pay(member_in_parts(program), usd("10"))
    with clock.at(LATE):
        registration_actions.cancel(registration=registration, by=None)
    return registration


def refunded(program: Program) -> Registration:
    registration = cancelled(program)
    billing.record_refund(refund=ledger.open_refunds().get(), paid_on=START.date())
    return registration


def called_off(program: Program) -> Registration:
    registration = member(program)
    actions.work_off(actions.call_off_program(program=program, by=None, reason="Too few"))
    return registration


HELD = (
    "Your place is held until the end of Wednesday 24 January 2024, Pacific time "
    "(in your time: Thursday 25 January, 3:00 am)."
)
KEPT = "Your deposit is paid, and you keep your place."
OWES_ALL = "The amount due is now 1,997 USD."
BILL = "Pay invoice CF-00001 for 1,897 USD by 3 February 2024."
NOTHING = "You have nothing to pay"
PAY = "Pay by bank transfer to:"
ABOUT_PLACE, ABOUT_REFUND, ABOUT_FEE = "place", "refund is due", "cancellation fee"

#: Who; which payment goes; what they are then; until when a place is held; the open invoice; said; not said.
TABLE: list[tuple[Callable[[Program], Registration], int, str, datetime | None, str, list[str], list[str]]] = [
    (
        held_in_part,
        0,
        "held",
        OWN_END,
        "",
        [OWES_ALL, "2 February 2024, Pacific time (", "Pay 100 USD by then", PAY],
        [],
    ),
    (member, 0, "held", THREE_WORKING_DAYS, "", [OWES_ALL, HELD, "Pay 100 USD by then to keep it.", PAY], [KEPT]),
    (
        member_in_parts,
        1,
        "held",
        THREE_WORKING_DAYS,
        "",
        ["The amount due is now 1,937 USD.", HELD, "Pay 40 USD by then"],
        [],
    ),
    (paid_in_full, 0, "member", None, "", ["The amount due is now 100 USD.", KEPT, PAY], ["held"]),
    (paid_in_full, 1, "member", None, "", ["The amount due is now 1,897 USD.", KEPT, PAY], ["held"]),
    (paid_at_once, 0, "held", THREE_WORKING_DAYS, "", [OWES_ALL, HELD, "Pay 100 USD by then"], []),
    (paid_twice, 2, "member", None, "", [NOTHING, KEPT, ABOUT_REFUND], [PAY]),
    (billed, 0, "held", THREE_WORKING_DAYS, "CF-00001", [OWES_ALL, BILL, HELD, "Step 4 of 7: Deposit"], [KEPT]),
    (
        billed_and_paid,
        1,
        "member",
        None,
        "CF-00001",
        ["The amount due is now 1,897 USD.", BILL, KEPT, "Balance"],
        ["held"],
    ),
    (billed_and_paid, 0, "member", None, "CF-00001", ["The amount due is now 100 USD.", KEPT], ["held"]),
    (full_and_confirmed, 1, "member", None, "CF-00001", ["The amount due is now 1,897 USD.", KEPT], ["held"]),
    (at_once_and_confirmed, 0, "held", THREE_WORKING_DAYS, "", [OWES_ALL, HELD], [KEPT]),
    (lapsed, 0, "lapsed", None, "", [NOTHING, "no refund is due to you."], [ABOUT_PLACE, PAY]),
    (cancelled, 0, "cancelled", None, "", [NOTHING, "no refund is due to you."], [ABOUT_PLACE, PAY]),
    (cancelled_late, 0, "cancelled", None, "", [NOTHING, "do not have to pay a cancellation fee"], [ABOUT_PLACE, PAY]),
    (cancelled_late_with_more, 0, "cancelled", None, "", [NOTHING, "fee is now 50 USD"], [ABOUT_PLACE, PAY]),
    (refunded, 0, "cancelled", None, "", ["The amount due is now 100 USD.", PAY], [ABOUT_PLACE, ABOUT_FEE]),
    (called_off, 0, "cancelled", None, "", [NOTHING, "no refund is due to you."], [ABOUT_PLACE, PAY]),
]


@pytest.mark.parametrize(
    ("who", "number", "state", "until", "invoice", "said", "not_said"),
    TABLE,
    ids=[f"{row[0].__name__}-{row[1]}" for row in TABLE],
)
def test_what_a_reversal_does_and_says(
    program: Program,
    who: Callable[[Program], Registration],
    number: int,
    state: str,
    until: datetime | None,
    invoice: str,
    said: list[str],
    not_said: list[str],
) -> None:
    registration = who(program)
    account, taken_back = account_of(registration), payment(registration, number)
    owed, mails = ledger.balance(account), set(OutgoingMail.objects.values_list("pk", flat=True))
    reverse(registration, number)
    place = getattr(registration.invitation, "place", None)
    assert registration.state == state
    assert (place.held_until if place else None) == until
    assert (queries.open_invoice(account).number if queries.open_invoice(account) else "") == invoice  # type: ignore[union-attr]
    [mail] = OutgoingMail.objects.exclude(pk__in=mails).exclude(kind="invoice")
    assert (mail.kind, mail.recipient) == ("payment_reversed", account.payer_email)
    text = told()
    amount = f"{taken_back.received.amount:,.0f} USD"
    assert f"We recorded a payment of {amount} from you" in text
    assert f"Receipt {taken_back.receipt.number} is no longer valid" in text
    assert [words for words in said if words not in text] == []
    assert [words for words in not_said if words in text] == []
    assert "wrong account" not in f"{text} {mail.html}", "the reason is for colleagues"
    if state != "cancelled":
        assert ledger.balance(account) == owed + taken_back.received
    for program_ in Program.objects.all():
        assert queries.receivables(program_).count() == (ledger.balance(account).amount > 0)
    assert findings() == []


def test_over_a_member_stays_one_and_owes(program: Program) -> None:
    registration = billed_and_paid(program)
    with clock.at(OVER):
        actions.close_program(program=Program.objects.get(pk=program.pk), by=None)
        for _payment in range(2):
            reverse(registration, _payment)
        assert registration.state == "member"
        assert holds.end_holds() == 0
        assert queries.overdue(program).count() == 1
        assert findings() == []
    texts = [
        " ".join(mail.text.split()) for mail in OutgoingMail.objects.filter(kind="payment_reversed").order_by("pk")
    ]
    assert OWES_ALL in texts[-1]
    assert not any("held" in text for text in texts)


# --- What follows ---------------------------------------------------------------------------------


def test_a_hold_that_came_of_a_reversal_is_reminded_of_and_lapses(program: Program) -> None:
    registration = make_registration(program)
    with clock.at(OWN_END - timedelta(days=1)):
        assert holds.remind_holds() == 1
        pay(registration)
        confirm(program)
        reverse(registration, hold_until=OWN_END + timedelta(days=5))
    with clock.at(OWN_END + timedelta(days=4)):
        assert holds.end_holds() == 0
        assert holds.remind_holds() == 1
        assert findings() == []
    with clock.at(OWN_END + timedelta(days=5)):
        assert holds.end_holds() == 1
        registration.refresh_from_db()
        assert registration.state == "lapsed"
        assert ledger.balance(account_of(registration)).amount == 0
        note = Invoice.objects.get(kind="credit_note")
        assert (note.corrects.number, note.total) == ("CF-00001", usd("-1897"))  # type: ignore[union-attr]
        assert findings() == []


def test_the_deposit_recorded_again_makes_a_member_again(program: Program) -> None:
    registration = billed(program)
    reversal = reverse(registration)
    assert (payment(registration).receipt.number, reversal.receipt.number) == ("R-2024-0001", "R-2024-0002")
    registration = pay(registration)
    assert (registration.state, payment(registration).receipt.number) == ("member", "R-2024-0003")
    assert Invoice.objects.count() == 1
    reverse(registration)
    registration = pay(registration, usd("1997"))
    assert registration.state == "member"
    assert queries.open_invoice(account_of(registration)) is None
    assert findings() == []


def test_nobody_gets_a_place_that_is_only_held_again(program: Program) -> None:
    registration = member(program)
    reverse(registration)
    standing = registration.invitation.place
    assert (standing.kept_at, standing.held_until) == (None, THREE_WORKING_DAYS)
    with clock.at(THREE_WORKING_DAYS - timedelta(minutes=1)):
        assert holds.end_holds() == 0
        registration = pay(registration)
    assert registration.state == "member"


def test_a_payment_is_reversed_once_with_a_reason_and_for_a_day_ahead(program: Program) -> None:
    registration = member(program)
    before = AccountRow.objects.count()
    for options, words in (
        ({"reason": "  "}, "Enter the reason"),
        ({"reason": "Wrong", "hold_until": START}, "in the future"),
    ):
        with pytest.raises(ActionRefused, match=words):
            billing.reverse_payment(payment=payment(registration), **options)  # type: ignore[arg-type]
        assert AccountRow.objects.count() == before
    reverse(registration)
    with pytest.raises(ActionRefused, match="already been reversed"):
        reverse(registration)
    assert AccountRow.objects.filter(kind="payment_reversal").count() == 1
    assert OutgoingMail.objects.filter(kind="payment_reversed").count() == 1


def test_a_held_place_gets_another_end_only_if_staff_set_one(program: Program) -> None:
    registration = pay(held_in_part(program), usd("10"))
    Registration.objects.update(reminded_at=START)
    reverse(registration)
    assert registration.reminded_at == START
    reverse(registration, 0, hold_until=OWN_END + timedelta(days=1))
    assert registration.invitation.place.held_until == OWN_END + timedelta(days=1)
    assert registration.reminded_at is None


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (datetime(2024, 1, 15, 20, tzinfo=UTC), date(2024, 1, 18)),  # Monday
        (datetime(2024, 1, 18, 20, tzinfo=UTC), date(2024, 1, 23)),  # Thursday
        (datetime(2024, 1, 20, 7, tzinfo=UTC), date(2024, 1, 24)),  # still Friday in Los Angeles
        (datetime(2024, 1, 21, 20, tzinfo=UTC), date(2024, 1, 24)),  # Sunday
    ],
)
def test_three_working_days_where_the_program_is_at_home(program: Program, today: datetime, day: date) -> None:
    with clock.at(today):
        assert holds.last_day_of_new_hold(program) == day


def test_while_another_invoice_is_open_the_one_that_was_paid_stays_closed(program: Program) -> None:
    registration = billed_and_paid(program)
    account = account_of(registration)
    billing.post_cancellation_fee(account=account, amount=usd("30"))
    second = invoices_actions.issue_invoice(account=account)
    assert second
    reverse(registration)
    assert queries.open_invoice(account) == second
    assert Invoice.objects.get(number="CF-00001").closed_at
    assert "The amount due is now 1,927 USD. Pay invoice CF-00002 for 30 USD" in told()


# --- The private page -----------------------------------------------------------------------------


def test_the_private_page_marks_the_receipt_and_has_its_cancellation(program: Program, client: Client) -> None:
    registration = member(program)
    reversal = reverse(registration)
    tasks.finish_receipts()
    path = registration_queries.member_path(registration)
    page = " ".join(client.get(path).content.decode().split())
    assert "<strong>cancelled</strong>" in page
    assert "Cancellation of receipt R-2024-0001 (PDF)" in page
    assert "Pay 100" in page
    taken_back = reversal.payment_id
    for address in (f"{path}receipts/{taken_back}/", f"{path}receipts/{taken_back}/cancellation/"):
        assert b"".join(client.get(address)).startswith(b"%PDF")
    other = registration_queries.member_path(make_registration(program, 2))
    assert client.get(f"{other}receipts/{taken_back}/cancellation/").status_code == 404


@pytest.mark.parametrize("who", [cancelled, lapsed])
def test_the_private_page_promises_no_money_that_is_not_in_credit(
    program: Program, client: Client, who: Callable[[Program], Registration]
) -> None:
    registration = who(program)
    path = registration_queries.member_path(registration)
    assert "refund you" in client.get(path).content.decode()
    reverse(registration)
    assert "refund you" not in client.get(path).content.decode()


def test_deposit_is_what_counts_for_that_person(program: Program) -> None:
    page = program.page
    registration = pay(pay(make_registration(program)), DEPOSIT)
    page.deposit = usd("200")
    page.save_revision().publish()
    reverse(registration)
    assert registration.state == "member", "100 was asked of this person"
