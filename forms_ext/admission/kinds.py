"""The mails of a decision: what each says, with which fields."""

from django.utils.translation import gettext_lazy as _

from ..mail import kinds
from ..mail.kinds import COMMON, TOLD, Fields, declared

FIELDS: Fields = {**COMMON, "reference": (_("Reference of the application"), "A-2024-0007")}
LINK: Fields = {
    "link_ends": (_("Until when the personal link is valid"), "the end of Tuesday 30 January 2024, Pacific time"),
    "policy_note": (_("Says that the cancellation deadline has passed, where it has"), ""),
    "link": (_("Personal link to the registration form"), ""),
}

ACCEPTED = declared(
    "accepted",
    _("Application accepted"),
    _("You are accepted: {program}"),
    _(
        "<p>Register by <strong>{link_ends}</strong> to take your place in {program}.</p>"
        "<p>Dear {name},</p>"
        "<p>We have read your application and are glad to accept you. Places go to those who register and pay the "
        "deposit; the form shows what it is and how to pay.</p>"
        "<p>{message}</p><p>{link}</p>"
        "<p>The link is yours alone: do not pass it on. {policy_note}</p>"
    ),
    FIELDS,
    LINK,
    TOLD,
    button=_("Register"),
)
LINK_AGAIN = declared(
    "link_again",
    _("Personal link sent again"),
    _("Your new link to register: {program}"),
    _(
        "<p>Register by <strong>{link_ends}</strong> with this new link; the one before it no longer works.</p>"
        "<p>Dear {name},</p>"
        "<p>Here is your new personal link to the registration form of {program}.</p>"
        "<p>{link}</p>"
        "<p>The link is yours alone: do not pass it on. {policy_note}</p>"
    ),
    FIELDS,
    LINK,
    button=_("Register"),
)
DECLINED = declared(
    "declined",
    _("Application declined"),
    _("We cannot offer you a place: {program}"),
    _(
        "<p>Dear {name},</p>"
        "<p>Thank you for applying to {program}. We cannot offer you a place this time. You need not do anything.</p>"
        "<p>{message}</p>"
        "<p>Your application has the reference {reference}, if you write to us about it.</p>"
    ),
    FIELDS,
    TOLD,
)
WAITLISTED = declared(
    "waitlisted",
    _("Application on the waiting list"),
    _("You are on the waiting list: {program}"),
    _(
        "<p>Dear {name},</p>"
        "<p>Your application to {program} is on the waiting list. You need not do anything: "
        "we write to you as soon as we can say more.</p>"
        "<p>{message}</p>"
        "<p>If you no longer wish to take part, answer this mail. Your reference is {reference}.</p>"
    ),
    FIELDS,
    TOLD,
)
WITHDRAWN = declared(
    "withdrawn_confirmation",
    _("Application withdrawn"),
    _("Your application is withdrawn: {program}"),
    _(
        "<p>Dear {name},</p>"
        "<p>Your application to {program}, reference {reference}, is withdrawn, as you wished. "
        "You need not do anything.</p>"
        "<p>{message}</p>"
    ),
    FIELDS,
    TOLD,
)


def register() -> None:
    """Declare the kinds to the mail room."""
    for kind in (ACCEPTED, LINK_AGAIN, DECLINED, WAITLISTED, WITHDRAWN):
        kinds.register(kind)
