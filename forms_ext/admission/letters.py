"""The mails of a decision, written in its transaction, and shown before it."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from cop_program import way
from cop_program.clock import now
from cop_program.translations import title_of

from ..applications.models import Application
from ..mail import actions as mail
from ..mail.models import OutgoingMail
from ..mail.rendering import Rendered
from . import invitations, words

LINK = "link"
State = Application.State

#: The kind of mail of each decision.
KINDS = {
    State.ACCEPTED: "accepted",
    State.DECLINED: "declined",
    State.WAITLISTED: "waitlisted",
    State.WITHDRAWN: "withdrawn_confirmation",
    LINK: "link_again",
}


def scope(application: Application) -> str:
    """Return the scope of mails about a program."""
    return f"program:{application.program_id}"


def fields(application: Application, what: str, ends_at: datetime | None = None, message: str = "") -> dict[str, str]:
    """Return the values of a decision's mail, in which staff tell the person `message`."""
    program, language = application.program, application.language
    values = {"name": application.name, "program": title_of(program, language), "reference": application.reference}
    values["message"] = message.strip()
    if what in (State.ACCEPTED, LINK):
        end = ends_at or invitations.natural_end(program)
        values["link_ends"] = words.until(end, words.zone_of(program), language)
        values["policy_note"] = late_note(application)
        values["way"] = way.line(program, "register", language)
    return values


def values_of(kind: str, application: Application) -> dict[str, str]:
    """Return what a mail of `kind` would say to an applicant now."""
    what = next(what for what, name in KINDS.items() if name == kind)
    values = fields(application, what, invitations.own_end(application) if what == LINK else None)
    del values["message"]  # nobody has written it yet: the sample stands for it
    return values


def late_note(application: Application) -> str:
    """Say that the cancellation deadline has passed, where it has."""
    closes_at = application.program.page.cancellation_closes_at
    if closes_at is None or closes_at > now():
        return ""
    with translation.override(application.language):
        return _("The cancellation deadline has passed: a deposit paid now is not given back.")


def send(
    application: Application, what: str, *, link: str = "", ends_at: datetime | None = None, message: str = ""
) -> OutgoingMail:
    """Write the mail of a decision (a state) or of a new link (`LINK`) into the outbox."""
    return mail.send(
        kind=KINDS[what],
        to=application.email,
        to_name=application.name,
        fields=fields(application, what, ends_at, message),
        secrets={"link": link} if link else None,
        scope=scope(application),
        language=application.language,
        about=f"application:{application.pk}",
    )


def preview(application: Application, what: str, *, ends_at: datetime | None = None, message: str = "") -> Rendered:
    """Return the mail as it would go out, its personal link masked."""
    return mail.preview(
        kind=KINDS[what],
        fields=fields(application, what, ends_at, message),
        scope=scope(application),
        language=application.language,
    )
