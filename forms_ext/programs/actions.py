"""Confirm, cancel or close a program, and do the work that follows, which may be interrupted anywhere."""

import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_program.clock import now
from cop_program.models import Program
from cop_program.presentation.context import is_over

from ..admission import invitations, places
from ..applications import queries as applications_queries
from ..applications.models import Application
from ..base import history
from ..base.errors import ActionRefused, describe
from ..base.tasks import start
from ..invoices import actions as invoices
from ..ledger import queries as ledger_queries
from ..registration import queries as registration_queries
from ..registration.emails import sending
from ..registration.lifecycle import give_up_place, settle
from ..registration.models import Registration
from ..registration.transitions import MOVED, move
from . import queries, session_changes
from .models import BatchItem, BatchRun

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)
State = Registration.State
Kind = BatchRun.Kind
STATUS = ("status", "status_changed_at")
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
    takes_applications: bool = False,
) -> tuple[BatchRun, bool]:
    """Move the program by one conditional UPDATE; return the run, and whether this call has begun it."""
    moved = Program.objects.filter(pk=program.pk, status__in=from_statuses).update(
        status=to_status, status_changed_at=now(), takes_applications=takes_applications
    )
    if moved:
        run = BatchRun.objects.create(
            program=program, kind=kind, started_by=by, started_at=now(), reason=reason, message=message.strip()
        )
        history.record(
            program,
            f"forms_ext.programs.{kind}",
            user=by,
            made=[run],
            changed={program: (*STATUS, "takes_applications")},
            run=run.pk,
        )
        return run, True
    current = Program.objects.get(pk=program.pk)
    earlier = BatchRun.objects.filter(program=program, kind=kind).first()
    if current.status == to_status and earlier is not None:
        return earlier, False
    raise ActionRefused(
        _("The program is “%(status)s” and cannot be changed to “%(to)s”.")
        % {"status": current.get_status_display(), "to": Program.Status(to_status).label}
    )


def _run_after_commit(run: BatchRun) -> None:
    start("forms_ext.programs.tasks.work_off", run.pk)


def start_confirmation(
    *, program: Program, by: "User | None", takes_applications: bool = True
) -> tuple[BatchRun, bool]:
    """Confirm the program and nothing else; return the run, and whether this call has started it.

    Raise ActionRefused if there is a fee and no issuer, or the program is over, cancelled or closed.
    """
    if program.status == Program.Status.OPEN and is_over(program.page):
        raise ActionRefused(_("The program is over. Close it; it can no longer be confirmed."))
    fee = program.page.fee
    if fee and fee.amount > 0 and ledger_queries.issuer_for(program) is None:
        raise ActionRefused(_("There is no issuer of invoices yet. Add one under Snippets first."))
    return _start(
        program,
        kind=Kind.CONFIRM,
        from_statuses=[Program.Status.OPEN],
        to_status=Program.Status.CONFIRMED,
        by=by,
        takes_applications=takes_applications,
    )


def start_calling_off(
    *, program: Program, by: "User | None", reason: str = "", message: str = ""
) -> tuple[BatchRun, bool]:
    """Cancel the program and nothing else; return the run, and whether this call has started it.

    Raise ActionRefused if the program is closed.
    """
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
    """Return the registrations that a confirmation is about."""
    return Registration.objects.filter(program=program, state=State.MEMBER)


def registered(program: Program) -> QuerySet[Registration]:
    """Return the registrations that a cancellation is about: members, holds and the queue."""
    return Registration.objects.filter(program=program, state__in=HAS_A_PLACE)


def applicants(program: Program) -> QuerySet[Application]:
    """Return the applications without a registration that are told of a cancellation: accepted and undecided ones."""
    states = [Application.State.ACCEPTED, Application.State.SUBMITTED, Application.State.WAITLISTED]
    found = Application.objects.filter(program=program, state__in=states)
    return found.exclude(invitations__used_at__isnull=False)


@transaction.atomic
def confirm_program(*, program: Program, by: "User | None", takes_applications: bool = True) -> BatchRun:
    """Confirm the program; a task then issues the invoice of every member. A second call only goes on.

    If it `takes_applications`, people can apply until the deadline while places are left. Raise ActionRefused as
    `start_confirmation` does.
    """
    run, begun = start_confirmation(program=program, by=by, takes_applications=takes_applications)
    if begun:
        BatchItem.objects.bulk_create(
            BatchItem(run=run, registration=member) for member in members(program).order_by("pk")
        )
        session_changes.listed(program)
    _run_after_commit(run)
    program.refresh_from_db(fields=["status", "status_changed_at", "takes_applications"])
    return run


@transaction.atomic
def take_applications(*, program: Program, taken: bool, by: "User | None") -> None:
    """Take applications until the deadline, or none from now on.

    Raise ActionRefused if the program is cancelled or over, or the deadline has passed.
    """
    program = Program.locked(program.pk)
    found = queries.intake_of(program)
    if found.why in queries.CLOSED_FOR_GOOD:
        raise ActionRefused(found.sentence)
    if program.takes_applications != taken:
        program.takes_applications = taken
        program.save(update_fields=["takes_applications"])
        history.record(
            program,
            "forms_ext.programs.take_applications",
            user=by,
            changed={program: ["takes_applications"]},
            taken=taken,
        )


@transaction.atomic
def set_transfer_days(*, program: Program, days: int, by: "User | None") -> None:
    """Set for how many working days a hold goes on once its holder says that the transfer is on its way; 0: never."""
    program = Program.locked(program.pk)
    program.transfer_days = days
    program.save(update_fields=["transfer_days"])
    history.record(
        program, "forms_ext.programs.set_transfer_days", user=by, changed={program: ["transfer_days"]}, days=days
    )


@transaction.atomic
def call_off_program(*, program: Program, by: "User | None", reason: str = "", message: str = "") -> BatchRun:
    """Cancel the program; a task then tells everyone, frees places and lists refunds. A second call only goes on.

    `reason` is for colleagues; `message` is added to the email to everyone. Raise ActionRefused if the program is
    closed.
    """
    run, begun = start_calling_off(program=program, by=by, reason=reason, message=message)
    if begun:
        BatchItem.objects.bulk_create(
            [BatchItem(run=run, registration=registration) for registration in registered(program).order_by("pk")]
            + [BatchItem(run=run, application=application) for application in applicants(program).order_by("pk")]
        )
    _run_after_commit(run)
    program.refresh_from_db(fields=["status", "status_changed_at"])
    return run


@transaction.atomic
def close_program(*, program: Program, by: "User | None") -> bool:
    """Close a program that is over, confirmed or not. Return False if it is closed already.

    Accounts stay open: what is still owed can be paid, and rebates are paid. Raise ActionRefused if the program is not
    over, or is cancelled.
    """
    program = Program.objects.select_related("page").get(pk=program.pk)
    if not is_over(program.page):
        raise ActionRefused(_("The program is not over yet. You can close it after its last session."))
    moved = Program.objects.filter(pk=program.pk, status__in=queries.CLOSABLE).update(
        status=Program.Status.CLOSED, status_changed_at=now()
    )
    if moved:
        history.record(program, "forms_ext.programs.close", user=by, changed={program: STATUS})
    elif program.status != Program.Status.CLOSED:
        raise ActionRefused(
            _("The program is “%(status)s” and cannot be changed to “%(to)s”.")
            % {"status": program.get_status_display(), "to": Program.Status.CLOSED.label}
        )
    return bool(moved)


def work_off(run: BatchRun) -> queries.Progress:
    """Do what remains of `run`, each item in its own transaction. Note an item that fails, and do the others."""
    todo = BatchItem.objects.filter(run=run, state=BatchItem.State.TODO).order_by("pk")
    for item in list(todo):
        try:
            _work(run, item)
        except Exception as error:
            logger.exception("Run %s: item %s failed", run.pk, item.pk)
            BatchItem.objects.filter(pk=item.pk, state=BatchItem.State.TODO).update(
                state=BatchItem.State.FAILED, error=describe(error)
            )
    return queries.progress(run)


@transaction.atomic
def _work(run: BatchRun, item: BatchItem) -> bool:
    """Do one item, and note it as done, in one transaction: killed anywhere, it is done whole or not at all.

    The first statement takes the item's row: a second worker finds it done.
    """
    mine = BatchItem.objects.filter(pk=item.pk, state=BatchItem.State.TODO).update(state=BatchItem.State.DONE, error="")
    if not mine:
        return False
    if item.application_id:
        tell_applicant(run, item.application_id)
    elif item.registration_id:
        registration = registration_queries.locked(Registration(pk=item.registration_id))
        if run.kind == Kind.CONFIRM:
            confirm_one(registration)
        else:
            call_off_one(run, registration)
    return True


def confirm_one(registration: Registration) -> None:
    """Issue the invoice for the balance and email the links, unless the member has cancelled meanwhile.

    Raise ActionRefused if something is owed and there is no issuer.
    """
    if registration.state != State.MEMBER or registration.program.status != Program.Status.CONFIRMED:
        return
    if registration.account:
        invoices.issue_invoice(account=registration.account)
    sending.program_confirmed(registration)


def call_off_one(run: BatchRun, registration: Registration) -> None:
    """End a registration and tell its holder; do nothing if it has ended meanwhile.

    Raise ActionRefused if its state changes at the same moment.
    """
    if registration.state not in HAS_A_PLACE:
        return
    places.lock(registration.program)
    move(registration, State.CANCELLED, reason=run.reason)
    changed = {registration: MOVED, **give_up_place(registration)}
    money = ""
    if registration.account:
        cause = gettext_lazy("The program was cancelled.")
        money = settle(registration, by=run.started_by, cause=cause, everything=True).sentence
    history.record(registration, "forms_ext.programs.called_off", user=run.started_by, changed=changed, run=run.pk)
    sending.called_off(registration, run.message, money)


def tell_applicant(run: BatchRun, pk: int) -> None:
    """Tell an applicant without a registration; do nothing if they were declined or have withdrawn meanwhile."""
    application = applications_queries.locked(pk)
    if application.state in (Application.State.DECLINED, Application.State.WITHDRAWN):
        return
    revoked = invitations.revoke(application=application, by=run.started_by)
    history.record(
        application,
        "forms_ext.programs.tell_applicant",
        user=run.started_by,
        changed=dict.fromkeys(revoked, invitations.REVOKED),
        run=run.pk,
    )
    sending.called_off_applicant(application, run.message)


@transaction.atomic
def retry_failed(*, run: BatchRun, by: "User | None") -> int:
    """Try the failed items of `run` again; return how many there are."""
    failed = BatchItem.objects.filter(run=run, state=BatchItem.State.FAILED).update(
        state=BatchItem.State.TODO, error=""
    )
    if failed:
        history.record(run.program, "forms_ext.programs.retry", user=by, run=run.pk, items=failed)
        _run_after_commit(run)
    return failed


def resume_runs() -> int:
    """Continue every run that is not finished, such as after a worker was killed. Runs periodically."""
    unfinished = BatchRun.objects.filter(items__state=BatchItem.State.TODO).distinct().select_related("program__page")
    return len([work_off(run) for run in unfinished])
