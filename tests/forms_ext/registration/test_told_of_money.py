"""What a person is told of money: one email for each event, and each sentence of it true of the accounts afterwards."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import places, queue
from forms_ext.admission import queries as admission
from forms_ext.invoices import actions as invoice_actions
from forms_ext.invoices import queries as invoices
from forms_ext.invoices import tasks
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import actions as billing
from forms_ext.ledger import queries as ledger
from forms_ext.ledger.models import Account, Issuer, Payment
from forms_ext.mail import delivery
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions as programs
from forms_ext.registration import actions, holds
from forms_ext.registration import queries as registrations
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import START, make_registration, open_program

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
LAPSED = datetime(2024, 2, 3, 8, tzinfo=UTC)
AFTER_DEADLINE = datetime(2024, 1, 25, 8, tzinfo=UTC)
BEGUN = datetime(2024, 2, 9, 18, tzinfo=UTC)
OVERDUE = datetime(2024, 4, 1, 8, tzinfo=UTC)
OVER = datetime(2024, 6, 28, 8, tzinfo=UTC)


@dataclass
class Life:
    """A registration, the moment, and the emails that the last step wrote to its holder."""

    program: Program
    registration: Registration
    time: ExitStack
    mails: list[OutgoingMail] = field(default_factory=list)

    @property
    def account(self) -> Account:
        assert self.registration.account
        return self.registration.account

    def step(self, event: Callable[["Life"], object]) -> None:
        known = set(OutgoingMail.objects.values_list("pk", flat=True))
        event(self)
        tasks.finish_invoices()
        self.registration.refresh_from_db()
        to = self.registration.email
        self.mails = list(OutgoingMail.objects.filter(recipient=to).exclude(pk__in=known).order_by("pk"))
        for mail in self.mails:
            check(self, text_of(mail))


def text_of(mail: OutgoingMail) -> str:
    return " ".join(f"{mail.subject}. {mail.text}".replace("\xa0", " ").split())


# --- Each sentence about money, and what it says of the accounts ------------------------------------

AMOUNT = r"([\d,]+(?:\.\d+)?) USD"
State = Registration.State


def is_held(life: Life) -> bool:
    place = places.place_of(life.registration.invitation)
    return life.registration.state == State.HELD and bool(place and place.held_until and place.held_until > clock.now())


def has_no_place(life: Life) -> bool:
    return places.place_of(life.registration.invitation) is None


def full(life: Life) -> bool:
    return admission.standing(life.program).free == 0 or queue.first(life.program) is not None


def paid(life: Life) -> Decimal:
    return ledger.paid(life.account).amount


def deposit_left(life: Life) -> Decimal:
    return registrations.deposit_left(life.registration).amount


def is_overdue(life: Life) -> bool:
    return invoices.overdue_invoice(life.account) is not None


def last_payment(life: Life) -> Decimal:
    return Payment.objects.filter(account=life.account).order_by("pk").last().received.amount  # type: ignore[union-attr]


#: A sentence, the amount that must be in it (if there is one), and what must be so besides.
TRUTHS: list[tuple[str, Callable[[Life], Decimal] | None, Callable[[Life], bool] | None]] = [
    (rf"You still have {AMOUNT} to pay", lambda life: ledger.balance(life.account).amount, None),
    (r"You have nothing (?:left )?to pay", None, lambda life: ledger.balance(life.account).amount <= 0),
    (rf"You have paid {AMOUNT} more", lambda life: ledger.credit(life.account).amount, None),
    (r"We will refund the difference", None, lambda life: ledger.listed(life.account) == ledger.credit(life.account)),
    (rf"We will refund (?:you )?{AMOUNT}", lambda life: ledger.to_refund(life.account).amount, None),
    (r"We will contact you", None, lambda life: ledger.listed(life.account).amount == 0),
    (rf"We (?:received|recorded) your payment of {AMOUNT}", last_payment, None),
    (rf"We have received {AMOUNT} of the deposit", paid, None),
    (rf"We received only {AMOUNT}", paid, None),
    (rf"Pay {AMOUNT} by then to keep it", deposit_left, is_held),
    (rf"your place, pay {AMOUNT} by", deposit_left, is_held),
    (rf"Pay your deposit by [^:]+: {AMOUNT}", deposit_left, is_held),
    (rf"the remaining {AMOUNT}", deposit_left, None),
    (r"You are now a member", None, lambda life: life.registration.state == State.MEMBER),
    (r"Your deposit is paid", None, lambda life: deposit_left(life) <= 0),
    (r"no place is free", None, full),
    (r"place ha[sd] been released", None, has_no_place),
    (r"email (?:you )?(?:the|an) invoice", None, lambda life: ledger.balance(life.account).amount > 0),
    (r"invoice (?:for the balance )?separately", None, lambda life: invoices.open_invoice(life.account) is not None),
    (r"The program is going ahead", None, lambda life: life.program.page.ends_on >= clock.now().date()),
    (rf"{AMOUNT} (?:that you paid )?is kept", lambda life: ledger.cancellation_fee(life.account).amount, None),
    (rf"remaining {AMOUNT} of what you paid", lambda life: ledger.cancellation_fee(life.account).amount, None),
    (rf"{AMOUNT} of invoice", lambda life: ledger.balance(life.account).amount, lambda life: is_overdue(life)),
    (r"We did not receive the whole deposit", None, lambda life: paid(life) < 100),
]  # fmt: skip


def check(life: Life, text: str) -> None:
    """Check each sentence of the table that is in `text`."""
    for pattern, amount, so in TRUTHS:
        for match in re.finditer(pattern, text):
            if amount:
                assert Decimal(match[1].replace(",", "")) == amount(life), match[0]
            assert so is None or so(life), match[0]
    assert not ("is kept" in text and "refund" in text), text


# --- The events ---------------------------------------------------------------------------------------


def pay(amount: str) -> Callable[[Life], object]:
    return lambda life: billing.record_payment(
        account=life.account, amount=Money(amount, "USD"), received_on=date(2024, 1, 20)
    )


def at(moment: datetime) -> Callable[[Life], object]:
    return lambda life: life.time.enter_context(clock.at(moment))


def expire(life: Life) -> None:
    at(LAPSED)(life)
    holds.end_holds()


def expire_late(life: Life) -> None:
    """The hold has expired, and the job that ends it has not run yet."""
    at(LAPSED)(life)


def overdue(life: Life) -> None:
    at(OVERDUE)(life)
    Invoice.objects.update(mailed_at=clock.now())


def remind_of_balance(life: Life) -> None:
    invoice_actions.send_reminder(account=life.account, message="Write to us if you need more time.")


def remind_by_itself(life: Life) -> None:
    Issuer.objects.update(reminder_days=10)
    due = invoices.open_invoice(life.account).due_on + timedelta(days=10)  # type: ignore[union-attr, operator]
    for day, reminded in ((due - timedelta(days=1), 0), (due, 1), (due + timedelta(days=30), 0)):
        at(datetime(day.year, day.month, day.day, 20, tzinfo=UTC))(life)
        assert tasks.remind_overdue() == reminded


def fill(life: Life) -> None:
    places.set_capacity(program=life.program, capacity=0)


def remind(life: Life) -> None:
    at(datetime(2024, 2, 2, 12, tzinfo=UTC))(life)
    assert holds.remind_holds() == 1


def move_hold(life: Life) -> None:
    holds.set_hold_end(registration=life.registration, held_until=datetime(2024, 2, 20, 8, tzinfo=UTC), by=None)


def hold_to_the_end(life: Life) -> None:
    holds.set_hold_end(registration=life.registration, held_until=datetime(2024, 6, 27, 6, tzinfo=UTC), by=None)


def confirm(life: Life) -> None:
    programs.work_off(programs.confirm_program(program=life.program, by=None))


def call_off(life: Life) -> None:
    programs.work_off(programs.call_off_program(program=life.program, by=None))


def cancel(life: Life) -> None:
    actions.cancel(registration=life.registration, by=None)


def cancel_and_keep(life: Life) -> None:
    actions.cancel(registration=life.registration, by=None, refund=Money(0, "USD"), reason="A false name")


def take_back(life: Life) -> None:
    payment = Payment.objects.filter(account=life.account).order_by("pk").last()
    assert payment
    billing.reverse_payment(payment=payment, reason="Wrong account")


late, over = at(AFTER_DEADLINE), at(OVER)
Step = Callable[[Life], object]

#: What happened before; the event; the kinds of email that it writes; what stands in the first; what stands nowhere.
TABLE: dict[str, tuple[list[Step], Step, list[str], list[str], list[str]]] = {
    # a hold
    "held, half": ([], pay("50"), ["receipt"], ["Pay 50 USD by then to keep it"], ["invoice with the due date"]),
    "held, rest": ([pay("50")], pay("50"), ["place_confirmed"], ["still have 1,897 USD to pay"], []),
    "held, deposit": ([], pay("100"), ["place_confirmed"], ["You are now a member", "R-2024-0001"], ["more than"]),
    "held, all": ([], pay("1997"), ["place_confirmed"], ["nothing left to pay"], ["invoice"]),
    "held, too much": ([], pay("2500"), ["place_confirmed"], ["paid 503 USD more", "refund the"], ["invoice"]),
    "held, confirmed, deposit": (
        [confirm], pay("100"), ["place_confirmed", "invoice"], ["invoice for the balance separately"], [],
    ),
    "held, confirmed, all": ([confirm], pay("1997"), ["place_confirmed"], ["going ahead"], ["invoice"]),
    "held, confirmed, too much": ([confirm], pay("2500"), ["place_confirmed"], ["paid 503 USD more"], ["invoice"]),
    "held, reminded": ([], remind, ["hold_ending"], ["Pacific time", ": 100 USD"], ["have received"]),
    "held, half, reminded": ([pay("50")], remind, ["hold_ending"], ["received 50 USD of the deposit", ": 50 USD"], []),
    "held, half, moved": ([pay("50")], move_hold, ["hold_moved"], ["your place, pay 50 USD by"], []),
    "held, half, taken back": ([pay("50")], take_back, ["payment_reversed"], ["Pay 100 USD by then"], []),
    # a hold that has expired
    "expires": ([], expire, ["hold_ended"], ["You have nothing to pay"], ["refund that"]),
    "expires, part": ([pay("99.99")], expire, ["hold_ended"], ["We received only 99.99 USD of it"], ["nothing to pay"]),
    "expired, half": ([expire], pay("50"), ["late_deposit"], ["the remaining 50 USD", "refund 50 USD"], ["no place"]),
    "expired, rest": ([expire, pay("50")], pay("50"), ["place_confirmed"], ["You are now a member"], ["more than"]),
    "expired, deposit": ([expire], pay("100"), ["place_confirmed"], ["still have 1,897 USD"], ["more than"]),
    "expired, all": ([expire], pay("1997"), ["place_confirmed"], ["nothing left to pay"], []),
    "expired, full": ([expire, fill], pay("100"), ["late_deposit"], ["no place is free", "refund 100 USD"], ["member"]),
    "expired, confirmed": ([expire, confirm], pay("100"), ["place_confirmed", "invoice"], ["invoice for the"], []),
    "expired a minute ago, half": ([expire_late], pay("50"), ["late_deposit"], ["refund 50 USD"], ["to keep it"]),
    "expired, called off": ([expire, call_off], pay("100"), ["late_deposit"], ["the program was cancelled"], ["place"]),
    "expired, over": ([expire, over], pay("100"), ["late_deposit"], ["the program was over"], ["no place", "ahead"]),
    "held, over": ([hold_to_the_end, over], pay("100"), ["late_deposit"], ["the program was over"], ["ahead"]),
    "held, confirmed, over": (
        [confirm, hold_to_the_end, over], pay("100"), ["late_deposit"], ["refund 100 USD"], ["invoice", "ahead"],
    ),
    # a member
    "member, more": ([pay("100")], pay("400"), ["receipt"], ["still have 1,497 USD", "email you an invoice"], []),
    "member, all": ([pay("100")], pay("1897"), ["receipt"], ["nothing left to pay"], []),
    "member, too much": ([pay("100")], pay("2400"), ["receipt"], ["paid 503 USD more", "refund the"], ["invoice"]),
    "billed, part": ([pay("100"), confirm], pay("900"), ["receipt"], ["997 USD to pay on invoice CF-00001"], []),
    "billed, too much": ([pay("100"), confirm], pay("2400"), ["receipt"], ["paid 503 USD more"], ["an invoice"]),
    "billed, over, rest": ([pay("100"), confirm, over], pay("1897"), ["receipt"], ["nothing left to pay"], []),
    "member, over, more": ([pay("100"), over], pay("400"), ["receipt"], ["still have 1,497 USD to pay."], ["invoice"]),
    "member, confirmed": (
        [pay("100")], confirm, ["program_confirmed", "invoice"], ["on invoice CF-00001", "invoice separately"], [],
    ),
    "paid, confirmed": ([pay("1997")], confirm, ["program_confirmed"], ["nothing left to pay"], ["invoice"]),
    "overdue, reminded": (
        [pay("100"), confirm, pay("400"), overdue], remind_of_balance, ["payment_reminder"],
        ["1,497 USD of invoice CF-00001", "need more time"], [],
    ),
    "overdue, reminded by itself": (
        [pay("100"), confirm], remind_by_itself, ["payment_reminder"], ["1,897 USD of invoice CF-00001"], [],
    ),
    # the end
    "member, cancelled": ([pay("100")], cancel, ["cancelled"], ["refund you 100 USD"], ["kept"]),
    "member, cancelled late": (
        [pay("100"), late], cancel, ["cancelled"], ["Under the cancellation policy", "100 USD"], ["refund you"],
    ),
    "member, kept in time": ([pay("100")], cancel_and_keep, ["cancelled"], ["100 USD"], ["policy", "A false name"]),
    "billed, cancelled late": (
        [pay("100"), confirm, late], cancel, ["cancelled", "credit_note"], ["100 USD"], ["refund you"],
    ),
    "held, half, cancelled": ([pay("50")], cancel, ["cancelled"], ["refund you 50 USD"], []),
    "overpaid, called off": ([pay("2500")], call_off, ["called_off"], ["refund you 2,500 USD"], []),
    "cancelled, paid": ([cancel], pay("100"), ["late_deposit"], ["registration was cancelled"], ["place"]),
    "cancelled late, more": ([pay("100"), late, cancel], pay("30"), ["late_deposit"], ["refund 30 USD"], ["kept"]),
    "called off, paid": ([call_off], pay("100"), ["late_deposit"], ["the program was cancelled"], []),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_one_event_one_email_and_each_sentence_is_true(db: None, name: str) -> None:
    before, event, kinds, said, not_said = TABLE[name]
    with ExitStack() as time, clock.at(START):
        program = open_program()
        life = Life(program, make_registration(program), time)
        for step in before:
            life.step(step)
        life.step(event)
        assert [mail.kind for mail in life.mails] == kinds
        first, everything = text_of(life.mails[0]), " ".join(map(text_of, life.mails))
        assert [words for words in said if words not in first] == [], first
        assert [words for words in not_said if words in (everything if kinds == kinds[:1] else first)] == [], everything
        if "pay" in event.__qualname__:
            receipt = Payment.objects.filter(account=life.account).order_by("pk").last().receipt  # type: ignore[union-attr]
            assert Decimal(receipt.snapshot["left"]) == ledger.balance(life.account).amount


#: What happened before; the reminder; what makes it untrue; what then reminds anew of what is left, if anything does.
WITHDRAWN: dict[str, tuple[list[Step], Step, Step, Callable[[], int] | None]] = {
    "hold, deposit": ([], remind, pay("100"), None),
    "hold, half": ([], remind, pay("50"), holds.remind_holds),
    "hold, moved": ([], remind, move_hold, None),
    "hold, cancelled": ([], remind, cancel, None),
    "overdue, all": ([pay("100"), confirm, overdue], remind_of_balance, pay("1897"), None),
    "overdue, part": ([pay("100"), confirm, overdue], remind_of_balance, pay("900"), tasks.remind_overdue),
    "overdue, cancelled": ([pay("100"), confirm, overdue], remind_of_balance, cancel, None),
    "overdue, called off": ([pay("100"), confirm, overdue], remind_of_balance, call_off, None),
}


@pytest.mark.parametrize("name", WITHDRAWN)
def test_a_reminder_that_has_not_gone_out_is_withdrawn(db: None, name: str) -> None:
    before, reminder, event, anew = WITHDRAWN[name]
    with ExitStack() as time, clock.at(START):
        program = open_program()
        Issuer.objects.update(reminder_days=1)
        life = Life(program, make_registration(program), time)
        for step in [*before, reminder]:
            life.step(step)
        (mail,) = life.mails
        life.step(event)
        mail.refresh_from_db()
        assert (mail.state, mail.secrets) == (OutgoingMail.State.DROPPED, "")
        if anew:
            life.step(lambda life: anew())
            assert [(again.kind, again.state) for again in life.mails] == [(mail.kind, OutgoingMail.State.QUEUED)]
        else:
            assert holds.remind_holds() == tasks.remind_overdue() == 0
        assert not delivery.deliver(mail.pk)
