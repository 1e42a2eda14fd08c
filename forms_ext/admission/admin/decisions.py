"""The decisions as the staff pages need them: which are possible, what they do, the email they send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_program import locales
from cop_program.clock import now
from cop_program.deadlines import Deadline

from ...applications import queries
from ...applications.models import Application
from ...forms import compiler
from ...forms.compiler import Answer
from ...mail.rendering import Rendered
from .. import actions, emails, invitations

State = Application.State


@dataclass(frozen=True)
class Verb:
    """The words for a decision: heading, button and success message."""

    label: str | Promise
    submit: str | Promise
    done: str | Promise


VERBS: Mapping[str, Verb] = {
    State.ACCEPTED: Verb(
        gettext_lazy("Accept"),
        gettext_lazy("Accept and send email"),
        gettext_lazy("%(name)s accepted. The email with the invitation link is on its way."),
    ),
    State.WAITLISTED: Verb(
        gettext_lazy("Waitlist"),
        gettext_lazy("Waitlist and send email"),
        gettext_lazy("%(name)s waitlisted. The email is on its way."),
    ),
    State.DECLINED: Verb(
        gettext_lazy("Decline"),
        gettext_lazy("Decline and send email"),
        gettext_lazy("%(name)s declined. The email is on its way."),
    ),
    State.WITHDRAWN: Verb(
        gettext_lazy("Withdraw"),
        gettext_lazy("Withdraw application"),
        gettext_lazy("Application of %(name)s withdrawn."),
    ),
    State.SUBMITTED: Verb(
        gettext_lazy("Reopen"),
        gettext_lazy("Reopen and send email"),
        gettext_lazy("Application of %(name)s reopened."),
    ),
}


def allowed(application: Application) -> list[str]:
    """Return the statuses that `application` can be changed to now, in the order of the buttons."""
    return list(actions.allowed(application))


def link_effect(application: Application) -> str:
    """Say until when a private link made now is valid."""
    deadline: Deadline = application.program.page.deadline("registration")  # type: ignore[assignment]  # required there
    until = deadline.sentence(locales.language())
    if deadline.is_past(now()):
        return _("The registration deadline has passed (%(until)s). Set a last day for the link.") % {"until": until}
    return _("The link works %(until)s, or until the last day that you set below.") % {"until": until}


def effects(application: Application, to_state: str) -> list[str]:
    """Return what the decision will do, in sentences."""
    if to_state == State.SUBMITTED:
        return [
            _("Puts the application back to “Awaiting decision”."),
            _("Sends this email to %(email)s.") % {"email": application.email},
        ]
    if to_state == State.ACCEPTED:
        return [
            *accepted_already(application),
            _("Sends this email to %(email)s with an invitation link to the registration form.")
            % {"email": application.email},
            link_effect(application),
        ]
    if to_state == State.WITHDRAWN:
        return [
            _("Closes the application at the applicant's request. Any invitation link stops working."),
            _("Sends this email to %(email)s.") % {"email": application.email},
        ]
    sentences = [_("Sends this email to %(email)s.") % {"email": application.email}]
    if application.state == State.ACCEPTED:
        sentences.append(_("The invitation link stops working at once."))
    return sentences


def accepted_already(application: Application) -> list[str]:
    """Say which other applications of the same address to the same program are accepted."""
    same = queries.of_address(application.email).filter(program=application.program_id, state=State.ACCEPTED)
    references = same.exclude(pk=application.pk).values_list("reference", flat=True)
    text = _("This email address is already accepted for this program: %(reference)s.")
    return [text % {"reference": reference} for reference in references[:5]]


def effects_of_many(selected: Sequence[Application], to_state: str) -> list[str]:
    """Return what a bulk decision does besides sending emails, and for each program until when its links work."""
    if to_state != State.ACCEPTED:
        return list(dict.fromkeys(text for one in selected for text in effects(one, to_state)[1:]))
    programs = list({one.program_id: one for one in selected}.values())
    if len(programs) < 2:
        return [link_effect(one) for one in programs]
    return [f"{one.program.page.title}: {link_effect(one)}" for one in programs]


def answers(application: Application) -> list[Answer]:
    """Return the answers with their questions as asked."""
    return compiler.compile(application.version).display(
        application.answers, lambda key: reverse("cop_admission:file", args=[application.pk, key])
    )


def preview(
    application: Application, to_state: str, *, link_ends_at: datetime | None = None, message: str = ""
) -> Rendered:
    """Return the email of a decision as it would be sent, with its link masked."""
    return emails.preview(application, to_state, ends_at=link_ends_at, message=message)


def preview_link(application: Application, *, link_ends_at: datetime | None = None) -> Rendered:
    """Return the email that sends a new link, with the link masked."""
    return emails.preview(application, "link", ends_at=link_ends_at or invitations.own_end(application))


def decide(
    application: Application,
    to_state: str,
    *,
    by: Any,
    reason: str = "",
    message: str = "",
    link_ends_at: datetime | None = None,
) -> None:
    """Put `application` into `to_state`. Raise ActionRefused if its state does not allow it."""
    said = {"by": by, "reason": reason, "message": message}
    if to_state == State.WITHDRAWN:
        actions.withdraw(application=application, **said)
    else:
        actions.decide(application=application, to_state=to_state, link_ends_at=link_ends_at, **said)
