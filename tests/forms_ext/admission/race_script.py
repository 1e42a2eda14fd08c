"""Races about places, decisions and confirming a program: prepares, forks, prints JSON."""

import os
import signal
import time
from collections import Counter
from typing import Any
from unittest.mock import patch

from django.db import transaction

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import actions as admission
from forms_ext.admission import places
from forms_ext.admission.models import Decision, Invitation, Place, QueueEntry
from forms_ext.applications.models import Application
from forms_ext.base import consistency
from forms_ext.base.errors import ActionRefused
from forms_ext.invoices import actions as invoices_actions
from forms_ext.invoices.models import Invoice
from forms_ext.mail import actions as mail
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions as programs_actions
from forms_ext.programs.models import BatchItem, BatchRun
from forms_ext.registration import actions
from forms_ext.registration.emails import sending
from forms_ext.registration.models import Registration
from tests.forms_ext.admission import factories
from tests.racing import persist, together

PAUSE = 0.3


def findings() -> list[str]:
    ours = ("admission.", "registration.", "ledger.rows", "invoices.balances")
    return [f"{found.check}: {found.text}" for found in consistency.run_all() if found.check.startswith(ours)]


def invite(program: Program, people: int) -> list[Invitation]:
    return [factories.accept(factories.make_application(program, n))[0] for n in range(1, people + 1)]


# --- The last place -------------------------------------------------------------------------------


def claim(invitation: Invitation, guarded: bool) -> bool:
    """Claim a place as the package does it, or by reading, pausing and writing."""
    program, until = invitation.application.program, invitation.ends_at
    if guarded:
        with transaction.atomic():
            return bool(places.claim(program=program, invitation=invitation, held_until=until))
    free = Place.objects.filter(places.FREE, program=program).order_by("number").first()
    time.sleep(PAUSE)
    if free is None:
        return False
    found = Place.objects.filter(pk=free.pk)
    return bool(persist(lambda: found.update(invitation=invitation, held_until=until)))


def claims(capacity: int, people: int, guarded: bool) -> dict[str, Any]:
    """Let all claim at once; return how many were told that they have a place, and how many hold one."""
    invitations = invite(factories.open_program(capacity), people)
    told = together([lambda invitation=invitation: claim(invitation, guarded) for invitation in invitations])
    return {"told": Counter(map(str, told)), "held": Place.objects.exclude(places.FREE).count()}


def register(invitation: Invitation, number: int, key: str) -> str:
    try:
        return actions.register(invitation=invitation, submission=factories.submission(number, key)).reference
    except ActionRefused:
        return "refused"


def last_place(capacity: int, people: int) -> dict[str, Any]:
    """Let all register at once."""
    invitations = invite(factories.open_program(capacity), people)
    said = together([lambda n=n, i=i: register(i, n, f"k{n}") for n, i in enumerate(invitations, 1)])
    return {
        "references": len({str(reference) for reference in said if str(reference).startswith("M-")}),
        "states": Counter(Registration.objects.values_list("state", flat=True)),
        "held": Place.objects.exclude(places.FREE).count(),
        "waiting": QueueEntry.objects.count(),
        "mails": Counter(OutgoingMail.objects.filter(kind__startswith="registered").values_list("kind", flat=True)),
        "findings": findings(),
    }


def freed(people: int) -> dict[str, Any]:
    """Let one cancel in the moment in which the others ask for the only place."""
    program = factories.open_program(1)
    first = factories.make_registration(program, 99)
    invitations = invite(program, people)
    cancel = [lambda: str(actions.cancel(registration=first, by=None).state)]
    together([lambda n=n, i=i: register(i, n, f"k{n}") for n, i in enumerate(invitations, 1)] + cancel)
    return {"states": Counter(Registration.objects.values_list("state", flat=True)), "findings": findings()}


# --- Two who decide ------------------------------------------------------------------------------


def change_unguarded(*, application: Application, to_state: str) -> str:
    from_state = Application.objects.values_list("state", flat=True).get(pk=application.pk)
    time.sleep(PAUSE)
    Application.objects.filter(pk=application.pk).update(state=to_state)
    return from_state


def decide(application: Application, to_state: str, guarded: bool) -> str:
    try:
        if guarded:
            admission.decide(application=application, to_state=to_state, by=None)
        else:
            with patch.object(admission, "_change_state", change_unguarded):
                persist(lambda: admission.decide.__wrapped__(application=application, to_state=to_state, by=None))  # type: ignore[attr-defined]
    except ActionRefused:
        return "refused"
    return to_state


def deciding(guarded: bool) -> dict[str, Any]:
    """Let one accept and others decline one application that all have seen undecided."""
    application = factories.make_application(factories.open_program())
    said = together(
        [lambda to=to: decide(application, to, guarded) for to in ("accepted", "declined", "accepted", "waitlisted")]
    )
    application.refresh_from_db()
    return {
        "said": said,
        "state": application.state,
        "decisions": list(Decision.objects.values_list("to_state", flat=True)),
        "mails": OutgoingMail.objects.count(),
        "links": Invitation.objects.filter(revoked_at__isnull=True).count(),
    }


def decline_or_register() -> dict[str, Any]:
    """Let staff decline at the moment in which the applicant registers."""
    [invitation] = invite(factories.open_program(), 1)
    application = invitation.application
    application.refresh_from_db()
    said = together([lambda: decide(application, "declined", True), lambda: register(invitation, 1, "k")])
    application.refresh_from_db()
    return {"said": said, "state": application.state, "registrations": Registration.objects.count()}


# --- The confirmed program -----------------------------------------------------------------------


def members(count: int) -> Program:
    program = factories.open_program(count)
    for number in range(1, count + 1):
        factories.pay(factories.make_registration(program, number))
    return program


def press(program: Program) -> str:
    """Press the button, and do at once what the task would do."""
    run = programs_actions.confirm_program(program=program, by=None)
    programs_actions.work_off(run)
    return str(run.pk)


def work_unguarded(run: BatchRun, item: BatchItem) -> bool:
    """Do an item the wrong way: read, pause, do, write."""
    if not BatchItem.objects.filter(pk=item.pk, state=BatchItem.State.TODO).exists():
        return False
    time.sleep(PAUSE)
    registration = Registration.objects.select_related("program__page", "account").get(pk=item.registration_id)
    persist(lambda: sending.program_confirmed(registration))
    persist(lambda: BatchItem.objects.filter(pk=item.pk).update(state=BatchItem.State.DONE))
    return True


def confirmed() -> dict[str, Any]:
    return {
        "runs": BatchRun.objects.count(),
        "items": Counter(BatchItem.objects.values_list("state", flat=True)),
        "invoices": sorted(Invoice.objects.values_list("sequence_number", flat=True)),
        "accounts": Invoice.objects.values("account").distinct().count(),
        "mails": Counter(OutgoingMail.objects.filter(kind="program_confirmed").values_list("recipient", flat=True)),
        "findings": findings(),
    }


def confirming(count: int, presses: int) -> dict[str, Any]:
    """Press the button several times at once."""
    program = members(count)
    return {"said": together([lambda: press(program)] * presses)} | confirmed()


def confirming_unguarded(count: int) -> dict[str, Any]:
    """Let two workers do one run, without what keeps them apart."""
    run = programs_actions.confirm_program(program=members(count), by=None)
    with patch.object(programs_actions, "_work", work_unguarded):
        together([lambda: programs_actions.work_off(run).done] * 2)
    return confirmed()


def killed(count: int, survives: int) -> dict[str, Any]:
    """Kill the worker within one member's transaction: invoice created, email not; run the periodic job twice."""
    run = programs_actions.confirm_program(program=members(count), by=None)
    tell, told = sending.program_confirmed, []

    def die(registration: Registration) -> None:
        if len(told) == survives:
            os.kill(os.getpid(), signal.SIGKILL)
        told.append(registration.pk)
        tell(registration)

    with patch.object(sending, "program_confirmed", die):
        died = together([lambda: programs_actions.work_off(run).done])
    before = confirmed()
    return {"died": died, "before": before, "later": together([programs_actions.resume_runs] * 3)} | confirmed()


RACES: dict[str, Any] = {
    "claim": lambda capacity, people: claims(capacity, people, True),
    "claim-unguarded": lambda capacity, people: claims(capacity, people, False),
    "last-place": last_place,
    "freed": freed,
    "decide": lambda: deciding(True),
    "decide-unguarded": lambda: deciding(False),
    "decline-or-register": decline_or_register,
    "confirm": confirming,
    "confirm-unguarded": confirming_unguarded,
    "killed": killed,
}


def main(race: str, *figures: str) -> Any:
    """Run the race named by the first argument, without emails or PDFs."""
    quiet = [
        patch.object(mail, "_deliver_after_commit", lambda *_: None),
        patch.object(invoices_actions, "_draw_pdf_after_commit", lambda *_: None),
        patch.object(programs_actions, "_run_after_commit", lambda *_: None),
    ]
    for patched in quiet:
        patched.start()
    with clock.at(factories.START):
        return RACES[race](*map(int, figures))
