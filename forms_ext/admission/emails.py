"""The mails of a decision: what each says, with which fields."""

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
from ..mail.email_types import COMMON, TOLD, Fields, define
from ..mail.models import OutgoingMail
from ..mail.rendering import Rendered
from . import invitations, queries

FIELDS: Fields = {**COMMON, "reference": (_("Reference of the application"), "A-2024-0007")}
LINK_FIELDS: Fields = {
    "link_ends": (_("Until when the personal link is valid"), "the end of Tuesday 30 January 2024, Pacific time"),
    "policy_note": (_("Says that the cancellation deadline has passed, where it has"), ""),
    "link": (_("Personal link to the registration form"), ""),
}

ACCEPTED = define(
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
    LINK_FIELDS,
    TOLD,
    button=_("Register"),
)
LINK_AGAIN = define(
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
    LINK_FIELDS,
    button=_("Register"),
)
DECLINED = define(
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
WAITLISTED = define(
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
WITHDRAWN = define(
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
    """Declare the email types."""
    for kind in (ACCEPTED, LINK_AGAIN, DECLINED, WAITLISTED, WITHDRAWN):
        email_types.register(kind)


LINK = "link"


State = Application.State


#: The kind of mail of each decision.
TYPES = {
    State.ACCEPTED: "accepted",
    State.DECLINED: "declined",
    State.WAITLISTED: "waitlisted",
    State.WITHDRAWN: "withdrawn_confirmation",
    LINK: "link_again",
}


def field_values(
    application: Application, what: str, ends_at: datetime | None = None, message: str = ""
) -> dict[str, str]:
    """Return the values of a decision's mail, in which staff tell the person `message`."""
    program, language = application.program, application.language
    values = {"name": application.name, "program": title_of(program, language), "reference": application.reference}
    values["message"] = message.strip()
    if what in (State.ACCEPTED, LINK):
        end = ends_at or invitations.natural_end(program)
        values["link_ends"] = dates.until(end, dates.zone_of(program), language)
        values["policy_note"] = late_note(application)
        accepted = journey.Facts(is_accepted=True, link_ends=end, zone=dates.zone_of(program))
        values["way"] = journey.line(journey.standing(accepted), language)
    return values


def values_of(kind: str, application: Application) -> dict[str, str]:
    """Return the values that an email of `kind` would have for an applicant now."""
    what = next(what for what, name in TYPES.items() if name == kind)
    values = field_values(application, what, invitations.own_end(application) if what == LINK else None)
    del values["message"]  # nobody has written it yet: the sample stands for it
    return values


def late_note(application: Application) -> str:
    """Return a sentence if the cancellation deadline has passed, otherwise an empty string."""
    if queries.gives_deposit_back(application.program):
        return ""
    with translation.override(application.language):
        return gettext("The cancellation deadline has passed: a deposit paid now is not given back.")


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
    )


def preview(application: Application, what: str, *, ends_at: datetime | None = None, message: str = "") -> Rendered:
    """Return the email as it would be sent, with its private link masked."""
    return mail.preview(
        kind=TYPES[what],
        fields=field_values(application, what, ends_at, message),
        scope=application.program.scope,
        language=application.language,
    )
