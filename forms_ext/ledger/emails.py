"""The emails about refunds and rebates paid."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from djmoney.money import Money

from cop_program import formatting
from cop_program.translations import title_of

from ..base import recipients
from ..base.money import format_money
from ..base.references import reference_to
from ..mail.actions import Attachment, send
from ..mail.email_types import COMMON, GREETING, PRIVATE_LINK, STAFF_MESSAGE, TOLD, Fields, define, paragraph
from . import queries
from .models import Account, AccountRow, RebateDue, RefundDue

FIELDS: Fields = {
    **COMMON,
    "link": (_("Link to the private page"), ""),
    "amount": (_("Amount, with its currency"), "1,897 USD"),
    "issuer": (_("Name of the issuer"), "Circle Forward"),
}


FEW_DAYS = paragraph(_("It may take a few days to reach your account."))
ISSUER = paragraph("{issuer}")

REFUND_MADE = define(
    "refund_made",
    _("Refund paid"),
    _("Refund of {amount} is on its way: {program}"),
    [
        GREETING,
        paragraph(_("We refunded {amount} for {program} on {paid}."), strong=("amount",)),
        STAFF_MESSAGE,
        FEW_DAYS,
        PRIVATE_LINK,
        ISSUER,
    ],
    FIELDS,
    {
        "amount": (_("Amount, with its currency"), "100 USD"),
        "paid": (_("Date of the refund"), "2 February 2024"),
    },
    TOLD,
)


REBATE_PAID = define(
    "rebate_paid",
    _("Rebate paid"),
    _("Rebate of {amount} is on its way: {program}"),
    [
        GREETING,
        paragraph(_("We paid your rebate of {amount} for {program} on {paid}."), strong=("amount",)),
        STAFF_MESSAGE,
        FEW_DAYS,
        PRIVATE_LINK,
        ISSUER,
    ],
    FIELDS,
    {
        "amount": (_("Amount, with its currency"), "499.25 USD"),
        "paid": (_("Date on which it was paid"), "1 March 2024"),
    },
    TOLD,
)


def send_to_payer(
    *,
    kind: str,
    account: Account,
    about: str,
    amount: Money,
    fields: Mapping[str, str],
    issuer: Mapping[str, str],
    attachments: Sequence[Attachment] = (),
    last_moment: datetime | None = None,
) -> None:
    person = recipients.find(reference_to(account))
    send(
        kind=kind,
        to=account.payer_email,
        to_name=person.name if person else account.payer_name,
        secrets={"link": person.private_url if person else ""},
        fields={
            "name": person.name if person else account.payer_name,
            "program": title_of(account.program, account.language),
            "amount": format_money(amount, account.language),
            "issuer": issuer.get("name", ""),
            **fields,
        },
        scope=account.program.scope,
        language=account.language,
        about=about,
        reply_to=issuer.get("email", ""),
        attachments=attachments,
        last_moment=last_moment,
    )


def issuer_values(account: Account) -> dict[str, str]:
    issuer = queries.issuer_for(account.program)
    return {"name": issuer.name, "email": issuer.email} if issuer else {}


def send_refund_made(refund: RefundDue, account: Account, message: str) -> None:
    """Tell the payer that a refund was paid out, and what staff write about it."""
    _send_paid_out("refund_made", refund, refund.settled_by_row, account, message)


def send_rebate_paid(rebate: RebateDue, account: Account, message: str) -> None:
    """Tell the payer that a rebate was paid out, and what staff write about it."""
    _send_paid_out("rebate_paid", rebate, rebate.paid_row, account, message)


def _send_paid_out(
    kind: str, due: RefundDue | RebateDue, row: AccountRow | None, account: Account, message: str
) -> None:
    assert row is not None
    send_to_payer(
        kind=kind,
        account=account,
        about=reference_to(account),
        amount=due.amount,
        fields={"paid": formatting.date_text(row.effective_on, account.language), "message": message.strip()},
        issuer=issuer_values(account),
    )
