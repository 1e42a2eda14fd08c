"""The emails about a decision: what each says, with which fields."""

from dataclasses import replace
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cop_program import journey
from cop_program.translations import title_of

from ..applications.models import Application
from ..base import dates
from ..base.references import reference_to
from ..mail import actions as mail
from ..mail import email_types
from ..mail.email_types import COMMON, GREETING, PRIVATE_LINK, STAFF_MESSAGE, TOLD, Fields, define, paragraph
from ..mail.models import OutgoingMail
from ..mail.rendering import Rendered
from . import invitations, queries

FIELDS: Fields = {**COMMON, "reference": (_("Reference of the application"), "A-2024-0007")}
LINK_FIELDS: Fields = {
    "link_ends": (_("When the invitation link expires"), "the end of Tuesday 30 January 2024, Pacific time"),
    "policy_note": (_("Note that the cancellation deadline has passed, or empty"), ""),
    "link": (_("Invitation link to the registration form"), ""),
}
HOW_TO_REGISTER = paragraph(
    _("To get a place, register and pay the deposit. The form shows the amount and how to pay.")
)
FOR_YOU_ONLY = paragraph(_("This link is for you only. Do not share it."))
NOTHING_TO_DO = paragraph(_("You do not need to do anything."))

ACCEPTED = define(
    "accepted",
    _("Application accepted"),
    _("You have been accepted: {program}"),
    [
        GREETING,
        paragraph(_("We are happy to accept you for {program}. Register by {link_ends}."), strong=("link_ends",)),
        HOW_TO_REGISTER,
        paragraph("{policy_note}"),
        STAFF_MESSAGE,
        PRIVATE_LINK,
        FOR_YOU_ONLY,
    ],
    FIELDS,
    LINK_FIELDS,
    TOLD,
    button=_("Register"),
)
LINK_AGAIN = define(
    "link_again",
    _("New invitation link"),
    _("Your new invitation link: {program}"),
    [
        GREETING,
        paragraph(_("Here is your new invitation link for {program}. Register by {link_ends}."), strong=("link_ends",)),
        paragraph("{policy_note}"),
        PRIVATE_LINK,
        FOR_YOU_ONLY,
        paragraph(_("Any earlier link no longer works.")),
    ],
    FIELDS,
    LINK_FIELDS,
    button=_("Register"),
)
DECLINED = define(
    "declined",
    _("Application declined"),
    _("We cannot offer you a place: {program}"),
    [
        GREETING,
        paragraph(_("We are sorry, but we cannot offer you a place in {program} this time. Thank you for applying.")),
        NOTHING_TO_DO,
        STAFF_MESSAGE,
        paragraph(_("If you have questions about your application, mention its reference: {reference}.")),
    ],
    FIELDS,
    TOLD,
)
WAITLISTED = define(
    "waitlisted",
    _("Application waitlisted"),
    _("You are on the waiting list: {program}"),
    [
        GREETING,
        paragraph(_("Your application to {program} is on the waiting list.")),
        paragraph(_("You do not need to do anything. We will email you as soon as we have news.")),
        STAFF_MESSAGE,
        paragraph(_("If you no longer wish to take part, reply to this email. Your reference is {reference}.")),
    ],
    FIELDS,
    TOLD,
)
WITHDRAWN = define(
    "withdrawn_confirmation",
    _("Application withdrawn"),
    _("Your application has been withdrawn: {program}"),
    [
        GREETING,
        paragraph(_("As you asked, we have withdrawn your application {reference} to {program}.")),
        NOTHING_TO_DO,
        STAFF_MESSAGE,
    ],
    FIELDS,
    TOLD,
)

REOPENED = define(
    "application_reopened",
    _("Application reopened"),
    _("Your application is open again: {program}"),
    [
        GREETING,
        paragraph(_("We have reopened your application {reference} to {program}, which had been withdrawn.")),
        paragraph(_("You do not need to do anything. We will read it and email you our decision.")),
        STAFF_MESSAGE,
    ],
    FIELDS,
    TOLD,
)


def register() -> None:
    """Declare the email types."""
    for kind in (ACCEPTED, LINK_AGAIN, DECLINED, WAITLISTED, WITHDRAWN, REOPENED):
        email_types.register(kind)


LINK = "link"


State = Application.State


#: The type of email for each decision.
TYPES = {
    State.ACCEPTED: "accepted",
    State.DECLINED: "declined",
    State.WAITLISTED: "waitlisted",
    State.WITHDRAWN: "withdrawn_confirmation",
    State.SUBMITTED: "application_reopened",
    LINK: "link_again",
}


def field_values(
    application: Application, what: str, ends_at: datetime | None = None, message: str = ""
) -> dict[str, str]:
    """Return the values of a decision's email, in which staff tell the person `message`."""
    program, language = application.program, application.language
    values = {"name": application.name, "program": title_of(program, language), "reference": application.reference}
    values["message"] = message.strip()
    if what in (State.ACCEPTED, LINK):
        end = ends_at or invitations.natural_end(program)
        zone = dates.known_zone(application.time_zone)
        values["link_ends"] = dates.until(end, dates.link_zone(program), language, zone)
        values["policy_note"] = late_note(application)
        accepted = replace(queries.facts_of(application, end), is_accepted=True, has_left=False)
        values["way"] = journey.line(journey.standing(accepted), language)
    return values


def values_of(kind: str, application: Application) -> dict[str, str]:
    """Return the values that an email of `kind` would have for an applicant now."""
    what = next(what for what, name in TYPES.items() if name == kind)
    values = field_values(application, what, invitations.own_end(application) if what == LINK else None)
    del values["message"]  # nobody has written it yet: the sample is shown
    return values


def late_note(application: Application) -> str:
    """Return a sentence if the cancellation deadline has passed, otherwise an empty string."""
    if queries.gives_deposit_back(application.program):
        return ""
    with translation.override(application.language):
        return gettext("The cancellation deadline has passed. A deposit paid now is not refunded if you cancel.")


def send(
    application: Application, what: str, *, link: str = "", ends_at: datetime | None = None, message: str = ""
) -> OutgoingMail:
    """Put the email of a decision (a state) or of a new link (`LINK`) into the email log."""
    return mail.send(
        kind=TYPES[what],
        to=application.email,
        to_name=application.name,
        fields=field_values(application, what, ends_at, message),
        secrets={"link": link} if link else None,
        scope=application.program.scope,
        language=application.language,
        about=reference_to(application),
        last_moment=(ends_at or invitations.natural_end(application.program)) if link else None,
    )


def preview(application: Application, what: str, *, ends_at: datetime | None = None, message: str = "") -> Rendered:
    """Return the email as it would be sent, with its private link masked."""
    return mail.preview(
        kind=TYPES[what],
        fields=field_values(application, what, ends_at, message),
        scope=application.program.scope,
        language=application.language,
    )
