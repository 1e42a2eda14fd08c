"""The dashboard of a program; confirming, cancelling and closing it; the progress of a run."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from djmoney.money import Money

from cop_program.models import Program

from ...admission import queries as admission
from ...applications.models import Application
from ...base import dates
from ...base.admin.views import ShownEmail, StaffActionView, StaffView
from ...base.money import format_money
from ...invoices import queries as invoices_queries
from ...ledger import queries as ledger_queries
from ...mail import dry_run
from ...mail.admin.views import MailingActionView
from ...registration import queries as registration_queries
from ...registration.admin.listing import deposit_url, held_until
from ...registration.models import Registration
from .. import actions, queries, samples
from ..models import BatchItem, BatchRun
from .dashboard import Dashboard, intake_text, unpaid_holds
from .edition_views import may_copy
from .forms import CancelProgramForm, ConfirmForm
from .notices import changes_context

State = Registration.State


class ProgramsView(StaffView):
    """All programs, the newest first."""

    permissions = [(Registration, "manage")]
    template_name = "forms_ext/programs/admin/programs.html"
    page_title = gettext_lazy("Programs")
    header_icon = "calendar-alt"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        programs = (
            Program.objects.select_related("page")
            .order_by("-page__starts_on")
            .annotate(
                members=Count("registrations", filter=Q(registrations__state=State.MEMBER), distinct=True),
                to_decide=Count(
                    "applications",
                    filter=Q(applications__state=Application.State.SUBMITTED) & ~Q(status=Program.Status.CALLED_OFF),
                    distinct=True,
                ),
            )
        )
        return super().get_context_data(**kwargs) | {"programs": programs}


class ProgramPageMixin(StaffView):
    """What the pages of one program share."""

    permissions = [(Registration, "manage")]
    header_icon = "calendar-alt"
    program: Program

    def load(self) -> None:
        self.program = get_object_or_404(Program.objects.select_related("page"), pk=self.kwargs["pk"])

    def dashboard_url(self) -> str:
        """Return the address of the program's home."""
        return reverse("cop_programs:program", args=[self.program.pk])

    def programs_link(self) -> tuple[str, str]:
        """Return the link to all programs."""
        return reverse("cop_programs:programs"), _("Programs")

    def run(self) -> BatchRun | None:
        """Return the newest run: the program confirmed, or cancelled."""
        return BatchRun.objects.filter(program=self.program).select_related("started_by").order_by("-pk").first()


class DashboardView(ProgramPageMixin, StaffView):
    """The dashboard of one program."""

    template_name = "forms_ext/programs/admin/dashboard.html"

    def get_page_title(self) -> str:
        return self.program.page.title

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [self.programs_link()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dashboard, intake = Dashboard(self.program), queries.intake_of(self.program)
        can_close = queries.can_close(self.program)
        return super().get_context_data(**kwargs) | {
            "program": self.program,
            "program_page": self.program.page,
            "standing": dashboard.standing,
            "tasks": dashboard.tasks(),
            "applications_text": intake_text(self.program, intake),
            "can_choose_applications": intake.why not in queries.CLOSED_FOR_GOOD,
            "places": dashboard.places(),
            "money": dashboard.money(),
            "run": self.run(),
            "transfer_days": registration_queries.transfer_days(self.program),
            "can_confirm": queries.can_confirm(self.program),
            "can_close": can_close,
            "can_cancel": self.program.status in {Program.Status.OPEN, Program.Status.CONFIRMED} and not can_close,
            "can_copy": self.program.was_public and may_copy(self.request.user, self.program.page),
            **changes_context(self.program, self.request.user, self.dashboard_url()),
            "unpaid": [self.unpaid_row(row) for row in unpaid_holds(self.program)],
        }

    def unpaid_row(self, registration: Registration) -> dict[str, Any]:
        """Return a hold without a deposit: its end, and the URL that records the deposit."""
        end = held_until(registration)
        return {
            "registration": registration,
            "is_announced": registration.transfer_announced_at is not None,
            "held_until": dates.hold_until(end, self.program) if end else "",
            "url": reverse("cop_registration:registration", args=[registration.pk]),
            "deposit_url": deposit_url(registration, back=self.dashboard_url()) if registration.account_id else "",
        }


class ConfirmOrCancelView(ProgramPageMixin, MailingActionView):
    """Confirm or cancel a program."""

    template_name = "forms_ext/programs/admin/confirm_or_cancel.html"

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [self.programs_link(), (self.dashboard_url(), self.program.page.title)]

    def get_success_url(self) -> str:
        return self.dashboard_url() if self.run() is None else reverse("cop_programs:run", args=[self.program.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "program_page": self.program.page,
            "standing": admission.standing(self.program),
            "unpaid": unpaid_holds(self.program),
        }


class ConfirmView(ConfirmOrCancelView):
    """Confirm a program: an invoice for everyone's balance."""

    page_title = gettext_lazy("Confirm program")
    submit_label = gettext_lazy("Confirm and send invoices")
    form_class = ConfirmForm

    def owing(self) -> list[Any]:
        """Return the accounts of members with a balance due."""
        rows = invoices_queries.receivables(self.program).filter(registration__state=State.MEMBER)
        return list(rows)

    def effects(self) -> Sequence[str]:
        owing, standing = self.owing(), admission.standing(self.program)
        said = ngettext(
            "Issues an invoice for the balance to %(n)d member and emails the PDF.",
            "Issues an invoice for the balance to each of %(n)d members and emails the PDFs.",
            len(owing),
        )
        few = _("The program has fewer members than its minimum: %(taken)d of %(least)d. You can still confirm it.")
        warning = [few % {"taken": standing.taken, "least": standing.least}] if standing.taken < standing.least else []
        return [
            *warning,
            said % {"n": len(owing)},
            _("Holds without a deposit get no invoice yet. Recording the deposit later issues it."),
            _("This runs in the background. Pressing twice or going offline never duplicates an invoice."),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [(a.payer_name, format_money(Money(ledger_queries.exact(a.owed), a.currency))) for a in self.owing()]
        return super().get_context_data(**kwargs) | {"owing": rows}

    def emails(self, values: dict[str, Any]) -> Sequence[ShownEmail]:
        return dry_run.emails_of(partial(samples.confirm, program=self.program, by=self.request.user))

    def perform(self, values: dict[str, Any]) -> str:
        actions.confirm_program(
            program=self.program, by=self.request.user, takes_applications=values["takes_applications"]
        )
        return _("Program confirmed. The invoices are being created.")


class CancelProgramView(ConfirmOrCancelView):
    """Call a program off."""

    page_title = gettext_lazy("Cancel program")
    submit_label = gettext_lazy("Cancel program")
    form_class = CancelProgramForm
    is_destructive = True

    def effects(self) -> Sequence[str]:
        return [
            _("Emails members, people with holds or in the queue, and accepted or undecided applicants."),
            _("Releases all places and lists each deposit for refund."),
            _("Issues a credit note for each invoice."),
        ]

    def emails(self, values: dict[str, Any]) -> Sequence[ShownEmail]:
        message = values["message"]
        return dry_run.emails_of(partial(samples.call_off, program=self.program, by=self.request.user, message=message))

    def perform(self, values: dict[str, Any]) -> str:
        actions.call_off_program(
            program=self.program, by=self.request.user, reason=values["reason"], message=values["message"]
        )
        return _("Program cancelled. The emails are on their way.")


class CloseView(ProgramPageMixin, StaffActionView):
    """Close a program that is over."""

    page_title = gettext_lazy("Close program")
    submit_label = gettext_lazy("Close program")
    done_message = gettext_lazy("Program closed.")

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [self.programs_link(), (self.dashboard_url(), self.program.page.title)]

    def get_success_url(self) -> str:
        return self.dashboard_url()

    def effects(self) -> Sequence[str]:
        return [
            _("No one can apply, be accepted or register for %(title)s any more.") % {"title": self.program.page.title},
            _("Billing stays open for payments, refunds and rebates."),
            _("No email is sent. This cannot be undone."),
        ]

    def perform(self, values: dict[str, Any]) -> None:
        actions.close_program(program=self.program, by=self.request.user)


class RunView(ProgramPageMixin, StaffActionView):
    """The progress of a confirmation or cancellation: done, failed, remaining. Failed items can be tried again."""

    template_name = "forms_ext/programs/admin/batch_run.html"

    def load(self) -> None:
        super().load()
        run = self.run()
        if run is None:
            raise Http404
        self.current = run

    def get_page_title(self) -> str:
        return _("Progress")

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [self.programs_link(), (self.dashboard_url(), self.program.page.title)]

    def get_success_url(self) -> str:
        return reverse("cop_programs:run", args=[self.program.pk])

    def perform(self, values: dict[str, Any]) -> str:
        n = actions.retry_failed(run=self.current, by=self.request.user)
        return ngettext("Trying %(n)d again.", "Trying %(n)d again.", n) % {"n": n}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.current
        counts = dict(run.items.values_list("state").annotate(n=Count("pk")).order_by())
        states = (BatchItem.State.DONE, BatchItem.State.FAILED, BatchItem.State.TODO)
        done, failed, todo = (counts.get(state, 0) for state in states)
        return super().get_context_data(**kwargs) | {
            "program_page": self.program.page,
            "run": run,
            "done": done,
            "failed": failed,
            "remaining": todo,
            "all": done + failed + todo,
            "failures": run.items.filter(state=BatchItem.State.FAILED).select_related("registration", "application"),
            "unpaid": unpaid_holds(self.program) if run.kind == BatchRun.Kind.CONFIRM else [],
            "dashboard_url": self.dashboard_url(),
        }
