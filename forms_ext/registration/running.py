"""The program confirmed or called off: who said so, and the work that follows, which may be cut off anywhere."""

import logging
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_program.clock import now
from cop_program.context import is_over
from cop_program.models import Program

from ..admission import invitations, seats
from ..applications.models import Application
from ..base import history
from ..base.errors import ActionRefused, describe
from ..billing import actions as billing
from ..billing import queries as ledger
from . import letters, queries
from .models import GoItem, GoRun, Registration
from .states import move

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)
State = Registration.State
Kind = GoRun.Kind
HAS_A_PLACE = [State.WAITING, State.HELD, State.MEMBER]


def _start(
    program: Program,
    *,
    kind: Kind,
    from_statuses: list[str],
    to_status: str,
    by: "User | None",
    reason: str = "",
    message: str = "",
) -> tuple[GoRun, bool]:
    """Move the program by one conditional UPDATE; return the run, and whether this call has begun it."""
    moved = Program.objects.filter(pk=program.pk, status__in=from_statuses).update(
        status=to_status, status_changed_at=now()
    )
    if moved:
        run = GoRun.objects.create(
            program=program, kind=kind, started_by=by, started_at=now(), reason=reason, message=message.strip()
        )
        history.record(program, f"forms_ext.registration.{kind}", user=by)
        return run, True
    current = Program.objects.get(pk=program.pk)
    earlier = GoRun.objects.filter(program=program, kind=kind).first()
    if current.status == to_status and earlier is not None:
        return earlier, False
    raise ActionRefused(
        _("The program is “%(status)s”: it cannot be changed to “%(to)s”.")
        % {"status": current.get_status_display(), "to": Program.Status(to_status).label}
    )


def _run_after_commit(run: GoRun) -> None:
    from .tasks import work_off

    transaction.on_commit(partial(work_off.enqueue, run.pk), robust=True)


def start_confirmation(*, program: Program, by: "User | None") -> tuple[GoRun, bool]:
    """Confirm the program, and nothing else; return the run, and whether this call has begun it."""
    if program.page.fee.amount > 0 and ledger.issuer_for(program) is None:
        raise ActionRefused(_("Nobody is set up to issue invoices. Add an issuer under Snippets first."))
    return _start(
        program, kind=Kind.CONFIRM, from_statuses=[Program.Status.OPEN], to_status=Program.Status.CONFIRMED, by=by
    )


def start_calling_off(
    *, program: Program, by: "User | None", reason: str = "", message: str = ""
) -> tuple[GoRun, bool]:
    """Call the program off, and nothing else; return the run, and whether this call has begun it."""
    return _start(
        program,
        kind=Kind.CALL_OFF,
        from_statuses=[Program.Status.OPEN, Program.Status.CONFIRMED],
        to_status=Program.Status.CALLED_OFF,
        by=by,
        reason=reason,
        message=message,
    )


def members(program: Program) -> QuerySet[Registration]:
    """Return whom a confirmation is about."""
    return Registration.objects.filter(program=program, state=State.MEMBER)


def registered(program: Program) -> QuerySet[Registration]:
    """Return whom calling off is about: members, holds and the queue."""
    return Registration.objects.filter(program=program, state__in=HAS_A_PLACE)


def applicants(program: Program) -> QuerySet[Application]:
    """Return who is told that the program is called off without a registration: the accepted and the undecided."""
    states = [Application.State.ACCEPTED, Application.State.SUBMITTED, Application.State.WAITLISTED]
    found = Application.objects.filter(program=program, state__in=states)
    return found.exclude(invitations__used_at__isnull=False)


@transaction.atomic
def confirm_program(*, program: Program, by: "User | None") -> GoRun:
    """Confirm the program; a task makes the invoice of every member. Pressed again, it only goes on."""
    run, begun = start_confirmation(program=program, by=by)
    if begun:
        GoItem.objects.bulk_create(GoItem(run=run, registration=member) for member in members(program).order_by("pk"))
    _run_after_commit(run)
    program.refresh_from_db(fields=["status", "status_changed_at"])
    return run


@transaction.atomic
def call_off_program(*, program: Program, by: "User | None", reason: str = "", message: str = "") -> GoRun:
    """Call the program off; a task tells everybody, frees seats and lists what is given back.

    `reason` is for colleagues, `message` for everybody who is told, in the mail.
    """
    run, begun = start_calling_off(program=program, by=by, reason=reason, message=message)
    if begun:
        GoItem.objects.bulk_create(
            [GoItem(run=run, registration=registration) for registration in registered(program).order_by("pk")]
            + [GoItem(run=run, application=application) for application in applicants(program).order_by("pk")]
        )
    _run_after_commit(run)
    program.refresh_from_db(fields=["status", "status_changed_at"])
    return run


@transaction.atomic
def close_program(*, program: Program, by: "User | None") -> bool:
    """Close a confirmed program that is over: nobody applies or registers any more. False where it is closed already.

    Accounts stay as they are: what is still owed can be paid, and rebates are paid out.
    """
    program = Program.objects.select_related("page").get(pk=program.pk)
    if not is_over(program.page):
        raise ActionRefused(_("The program is not over yet: it can be closed after its last meeting."))
    moved = Program.objects.filter(pk=program.pk, status=Program.Status.CONFIRMED).update(
        status=Program.Status.CLOSED, status_changed_at=now()
    )
    if moved:
        history.record(program, "forms_ext.registration.close", user=by)
    elif program.status != Program.Status.CLOSED:
        raise ActionRefused(
            _("The program is “%(status)s”: it cannot be changed to “%(to)s”.")
            % {"status": program.get_status_display(), "to": Program.Status.CLOSED.label}
        )
    return bool(moved)


def work_off(run: GoRun) -> queries.Progress:
    """Do what remains of `run`, each item in a transaction of its own; a failed one does not stop the others."""
    todo = GoItem.objects.filter(run=run, state=GoItem.State.TODO).order_by("pk")
    for item in list(todo):
        try:
            _work(run, item)
        except Exception as error:
            logger.exception("Run %s: item %s failed", run.pk, item.pk)
            GoItem.objects.filter(pk=item.pk, state=GoItem.State.TODO).update(
                state=GoItem.State.FAILED, error=describe(error)
            )
    return queries.progress(run)


@transaction.atomic
def _work(run: GoRun, item: GoItem) -> bool:
    """Do one item, and note it as done, in one transaction: killed anywhere, it is done whole or not at all.

    The first statement takes the item's row: a second worker finds it done.
    """
    mine = GoItem.objects.filter(pk=item.pk, state=GoItem.State.TODO).update(state=GoItem.State.DONE, error="")
    if not mine:
        return False
    if item.application_id:
        tell_applicant(run, item.application_id)
    elif item.registration_id:
        registration = queries.locked(Registration(pk=item.registration_id))
        if run.kind == Kind.CONFIRM:
            confirm_one(registration)
        else:
            call_off_one(run, registration)
    return True


def confirm_one(registration: Registration) -> None:
    """Issue the invoice for the balance and mail the links; who has cancelled meanwhile gets neither."""
    if registration.state != State.MEMBER or registration.program.status != Program.Status.CONFIRMED:
        return
    if registration.account:
        billing.issue_invoice(account=registration.account)
    letters.program_confirmed(registration)


def call_off_one(run: GoRun, registration: Registration) -> None:
    """End a registration and tell its holder; whose registration has ended meanwhile is left alone."""
    from .actions import give_up_place, settle

    if registration.state not in HAS_A_PLACE:
        return
    seats.lock(registration.program)
    move(registration, State.CANCELLED, reason=run.reason)
    give_up_place(registration)
    money = ""
    if registration.account:
        money = settle(registration, refund=True, by=run.started_by, cause=gettext_lazy("The program was called off."))
    history.record(registration, "forms_ext.registration.called_off", user=run.started_by)
    letters.called_off(registration, run.message, money)


def tell_applicant(run: GoRun, pk: int) -> None:
    """Tell an applicant without a registration; who was declined or has withdrawn meanwhile is left alone."""
    application = Application.objects.select_for_update(of=("self",)).select_related("program__page").get(pk=pk)
    if application.state in (Application.State.DECLINED, Application.State.WITHDRAWN):
        return
    invitations.revoke(application=application, by=run.started_by)
    letters.called_off_applicant(application, run.message)


@transaction.atomic
def retry_failed(*, run: GoRun, by: "User | None") -> int:
    """Let the failed items of `run` be tried again; return how many."""
    failed = GoItem.objects.filter(run=run, state=GoItem.State.FAILED).update(state=GoItem.State.TODO, error="")
    if failed:
        history.record(run.program, "forms_ext.registration.retry", user=by, items=failed)
        _run_after_commit(run)
    return failed


def resume_runs() -> int:
    """Go on with every run that has something left: a killed worker loses nothing. Periodic."""
    unfinished = GoRun.objects.filter(items__state=GoItem.State.TODO).distinct().select_related("program__page")
    return sum(1 for run in unfinished if work_off(run))
