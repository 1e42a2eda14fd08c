"""The mails of the room."""

from django.utils.translation import gettext_lazy as _

from ..mail import kinds
from ..mail.kinds import COMMON, declared

RECEIVED = declared(
    "application_received",
    _("Application received"),
    _("We have your application {reference}: {program}"),
    _(
        "<p>Dear {name},</p>"
        "<p>Your application to <strong>{program}</strong> has arrived. There is nothing to do now: "
        "we read it and write to you with our answer.</p>"
        "<p>This is no acceptance yet. Applications are open {deadline}. "
        "Your reference is <strong>{reference}</strong>; name it if you write to us.</p>"
    ),
    COMMON,
    {
        "reference": (_("Reference of the application"), "A-2024-0007"),
        "deadline": (_("Until when people can apply"), "until the end of Tuesday 23 January 2024, Pacific time"),
    },
)
LETTER = declared(
    "letter_to_facilitator",
    _("Letter to a facilitator"),
    _("A letter from {name} through the web site"),
    _(
        "<p>Dear {facilitator},</p><p>{name} ({email}) writes:</p><p>{message}</p>"
        "<p>Answer this mail to write back to {name}.</p>"
    ),
    {
        "facilitator": (_("Name of the facilitator"), "Evan Miller"),
        "name": (_("Name of the sender"), "Ada Sample"),
        "email": (_("Email address of the sender"), "ada@example.org"),
        "message": (_("What the sender wrote"), "Does the program fit a board of volunteers?"),
    },
    to_colleagues=True,
)


def register() -> None:
    """Declare the mails to the mail room."""
    kinds.register(RECEIVED)
    kinds.register(LETTER)
