"""The emails of `applications`."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cop_program.formatting import day_text
from cop_program.translations import title_of

from ..base import dates, standing
from ..base.references import reference_to
from ..mail import actions as mail
from ..mail import email_types
from ..mail.email_types import COMMON, GREETING, Fields, define, paragraph
from ..mail.previews import People
from . import queries
from .models import Application

NO_ACCEPTANCE = paragraph(_("This is not an acceptance."))
YOUR_REFERENCE = paragraph(_("Your reference is {reference}. Include it if you write to us."), strong=("reference",))
RECEIVED_FIELDS: Fields = {"reference": (_("Reference of the application"), "A-2024-0007")}

RECEIVED = define(
    "application_received",
    _("Application received"),
    _("Application {reference} received: {program}"),
    [
        GREETING,
        paragraph(_("We have received your application to {program}."), strong=("program",)),
        paragraph(_("You do not need to do anything. We will read it and email you our decision.")),
        NO_ACCEPTANCE,
        paragraph("{open_note}"),
        YOUR_REFERENCE,
    ],
    COMMON,
    RECEIVED_FIELDS,
    {
        "open_note": (
            _("Note until when people can apply, or empty"),
            "Applications are open until the end of Tuesday 23 January 2024, Pacific time.",
        ),
        "deadline": (_("Until when people can apply"), "until the end of Tuesday 23 January 2024, Pacific time"),
    },
)
REPEATED = define(
    "application_repeated",
    _("Application received from the same address"),
    _("You have already applied: {program} (another application, {reference})"),
    [
        GREETING,
        paragraph(_("We have received another application to {program} from this address."), strong=("program",)),
        paragraph(_("We already had {earlier}, sent on {earlier_sent}. We have kept both."), strong=("earlier",)),
        paragraph(
            _(
                "If you did not mean to apply twice, reply to this email and tell us which one to keep. Otherwise you "
                "do not need to do anything. We will read it and email you our decision."
            )
        ),
        NO_ACCEPTANCE,
        YOUR_REFERENCE,
    ],
    COMMON,
    RECEIVED_FIELDS,
    {
        "earlier": (_("Reference of the earlier application"), "A-2024-0003"),
        "earlier_sent": (_("Day on which the earlier application was sent"), "Tuesday 9 January 2024"),
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
    email_types.register(REPEATED)
    email_types.register(FACILITATOR_MESSAGE)


#: The types of email that acknowledge an application.
CONFIRMED = (RECEIVED.name, REPEATED.name)


def receipt_fields(application: Application, earlier: Application | None = None) -> dict[str, str]:
    """Return what the email says that acknowledges `application`; `earlier` came from the same address.

    Both take the same number of queries, so that the time of an answer does not tell whether there is an earlier one.
    """
    program, language = application.program, application.language
    fields = {
        "name": application.name,
        "program": title_of(program, language),
        "reference": application.reference,
        "way": standing.line(reference_to(application), language),
    }
    closed = queries.why_closed(program)
    if earlier:
        day = earlier.submitted_at.astimezone(ZoneInfo(program.page.home_zone)).date()
        return fields | {"earlier": earlier.reference, "earlier_sent": day_text(day, language)}
    deadline = program.page.deadline("application")
    until = deadline.sentence(language, dates.known_zone(application.time_zone)) if deadline else ""
    with translation.override(language):
        note = gettext("Applications are open %(deadline)s.") % {"deadline": until}
    return fields | {"deadline": until, "open_note": "" if closed else note}


def send_receipt(application: Application) -> None:
    """Send the email that says that an application was received, and that there is one already. No free text."""
    earlier = queries.earlier_open(application)
    mail.send(
        kind=(REPEATED if earlier else RECEIVED).name,
        to=application.email,
        to_name=application.name,
        fields=receipt_fields(application, earlier),
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
    """Return what the email of `kind` says that acknowledges `application`."""
    earlier = queries.earlier_open(application) if kind == REPEATED.name else None
    return receipt_fields(application, earlier)
