"""The emails of `applications`."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _

from cop_program.translations import title_of

from ..base import dates, standing
from ..base.references import reference_to
from ..mail import actions as mail
from ..mail import email_types
from ..mail.email_types import COMMON, GREETING, define, paragraph
from ..mail.previews import People
from .models import Application

RECEIVED = define(
    "application_received",
    _("Application received"),
    _("Application {reference} received: {program}"),
    [
        GREETING,
        paragraph(_("We have received your application to {program}."), strong=("program",)),
        paragraph(_("You do not need to do anything. We will read it and email you our decision.")),
        paragraph(_("This is not an acceptance. Applications are open {deadline}.")),
        paragraph(
            _("Your reference is {reference}. Include it if you write to us."),
            strong=("reference",),
        ),
    ],
    COMMON,
    {
        "reference": (_("Reference of the application"), "A-2024-0007"),
        "deadline": (_("Until when people can apply"), "until the end of Tuesday 23 January 2024, Pacific time"),
    },
)
FACILITATOR_MESSAGE = define(
    "message_to_facilitator",
    _("Message to a facilitator"),
    _("Message from {name} through the website"),
    [
        paragraph(_("Dear {facilitator},")),
        paragraph(_("{name} ({email}) writes:")),
        paragraph("{message}"),
        paragraph(_("Reply to this email to answer {name}.")),
    ],
    {
        "facilitator": (_("Name of the facilitator"), "Evan Miller"),
        "name": (_("Name of the sender"), "Ada Sample"),
        "email": (_("Email address of the sender"), "ada@example.org"),
        "message": (_("Message from the sender"), "Is the program right for a board of volunteers?"),
    },
    to_colleagues=True,
)


def register() -> None:
    """Declare the types of email."""
    email_types.register(RECEIVED)
    email_types.register(FACILITATOR_MESSAGE)


CONFIRMED = "application_received"


def receipt_fields(application: Application) -> dict[str, str]:
    """Return what the email says that acknowledges `application`."""
    page, language = application.program.page, application.language
    deadline = page.deadline("application")
    return {
        "name": application.name,
        "program": title_of(application.program, language),
        "reference": application.reference,
        "deadline": deadline.sentence(language, dates.known_zone(application.time_zone)) if deadline else "",
        "way": standing.line(reference_to(application), language),
    }


def send_receipt(application: Application) -> None:
    """Send the email that says that an application was received. It repeats no free text."""
    mail.send(
        kind=CONFIRMED,
        to=application.email,
        to_name=application.name,
        fields=receipt_fields(application),
        scope=application.program.scope,
        language=application.language,
        about=reference_to(application),
    )


def applicants(read: Callable[[str, Application], Mapping[str, str]]) -> People:
    """Return the applicants, whose values `read` returns; for who may read applications."""
    return People(
        Application,
        "review",
        label=lambda row: f"{row.name}, {row.reference}",
        read=read,
        related=("program__page",),
        scopes={"program": "program_id"},
    )


def receipt_values(kind: str, application: Application) -> dict[str, str]:
    """Return what the email says that acknowledges `application`."""
    return receipt_fields(application)
