"""The emails of `registration`: what each says, with which fields."""

from django.utils.translation import gettext_lazy as _

from ...mail import email_types
from ...mail.email_types import (
    COMMON,
    GREETING,
    HOW_TO_PAY,
    PRIVATE_LINK,
    STAFF_MESSAGE,
    TOLD,
    TRANSFER,
    Fields,
    define,
    paragraph,
)

REFERENCE: Fields = {"reference": (_("Reference of the registration"), "M-2024-0007")}
MEMBER: Fields = {**COMMON, **REFERENCE, "link": (_("Link to the private page"), "")}
DEPOSIT: Fields = {
    **TRANSFER,
    "deposit": (_("What is left to pay of the deposit, with its currency"), "100 USD"),
    "paid_part": (_("What has been paid of the deposit, in a sentence, or empty"), ""),
    "payment_reference": (_("Reference for the transfer"), "PAY-2024-0007"),
    "held_until": (_("When the hold expires"), "the end of Friday 2 February 2024, Pacific time"),
    "by_day": (_("By which day to pay, in short"), "by Friday 2 February"),
}
NOTE: Fields = {"policy_note": (_("Note that the cancellation deadline has passed, or empty"), "")}
SESSIONS = "Session 1: Wednesday 7 February 2024, 4:00 - 7:00 pm, Pacific Time\nhttps://meet.example/one"
CHANGES = (
    "Moved: Session 1\nNow: Thursday 8 February 2024, 4:00 - 7:00 pm, Pacific Time\n"
    "Before: Wednesday 7 February 2024, 4:00 - 7:00 pm, Pacific Time\nJoin: https://meet.example/one"
)
MONEY = _("One sentence on what happens to the money")
BALANCE: Fields = {
    "balance": (_("What is left to pay, in a sentence"), "You still have 1,897 USD to pay on invoice CF-00012.")
}

PAID_PART = paragraph("{paid_part}")
PAY_BY = paragraph(
    _("To secure your place, pay {deposit} by {held_until}."),
    strong=("deposit", "held_until"),
)
RECEIPT_NOTE = paragraph("{receipt_note}")
RECEIPT: Fields = {
    "receipt_note": (
        _("Number of the receipt, in a sentence, or empty"),
        "Your receipt number is R-2024-0003. Keep it for your records.",
    )
}
PAID_ALREADY = paragraph(_("If you have already paid, you do not need to do anything."))
POLICY_NOTE = paragraph("{policy_note}")
NOT_ASKED = paragraph(_("If you did not ask for this, you can ignore this email."))
TRANSFER_PARTS = (
    *HOW_TO_PAY,
    paragraph(_("Include this reference with your transfer: {payment_reference}"), strong=("payment_reference",)),
)

REGISTERED_HOLD = define(
    "registered_hold",
    _("Registered, place held"),
    _("A place is held for you: {program}"),
    [
        GREETING,
        paragraph(_("Thank you for registering for {program}. We are holding a place for you.")),
        PAY_BY,
        POLICY_NOTE,
        *TRANSFER_PARTS,
        PRIVATE_LINK,
    ],
    MEMBER,
    DEPOSIT,
    NOTE,
)
REGISTERED_WAITING = define(
    "registered_waiting",
    _("Registered, in the queue"),
    _("You are in the queue for a place: {program}"),
    [
        GREETING,
        paragraph(_("All places are taken. You are number {place} in the queue."), strong=("place",)),
        paragraph(
            _(
                "We have saved your registration. We will email you when it is your turn for a place. "
                "Do not pay before then."
            )
        ),
        PRIVATE_LINK,
    ],
    MEMBER,
    {"place": (_("Number in the queue"), "1")},
)
PLACE_OFFERED = define(
    "place_offered",
    _("Place available"),
    _("A place is available for you: {program}"),
    [
        GREETING,
        paragraph(_("A place in {program} is available, and we are holding it for you.")),
        PAY_BY,
        POLICY_NOTE,
        *TRANSFER_PARTS,
        PRIVATE_LINK,
    ],
    MEMBER,
    DEPOSIT,
    NOTE,
)
HOLD_ENDING = define(
    "hold_ending",
    _("Reminder that a hold expires soon"),
    _("Reminder to pay your deposit {by_day}: {program}"),
    [
        GREETING,
        PAID_PART,
        paragraph(
            _("Pay your deposit by {held_until}: {deposit}. Otherwise your place in {program} will be released."),
            strong=("deposit", "held_until"),
        ),
        PAID_ALREADY,
        *TRANSFER_PARTS,
        PRIVATE_LINK,
    ],
    MEMBER,
    DEPOSIT,
)
HOLD_MOVED = define(
    "hold_moved",
    _("Hold changed"),
    _("Your deposit is now due {by_day}: {program}"),
    [
        GREETING,
        paragraph(_("We are now holding your place in {program} until {held_until}.")),
        STAFF_MESSAGE,
        PAID_PART,
        PAY_BY,
        PAID_ALREADY,
        *TRANSFER_PARTS,
        PRIVATE_LINK,
    ],
    MEMBER,
    DEPOSIT,
    TOLD,
)
HOLD_ENDED = define(
    "hold_ended",
    _("Hold expired without payment"),
    _("Your place has been released: {program}"),
    [
        GREETING,
        paragraph(
            _("We did not receive the whole deposit for {program} in time, so your place has been released."),
            "{money}",
        ),
        paragraph("{late}"),
        PRIVATE_LINK,
    ],
    MEMBER,
    {
        "money": (MONEY, "You have nothing to pay."),
        "late": (
            _("What happens to money that arrives late, in a sentence, or empty"),
            "If money is still on its way, we will give you a place if one is free, or refund it.",
        ),
    },
)
PLACE_CONFIRMED = define(
    "place_confirmed",
    _("Place secured"),
    _("Your place is secured: {program}"),
    [
        GREETING,
        paragraph("{received}"),
        paragraph(_("You are now a member of {program}.")),
        paragraph("{what_follows}", "{sessions}"),
        paragraph("{balance}"),
        RECEIPT_NOTE,
        PRIVATE_LINK,
    ],
    MEMBER,
    RECEIPT,
    BALANCE,
    {
        "received": (
            _("The payment of the deposit, in a sentence, or empty"),
            "We received your payment of 100 USD on 29 January 2024. Your deposit is paid.",
        ),
        "what_follows": (_("What happens next"), "We will email you once enough people have joined."),
        "sessions": (_("Sessions with their join links, once the program is confirmed"), ""),
    },
    link_fields=("sessions",),
)
PROGRAM_CONFIRMED = define(
    "program_confirmed",
    _("Program is going ahead"),
    _("Going ahead: {program}"),
    [
        GREETING,
        paragraph(_("{program} is going ahead. Add these sessions to your calendar.")),
        paragraph(_("The sessions, in your time zone:"), "{sessions}"),
        paragraph("{balance}"),
        PRIVATE_LINK,
    ],
    MEMBER,
    BALANCE,
    {"sessions": (_("Sessions with their join links"), SESSIONS)},
    link_fields=("sessions",),
)
CANCELLED = define(
    "cancelled",
    _("Registration cancelled"),
    _("Your registration is cancelled: {program}"),
    [
        GREETING,
        paragraph(_("Your registration for {program} is cancelled.")),
        paragraph("{money}"),
        STAFF_MESSAGE,
        PRIVATE_LINK,
    ],
    MEMBER,
    TOLD,
    {"money": (MONEY, "We will refund you 100 USD and email you when it is on its way.")},
)
LATE_DEPOSIT = define(
    "late_deposit",
    _("Payment too late: refunded"),
    _("We will refund your {amount}: {program}"),
    [
        GREETING,
        paragraph("{why}"),
        paragraph(_("We will refund {amount} and email you when it is on its way."), strong=("amount",)),
        RECEIPT_NOTE,
        PRIVATE_LINK,
    ],
    MEMBER,
    RECEIPT,
    {
        "amount": (_("Amount to be refunded"), "100 USD"),
        "why": (
            _("Why the payment gives no place, in a sentence"),
            "We recorded your payment of 100 USD after your place had been released, and no place is free.",
        ),
    },
)
CALLED_OFF = define(
    "called_off",
    _("Program cancelled (to registered people)"),
    _("Cancelled: {program}"),
    [
        GREETING,
        paragraph(_("We are sorry: {program} is cancelled. Your registration is closed.")),
        paragraph("{money}"),
        STAFF_MESSAGE,
        PRIVATE_LINK,
    ],
    MEMBER,
    TOLD,
    {"money": (MONEY, "We will refund you 100 USD and email you when it is on its way.")},
)
CALLED_OFF_APPLICANT = define(
    "called_off_applicant",
    _("Program cancelled (to applicants)"),
    _("Cancelled, your application is closed: {program}"),
    [
        GREETING,
        paragraph(_("We are sorry: {program} is cancelled. Your application {reference} is closed.")),
        paragraph(_("You do not need to do anything.")),
        STAFF_MESSAGE,
    ],
    COMMON,
    TOLD,
    {"reference": (_("Reference of the application"), "A-2024-0007")},
)
MEMBER_PAGE = define(
    "member_page",
    _("New private page link"),
    _("New link to your private page: {program}"),
    [
        GREETING,
        paragraph(_("Your private page for {program} has a new link. The old one no longer works.")),
        PRIVATE_LINK,
    ],
    MEMBER,
)
PRIVATE_PAGE_AGAIN = define(
    "private_page_again",
    _("Private page link, as asked for"),
    _("The link to your private page: {program}"),
    [
        GREETING,
        paragraph(_("As you asked, here is the link to your private page for {program}.")),
        PRIVATE_LINK,
        NOT_ASKED,
    ],
    MEMBER,
)
NO_LINK = define(
    "no_link",
    _("No invitation link any more"),
    _("There is no invitation link for you any more: {program}"),
    [
        GREETING,
        paragraph(_("You asked for your invitation link for {program}. It can no longer be used.")),
        paragraph("{why}"),
        paragraph(_("If you have questions, reply to this email and mention your reference: {reference}.")),
        NOT_ASKED,
    ],
    COMMON,
    {
        "reference": (_("Reference of the application"), "A-2024-0007"),
        "why": (_("Why there is no link, in one sentence"), "This program is cancelled."),
    },
)
SESSIONS_CHANGED = define(
    "sessions_changed",
    _("Sessions changed"),
    "{what}: {program}",
    [
        GREETING,
        paragraph(_("Your sessions of {program} have changed. All times are in your time zone:"), "{changes}"),
        paragraph("{calendar}"),
        PRIVATE_LINK,
    ],
    MEMBER,
    {
        "what": (_("What has changed, in a few words"), "Session 1 has moved"),
        "changes": (_("The changed sessions, with their links"), CHANGES),
        "calendar": (_("Note on the attached calendar entries, or empty"), ""),
    },
    link_fields=("changes",),
)
ALL = [
    REGISTERED_HOLD,
    REGISTERED_WAITING,
    PLACE_OFFERED,
    HOLD_ENDING,
    HOLD_MOVED,
    HOLD_ENDED,
    PLACE_CONFIRMED,
    PROGRAM_CONFIRMED,
    CANCELLED,
    LATE_DEPOSIT,
    CALLED_OFF,
    CALLED_OFF_APPLICANT,
    MEMBER_PAGE,
    PRIVATE_PAGE_AGAIN,
    NO_LINK,
    SESSIONS_CHANGED,
]


def register() -> None:
    """Declare the types of email."""
    for kind in ALL:
        email_types.register(kind)
