"""The mails of `applications`."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _

from cop_program import journey
from cop_program.translations import title_of

from ..mail import actions as mail
from ..mail import email_types
from ..mail.email_types import COMMON, define
from ..mail.previews import People
from .models import Application

RECEIVED = define(
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
LETTER = define(
    "message_to_facilitator",
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
    """Declare the kinds of mail."""
    email_types.register(RECEIVED)
    email_types.register(LETTER)


CONFIRMED = "application_received"


def receipt_fields(application: Application) -> dict[str, str]:
    """Return what the mail says that confirms the receipt of `application`."""
    page, language = application.program.page, application.language
    deadline = page.deadline("application")
    return {
        "name": application.name,
        "program": title_of(application.program, language),
        "reference": application.reference,
        "deadline": deadline.sentence(language, application.time_zone or None) if deadline else "",
        "way": journey.step_line(application.program, "answer", language),
    }


def send_receipt(application: Application) -> None:
    """Write the mail that says that an application has arrived; it repeats no free text."""
    mail.send(
        kind=CONFIRMED,
        to=application.email,
        to_name=application.name,
        fields=receipt_fields(application),
        scope=f"program:{application.program_id}",
        language=application.language,
        about=f"application:{application.pk}",
    )


def applicants(read: Callable[[str, Application], Mapping[str, str]]) -> People:
    """Return the applicants, whose values `read` returns; for who may read applications."""
    return People(Application, "review", label=lambda row: f"{row.name}, {row.reference}", read=read)


def receipt_values(kind: str, application: Application) -> dict[str, str]:
    """Return what the mail says that confirms the receipt of `application`."""
    return receipt_fields(application)
