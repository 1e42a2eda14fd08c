"""What can happen to an account. Each verb is one transaction; nothing else changes its state."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program.clock import now
from cop_program.formatting import round_minor
from cop_program.models import Program

from ..base import history, number_series
from ..base.errors import ActionRefused
from ..base.money import format_money
from . import emails, payment_checks, queries, signals, telling
from .models import Account, AccountRow, Payment, PaymentReversal, RebateDue, RefundDue

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = [
    "correct_payer",
    "correct_payer_email",
    "list_rebate",
    "list_rebates",
    "list_refund",
    "open_account",
    "post_cancellation_fee",
    "post_fee",
    "record_payment",
    "record_rebate_paid",
    "record_refund",
    "reverse_cancellation_fee",
    "reverse_fee",
    "reverse_payment",
    "withdraw_refund",
]

Kind = AccountRow.Kind
SETTLED_BY: dict[type[Model], str] = {RefundDue: "settled_by_row", RebateDue: "paid_row"}
LIMIT = Decimal(10**12)  # amounts and credits stay below it; the columns hold a thousand times as much, for totals


@transaction.atomic
def open_account(
    *,
    program: Program,
    payer_name: str,
    payer_email: str,
    payer_address: str,
    payer_country: str,
    currency: str,
    language: str = "en",
) -> Account:
    """Open the account of one payer for `program`. The payer quotes its reference on a transfer."""
    moment = now()
    account = Account.objects.create(
        program=program,
        reference=number_series.draw(f"PAY-{moment:%Y}", prefix=f"PAY-{moment:%Y}-"),
        currency=currency,
        payer_name=payer_name,
        payer_email=payer_email,
        payer_address=payer_address,
        payer_country=payer_country,
        language=language,
        created_at=moment,
    )
    history.record(account, "forms_ext.ledger.open_account", made=[account])
    return account


@transaction.atomic
def correct_payer(
    *, account: Account, payer_name: str, payer_address: str, payer_country: str, by: "User | None" = None
) -> Account:
    """Correct who documents are issued to from now on. Issued documents stay as they are."""
    account = queries.locked(account.pk)
    account.payer_name, account.payer_address = payer_name, payer_address
    account.payer_country = payer_country
    account.save()
    changed = {account: ("payer_name", "payer_address", "payer_country")}
    history.record(account, "forms_ext.ledger.correct_payer", user=by, changed=changed)
    return account


@transaction.atomic
def correct_payer_email(*, account: Account, email: str, by: "User | None" = None) -> None:
    """Correct the address to which emails about `account` go, and that documents name from now on."""
    account = queries.locked(account.pk)
    account.payer_email = email
    account.save(update_fields=["payer_email"])
    changed = {account: ("payer_email",)}
    history.record(account, "forms_ext.ledger.correct_payer_email", user=by, changed=changed)


def _check_amount(account: Account, amount: Money) -> None:
    if str(amount.currency) != account.currency:
        raise ActionRefused(
            _("This account is in %(own)s. Enter an amount in %(own)s, not in %(other)s.")
            % {"own": account.currency, "other": amount.currency}
        )
    if amount.amount <= 0:
        raise ActionRefused(_("Enter an amount above zero."))
    if amount.amount >= LIMIT:
        raise ActionRefused(_("The amount is too large. Enter less than %(limit)s.") % {"limit": f"{LIMIT:,}"})
    if round_minor(amount).amount != amount.amount:
        raise ActionRefused(
            _("%(amount)s has more decimal places than the currency allows.")
            % {"amount": f"{amount.amount} {amount.currency}"}
        )


def _post(
    account: Account,
    kind: Kind,
    amount: Decimal,
    *,
    on: date | None = None,
    by: "User | None" = None,
    note: str = "",
    reverses: AccountRow | None = None,
    settles: RefundDue | RebateDue | None = None,
) -> AccountRow:
    row = AccountRow.objects.create(
        account=account,
        kind=kind,
        amount=Money(amount, account.currency),
        effective_on=on or queries.today(account.program),
        recorded_at=now(),
        recorded_by=by,
        note=note,
        reverses=reverses,
    )
    changed = {}
    if settles is not None:
        column = SETTLED_BY[type(settles)]
        setattr(settles, column, row)
        settles.save(update_fields=[column])
        changed = {settles: [column]}
    history.record(
        account,
        f"forms_ext.ledger.{kind}",
        user=by,
        made=[row],
        changed=changed,
        entry=row.pk,
        amount=str(amount),
        currency=account.currency,
    )
    return row


@transaction.atomic
def post_fee(*, account: Account, amount: Money, by: "User | None" = None) -> AccountRow:
    """Post the fee. Later changes on the page do not change it.

    Raise ActionRefused if a fee is posted already, or the amount is not above zero, too large or in another currency.
    """
    account = queries.locked(account.pk)
    amount = round_minor(amount)
    _check_amount(account, amount)
    if queries.fee(account).amount > 0:
        raise ActionRefused(_("This account already has the fee."))
    return _post(account, Kind.FEE, amount.amount, by=by)


@transaction.atomic
def reverse_fee(*, account: Account, by: "User | None" = None, note: str = "") -> list[AccountRow]:
    """Reverse the fee of the account, and a rebate that was granted on it; do nothing if there is none."""
    account = queries.locked(account.pk)
    _reverse(account, Kind.REBATE, by=by, note=note)
    return _reverse(account, Kind.FEE, by=by, note=note)


@transaction.atomic
def reverse_cancellation_fee(*, account: Account, by: "User | None" = None, note: str = "") -> list[AccountRow]:
    """Reverse the cancellation fee of the account; do nothing if there is none."""
    return _reverse(queries.locked(account.pk), Kind.CANCELLATION_FEE, by=by, note=note)


def _reverse(account: Account, kind: Kind, *, by: "User | None", note: str) -> list[AccountRow]:
    standing = AccountRow.objects.filter(account=account, kind=kind, reversed_by__isnull=True)
    reversal = Kind.REBATE_REVERSAL if kind == Kind.REBATE else Kind.REVERSAL
    rows = [_post(account, reversal, -row.amount.amount, by=by, note=note, reverses=row) for row in standing]
    if rows:
        signals.fee_reversed.send(sender=Account, account=account)
    return rows


@transaction.atomic
def post_cancellation_fee(*, account: Account, amount: Money, by: "User | None" = None, note: str = "") -> AccountRow:
    """Post what is kept if somebody cancels after the deadline.

    Raise ActionRefused if the amount is not above zero, too large, too precise or in another currency.
    """
    account = queries.locked(account.pk)
    _check_amount(account, amount)
    return _post(account, Kind.CANCELLATION_FEE, amount.amount, by=by, note=note)


@transaction.atomic
def record_payment(
    *,
    account: Account,
    amount: Money,
    received_on: date,
    by: "User | None" = None,
    method: str = Payment.Method.TRANSFER,
    note: str = "",
    idempotency_key: str | None = None,
    send_receipt: bool = True,
    accepted: Collection[str] | None = None,
) -> Payment:
    """Record a payment: a part, all, or more than is owed. The payer gets one email, with the receipt.

    The same `idempotency_key` returns the payment that it made. `accepted` holds the keys of the doubts
    (`payment_checks.doubts_about`) that somebody has read and accepted; with None, nothing is asked.

    Raise PaymentInDoubt, and record nothing, if there is a doubt that is not accepted. Raise ActionRefused if the
    amount is not above zero, too large, too precise or in another currency, if `received_on` is in the future, if the
    key was used for another payment or one that is reversed, or if the payment makes an invoice due and there is no
    issuer.
    """
    account = queries.locked(account.pk)
    if idempotency_key and (earlier := Payment.objects.filter(idempotency_key=idempotency_key).first()):
        return _same_payment(earlier, account, amount)
    _check_amount(account, amount)
    if received_on > queries.latest_day():
        raise ActionRefused(_("The date received cannot be in the future."))
    if amount.amount - queries.balance(account).amount >= LIMIT:
        raise ActionRefused(_("The amount is too large. The account would be %(limit)s or more in credit.")
                            % {"limit": f"{LIMIT:,}"})  # fmt: skip
    found = [] if accepted is None else payment_checks.doubts_about(account, amount, received_on)
    if any(doubt.key not in (accepted or ()) for doubt in found):
        raise payment_checks.PaymentInDoubt(found)
    row = _post(account, Kind.PAYMENT, -amount.amount, on=received_on, by=by, note=note)
    payment = Payment.objects.create(
        account=account,
        row=row,
        method=method,
        received_on=received_on,
        idempotency_key=idempotency_key or None,
    )
    answers = signals.payment_recorded.send(sender=Payment, payment=payment)
    signals.payment_settled.send(sender=Payment, payment=payment)
    if send_receipt:
        telling.tell(payment, [answer for _receiver, answer in answers if answer is not None])
    return payment


def _same_payment(earlier: Payment, account: Account, amount: Money) -> Payment:
    same = earlier.account_id == account.pk and earlier.row.amount.amount == -amount.amount
    if not same or str(amount.currency) != account.currency:
        raise ActionRefused(_("This form has already recorded another payment. Open the account and start again."))
    if PaymentReversal.objects.filter(payment=earlier).exists():
        raise ActionRefused(
            _("The payment that this form recorded has been reversed. Open the account and start again.")
        )
    return earlier


@transaction.atomic
def reverse_payment(
    *,
    payment: Payment,
    reason: str,
    by: "User | None" = None,
    hold_until: datetime | None = None,
    message: str = "",
) -> PaymentReversal:
    """Reverse a payment that was recorded by mistake: cancel its receipt, reopen its invoice, tell the payer.

    `reason` is for colleagues, `message` is for the payer. A place that is no longer paid for is held until
    `hold_until`, or as long as the receivers of `payment_reversed` decide.

    Raise ActionRefused if the payment is reversed already, no reason is given, `hold_until` has passed, no place is
    held that could end then, or an invoice becomes due and there is no issuer.
    """
    account = queries.locked(payment.account.pk)
    payment = Payment.objects.select_related("row").get(pk=payment.pk)
    payment.account = account
    if PaymentReversal.objects.filter(payment=payment).exists():
        raise ActionRefused(_("This payment has already been reversed."))
    if not (note := reason.strip()):
        raise ActionRefused(_("Enter the reason for reversing the payment."))
    row = _post(account, Kind.PAYMENT_REVERSAL, payment.received.amount, by=by, note=note[:300], reverses=payment.row)
    reversal = PaymentReversal.objects.create(payment=payment, row=row)
    answers = signals.payment_reversed.send(
        sender=Payment, payment=payment, reversal=reversal, hold_until=hold_until, by=by
    )
    told = [answer for _receiver, answer in answers if answer]
    signals.payment_reversal_told.send(sender=Payment, reversal=reversal, told=told, message=message)
    return reversal


@transaction.atomic
def list_refund(*, account: Account, amount: Money, reason: str, by: "User | None" = None) -> RefundDue:
    """List money to refund; staff record it once it is paid. `reason` is for colleagues.

    Raise ActionRefused if the amount is more than is in credit and not listed yet, not above zero, too precise or in
    another currency.
    """
    account = queries.locked(account.pk)
    _check_amount(account, amount)
    left = queries.credit(account) - queries.listed(account)
    if left < amount:
        raise ActionRefused(
            _("You can refund only what is in credit: %(amount)s on this account.")
            % {"amount": format_money(max(left, Money(0, account.currency)))}
        )
    refund = RefundDue.objects.create(account=account, amount=amount, reason=reason, listed_at=now())
    history.record(
        account,
        "forms_ext.ledger.list_refund",
        user=by,
        made=[refund],
        refund=refund.pk,
        amount=str(amount.amount),
        currency=account.currency,
    )
    return refund


def _lock_refund(refund: RefundDue) -> tuple[RefundDue, Account]:
    account = queries.locked(refund.account.pk)
    refund = RefundDue.objects.select_for_update().get(pk=refund.pk)
    if refund.settled_by_row_id:
        raise ActionRefused(_("This refund is already recorded as paid."))
    if refund.withdrawn_at:
        raise ActionRefused(_("This refund has been removed from the list."))
    return refund, account


@transaction.atomic
def record_refund(*, refund: RefundDue, paid_on: date, by: "User | None" = None, message: str = "") -> AccountRow:
    """Record that a listed refund was paid, and email the payer, with `message` added.

    Raise ActionRefused if it is paid or withdrawn already, `paid_on` is in the future, or the amount is no longer in
    credit.
    """
    refund, account = _lock_refund(refund)
    if paid_on > queries.latest_day():
        raise ActionRefused(_("The date of the refund cannot be in the future."))
    if queries.credit(account) < refund.amount:
        raise ActionRefused(_("This account does not have that much in credit. The payer would owe it again."))
    row = _post(account, Kind.REFUND, refund.amount.amount, on=paid_on, by=by, note=refund.reason[:300],
                settles=refund)  # fmt: skip
    emails.send_refund_made(refund, account, message)
    return row


@transaction.atomic
def withdraw_refund(*, refund: RefundDue, by: "User | None" = None, reason: str = "") -> RefundDue:
    """Take an unpaid refund off the list because it is not due after all. `reason` is for colleagues.

    Raise ActionRefused if it is paid or withdrawn already.
    """
    refund, account = _lock_refund(refund)
    refund.withdrawn_at, refund.withdrawn_reason = now(), reason.strip()[:300]
    refund.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    history.record(
        account,
        "forms_ext.ledger.withdraw_refund",
        user=by,
        changed={refund: ("withdrawn_at", "withdrawn_reason")},
        refund=refund.pk,
        amount=str(refund.amount.amount),
        currency=account.currency,
    )
    return refund


@transaction.atomic
def list_rebate(*, account: Account, amount: Money, by: "User | None" = None) -> RebateDue:
    """List a rebate for the payer, once for each account; a second call returns the same one.

    Raise ActionRefused if the amount is not above zero, too large or in another currency.
    """
    account = queries.locked(account.pk)
    if earlier := RebateDue.objects.filter(account=account).first():
        return earlier
    amount = round_minor(amount)
    _check_amount(account, amount)
    rebate = RebateDue.objects.create(account=account, amount=amount, listed_at=now())
    history.record(
        account,
        "forms_ext.ledger.list_rebate",
        user=by,
        made=[rebate],
        rebate=rebate.pk,
        amount=str(amount.amount),
        currency=account.currency,
    )
    return rebate


def list_rebates(*, program: Program, by: "User | None" = None) -> list[RebateDue]:
    """List every rebate that is due in `program` now: it has begun, the fee is paid, the country has a rebate.

    Raise ActionRefused as `list_rebate` does.
    """
    percentage = program.page.rebate_percentage
    candidates: Iterable[Account] = queries.rebate_candidates(program)
    return [
        list_rebate(account=account, amount=queries.rebate_amount(queries.fee(account), percentage), by=by)
        for account in candidates
    ]


@transaction.atomic
def record_rebate_paid(*, rebate: RebateDue, paid_on: date, by: "User | None" = None, message: str = "") -> AccountRow:
    """Record that a rebate was paid, and email the payer, with `message` added. It makes two entries: granted, paid.

    Raise ActionRefused if it is paid already, `paid_on` is in the future, or the fee is no longer paid in full or has
    been reversed.
    """
    account = queries.locked(rebate.account.pk)
    rebate = RebateDue.objects.select_for_update().get(pk=rebate.pk)
    if rebate.paid_row_id:
        raise ActionRefused(_("This rebate is already recorded as paid."))
    if paid_on > queries.latest_day():
        raise ActionRefused(_("The date of the rebate cannot be in the future."))
    if queries.balance(account).amount > 0:
        raise ActionRefused(_("The fee is no longer paid in full, so the rebate is not due."))
    if queries.fee(account).amount <= 0:
        raise ActionRefused(_("The fee has been reversed, so the rebate is not due."))
    _post(account, Kind.REBATE, -rebate.amount.amount, on=paid_on, by=by)
    row = _post(account, Kind.REBATE_PAID, rebate.amount.amount, on=paid_on, by=by, settles=rebate)
    emails.send_rebate_paid(rebate, account, message)
    return row
