"""The mails of `registration`: what each says, with which fields."""

from django.utils.translation import gettext_lazy as _

from ...mail import email_types
from ...mail.email_types import COMMON, TOLD, TRANSFER, Fields, define

REFERENCE: Fields = {"reference": (_("Reference of the registration"), "M-2024-0007")}
MEMBER: Fields = {**COMMON, **REFERENCE, "link": (_("Address of the private page"), "")}
DEPOSIT: Fields = {
    **TRANSFER,
    "deposit": (_("Deposit, with its currency"), "100 USD"),
    "payment_reference": (_("What to write on the transfer"), "PAY-2024-0007"),
    "held_until": (_("Until when the place is held"), "the end of Friday 2 February 2024, Pacific time"),
}
NOTE: Fields = {"policy_note": (_("Says that the cancellation deadline has passed, where it has"), "")}
SESSION: Fields = {
    "session": (_("Title of the session"), "Session 1"),
    "when": (_("When it is"), "Wednesday 7 February 2024, 4:00 - 7:00 pm, Pacific Time"),
    "session_link": (_("The link"), "https://meet.example/one"),
}
SESSIONS = "Session 1: Wednesday 7 February 2024, 4:00 - 7:00 pm, Pacific Time\nhttps://meet.example/one"
MONEY = _("What becomes of the money, in a sentence")

REGISTERED_HOLD = define(
    "registered_hold",
    _("Registered: a place is held"),
    _("A place is held for you: {program}"),
    _(
        "<p>Pay the deposit of <strong>{deposit}</strong> by <strong>{held_until}</strong>: until then a place is "
        "held for you.</p>"
        "<p>Dear {name},</p><p>Thank you for registering for {program}. The place is yours once the deposit is here. "
        "{policy_note}</p>"
        "<h3>How to pay</h3><p>{bank_details}</p>"
        "<p>Write this reference on the transfer: <strong>{payment_reference}</strong></p>"
        "<p>Your private page shows where things stand:</p><p>{link}</p>"
    ),
    MEMBER,
    DEPOSIT,
    NOTE,
)
REGISTERED_WAITING = define(
    "registered_waiting",
    _("Registered: in the queue"),
    _("You are in the queue for a place: {program}"),
    _(
        "<p>All places are taken. You are number <strong>{place}</strong> in the queue, and need not do anything.</p>"
        "<p>Dear {name},</p><p>We have kept everything you wrote. A place that comes free goes to the first in the "
        "queue, and we tell you at once. Do not pay anything before.</p>"
        "<p>Your private page shows where you stand:</p><p>{link}</p>"
    ),
    MEMBER,
    {"place": (_("Place in the queue"), "1")},
)
PLACE_OFFERED = define(
    "place_offered",
    _("A place has come free"),
    _("A place has come free for you: {program}"),
    _(
        "<p>Pay the deposit of <strong>{deposit}</strong> by <strong>{held_until}</strong>: a place has come free, and "
        "is held for you until then.</p><p>Dear {name},</p><p>You were the first in the queue. {policy_note}</p>"
        "<h3>How to pay</h3><p>{bank_details}</p>"
        "<p>Write this reference on the transfer: <strong>{payment_reference}</strong></p>"
        "<p>Your private page shows where things stand:</p><p>{link}</p>"
    ),
    MEMBER,
    DEPOSIT,
    NOTE,
)
HOLD_ENDING = define(
    "hold_ending",
    _("Reminder: a hold ends soon"),
    _("Your place is held until {held_until}: {program}"),
    _(
        "<p>Pay the deposit of <strong>{deposit}</strong> by <strong>{held_until}</strong>, or the place goes to "
        "somebody else.</p><p>Dear {name},</p><p>If you have sent it already, you need not do anything.</p>"
        "<h3>How to pay</h3><p>{bank_details}</p>"
        "<p>Write this reference on the transfer: <strong>{payment_reference}</strong></p><p>{link}</p>"
    ),
    MEMBER,
    DEPOSIT,
)
HOLD_MOVED = define(
    "hold_moved",
    _("A hold has a new end"),
    _("Your place is now held until {held_until}: {program}"),
    _(
        "<p>Pay the deposit of <strong>{deposit}</strong> by <strong>{held_until}</strong>: your place is now held for "
        "you until then.</p><p>Dear {name},</p><p>{message}</p>"
        "<p>If you have sent it already, you need not do anything.</p>"
        "<h3>How to pay</h3><p>{bank_details}</p>"
        "<p>Write this reference on the transfer: <strong>{payment_reference}</strong></p><p>{link}</p>"
    ),
    MEMBER,
    DEPOSIT,
    TOLD,
)
HOLD_ENDED = define(
    "hold_ended",
    _("A hold has ended unpaid"),
    _("Your place is no longer held: {program}"),
    _(
        "<p>Dear {name},</p><p>The deposit for {program} has not reached us in time, and your place is free again. "
        "You owe nothing.</p><p>If you sent it and it arrives late, you get a place where one is still free; "
        "else we give it back.</p><p>{link}</p>"
    ),
    MEMBER,
)
PLACE_CONFIRMED = define(
    "place_confirmed",
    _("The deposit is here: the place is kept"),
    _("Your place is yours: {program}"),
    _(
        "<p>Dear {name},</p><p>Your deposit is here: you are a member of {program}.</p>"
        "<p>{what_follows}<br>{sessions}</p><p>Your private page:</p><p>{link}</p>"
    ),
    MEMBER,
    {
        "what_follows": (
            _("What happens next"),
            "We write to you as soon as we know that enough people take part.",
        ),
        "sessions": (_("The sessions with their join links, once confirmed"), ""),
    },
    link_fields=("sessions",),
)
PROGRAM_CONFIRMED = define(
    "program_confirmed",
    _("The program takes place"),
    _("It takes place: {program}"),
    _(
        "<p>Put these sessions into your calendar: {program} takes place.</p><p>Dear {name},</p>"
        "<p>The sessions, in your time:<br>{sessions}</p>"
        "<p>The invoice for the balance comes in a mail of its own. Your private page:</p><p>{link}</p>"
    ),
    MEMBER,
    {"sessions": (_("The sessions with their join links"), SESSIONS)},
    link_fields=("sessions",),
)
CANCELLED = define(
    "cancelled",
    _("Registration cancelled"),
    _("Your registration is cancelled: {program}"),
    _("<p>Dear {name},</p><p>Your registration for {program} is cancelled. {money}</p><p>{message}</p><p>{link}</p>"),
    MEMBER,
    TOLD,
    {"money": (MONEY, "We give 100 USD back to you; a mail tells you when it is on its way.")},
)
LATE_DEPOSIT = define(
    "late_deposit",
    _("Money that came too late for a place"),
    _("We give your {amount} back: {program}"),
    _(
        "<p>Dear {name},</p><p>Your payment of {amount} for {program} came after your place was given up, and no "
        "place is free. We give it back; a mail tells you when it is on its way.</p><p>{link}</p>"
    ),
    MEMBER,
    {"amount": (_("Amount that is given back"), "100 USD")},
)
CALLED_OFF = define(
    "called_off",
    _("The program is called off (to registered people)"),
    _("It does not take place: {program}"),
    _(
        "<p>Dear {name},</p><p>We are sorry: {program} does not take place, and your registration is closed. "
        "{money}</p><p>{message}</p><p>{link}</p>"
    ),
    MEMBER,
    TOLD,
    {"money": (MONEY, "We give 100 USD back to you.")},
)
CALLED_OFF_APPLICANT = define(
    "called_off_applicant",
    _("The program is called off (to applicants)"),
    _("The program you applied for is called off: {program}"),
    _(
        "<p>Dear {name},</p><p>We are sorry: {program} does not take place. Your application {reference} is closed, "
        "and you need not do anything.</p><p>{message}</p>"
    ),
    COMMON,
    TOLD,
    {"reference": (_("Reference of the application"), "A-2024-0007")},
)
MEMBER_PAGE = define(
    "member_page",
    _("New address of the private page"),
    _("The new address of your private page: {program}"),
    _("<p>Dear {name},</p><p>Your private page has a new address; the old one no longer works.</p><p>{link}</p>"),
    MEMBER,
)
SESSION_JOIN_LINK = define(
    "session_join_link",
    _("A join link is new or changed"),
    _("Join link of {session}: {program}"),
    _(
        "<p>Dear {name},</p><p>Join {session} of {program} with this link: {session_link}</p><p>{when}</p>"
        "<p>A link that you had before no longer counts. Your private page:</p><p>{link}</p>"
    ),
    MEMBER,
    SESSION,
    link_fields=("session_link",),
)
SESSION_RECORDING = define(
    "session_recording",
    _("A recording is new or changed"),
    _("Recording of {session}: {program}"),
    _(
        "<p>Dear {name},</p><p>The recording of {session} of {program} is here: {session_link}</p>"
        "<p>Your private page holds it, too:</p><p>{link}</p>"
    ),
    MEMBER,
    SESSION,
    link_fields=("session_link",),
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
    SESSION_JOIN_LINK,
    SESSION_RECORDING,
]


def register() -> None:
    """Declare the kinds of mail."""
    for kind in ALL:
        email_types.register(kind)
