"""The mails of the room."""

from django.utils.translation import gettext_lazy as _

from ..mail import kinds
from ..mail.kinds import MailKind

RECEIVED = MailKind(
    name="application_received",
    label=_("Application received"),
    fields={
        "name": _("Name"),
        "program": _("Title of the program"),
        "reference": _("Reference of the application"),
        "deadline": _("Until when people can apply"),
        "way": _("Where this person is on the way"),
    },
    sample={
        "name": "Ada Sample",
        "program": "Nurturing Healthy Culture with Sociocracy",
        "reference": "A-2024-0007",
        "deadline": "until the end of Tuesday 23 January 2024, Pacific time",
        "way": "Step 2 of 7: Answer",
    },
    subject=_("We have your application {reference}: {program}"),
    body=_(
        "<p>Dear {name},</p>"
        "<p>Your application to <strong>{program}</strong> has arrived. There is nothing to do now: "
        "we read it and write to you with our answer.</p>"
        "<p>This is no acceptance yet. Applications are open {deadline}. "
        "Your reference is <strong>{reference}</strong>; name it if you write to us.</p>"
        "<p>{way}</p>"
    ),
    secret_fields=(),
)
LETTER = MailKind(
    name="letter_to_facilitator",
    label=_("Letter to a facilitator"),
    fields={
        "facilitator": _("Name of the facilitator"),
        "name": _("Name of the sender"),
        "email": _("Email address of the sender"),
        "message": _("What the sender wrote"),
    },
    sample={
        "facilitator": "Evan Miller",
        "name": "Ada Sample",
        "email": "ada@example.org",
        "message": "Does the program fit a board of volunteers?",
    },
    subject=_("A letter from {name} through the web site"),
    body=_(
        "<p>Dear {facilitator},</p><p>{name} ({email}) writes:</p><p>{message}</p>"
        "<p>Answer this mail to write back to {name}.</p>"
    ),
    secret_fields=(),
)


def register() -> None:
    """Declare the mails to the mail room."""
    kinds.register(RECEIVED)
    kinds.register(LETTER)
