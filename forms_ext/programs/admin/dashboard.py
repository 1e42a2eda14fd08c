"""The dashboard of a program: the to-do list and the figures."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from djmoney.money import Money

from cop_program import locales
from cop_program.clock import now
from cop_program.intake import Intake, Why
from cop_program.models import Program

from ...admission import queries as admission
from ...admission.models import Place
from ...applications.models import Application
from ...base.money import format_money
from ...invoices import queries as invoices
from ...invoices.payment_status import PaymentStatus, with_payment_status
from ...ledger import queries as ledger_queries
from ...ledger.models import AccountRow
from ...mail import queries as mails
from ...mail.models import OutgoingMail
from ...registration import lifecycle
from ...registration.models import Registration
from .. import on_the_way, queries
from ..models import BatchItem

SOON = timedelta(days=2)


@dataclass(frozen=True)
class Task:
    """One task: its text, and the label and URL of its list."""

    text: str
    label: str | Promise
    url: str


@dataclass(frozen=True)
class Figure:
    """A figure that links to its list."""

    value: str
    label: str | Promise
    url: str = ""


def listing(name: str, **query: Any) -> str:
    """Return the URL of a list, filtered."""
    return f"{reverse(f'cop_{name}_modeladmin_index')}?{urlencode(query)}"


class Dashboard:
    """Everything that the dashboard of one program shows, with each figure queried once."""

    #: The methods that tell what may need a hand, the most pressing first.
    TASKS = (
        "failed_mails",
        "unused_texts",
        "hidden",
        "too_late",
        "failed_invoices",
        "missing_pdfs",
        "missing_invoices",
        "logo",
        "holds",
        "to_decide",
        "free_places",
        "confirmable",
        "overdue",
        "overpaid",
        "refunds",
        "uncovered_refunds",
        "rebates",
        "rebates_to_list",
        "close",
    )

    #: Those of a cancelled program: nothing is left to decide, to hold or to confirm.
    CANCELLED_TASKS = ("failed_mails", "failed_invoices", "overpaid", "refunds", "uncovered_refunds")

    def __init__(self, program: Program) -> None:
        self.program = program
        self.standing = admission.standing(program)
        self.states = dict(
            Registration.objects.filter(program=program).values_list("state").annotate(n=Count("pk")).order_by()
        )
        self.applications = dict(
            Application.objects.filter(program=program).values_list("state").annotate(n=Count("pk")).order_by()
        )
        accounts = with_payment_status(program.accounts.all())
        self.accounts = dict(accounts.order_by().values_list("standing").annotate(n=Count("pk")))

    def url(self, name: str, **query: Any) -> str:
        """Return the URL of a list, filtered to this program."""
        return listing(name, program=self.program.pk, **query)

    # What needs a hand ---------------------------------------------------------------------------

    def tasks(self) -> list[Task]:
        """Return the to-do list, most urgent first."""
        is_cancelled = self.program.status == Program.Status.CALLED_OFF
        found = (getattr(self, name)() for name in (self.CANCELLED_TASKS if is_cancelled else self.TASKS))
        return [task for task in found if task]

    def failed_mails(self) -> Task | None:
        """Emails that failed for good."""
        scope = self.program.scope
        n = OutgoingMail.objects.filter(scope=scope, state=OutgoingMail.State.FAILED).count()
        text = ngettext("%(n)d email failed", "%(n)d emails failed", n) % {"n": n}
        return Task(text, _("Open email log"), listing("outbox", state="failed", scope=scope)) if n else None

    def unused_texts(self) -> Task | None:
        """Email texts that are not sent, because a private link in them could get to others."""
        scope = self.program.scope
        found = mails.unused([scope, ""])
        if not found:
            return None
        n = len(found)
        text = ngettext("%(n)d email text is not used", "%(n)d email texts are not used", n) % {"n": n}
        query = urlencode({"scope": scope, "language": found[0].language})
        return Task(text, _("Fix it"), f"{reverse('forms_ext_mail:templates')}?{query}")

    def hidden(self) -> Task | None:
        """A page that people on the way need and that is not published."""
        text = on_the_way.hidden_from(self.program)
        url = reverse("wagtailadmin_explore", args=[self.program.page_id])
        return Task(text, _("View pages"), url) if text else None

    def too_late(self) -> Task | None:
        """Accepted people whose links have expired, while there are places and the program has not begun."""
        if not self.standing.free or not lifecycle.can_offer(self.program):
            return None
        n = on_the_way.too_late(self.program).count()
        text = ngettext(
            "%(n)d accepted person can no longer register: the link has expired",
            "%(n)d accepted people can no longer register: their links have expired",
            n,
        ) % {"n": n}
        return Task(text, _("Send new links"), self.url("applications", state="accepted")) if n else None

    def failed_invoices(self) -> Task | None:
        """Registrations that a run could not process."""
        failed = BatchItem.objects.filter(run__program=self.program, state=BatchItem.State.FAILED).count()
        text = ngettext("%(n)d person could not be processed", "%(n)d people could not be processed", failed)
        url = reverse("cop_programs:run", args=[self.program.pk])
        return Task(text % {"n": failed}, _("View"), url) if failed else None

    def missing_pdfs(self) -> Task | None:
        """Invoices and receipts without a PDF after several attempts or a while: the account says why."""
        found = invoices.without_pdf(self.program)
        if not found:
            return None
        n = len(found)
        text = ngettext("%(n)d PDF could not be created yet", "%(n)d PDFs could not be created yet", n) % {"n": n}
        return Task(text, _("View"), reverse("cop_billing:account", args=[found[0].account_id]))

    def missing_invoices(self) -> Task | None:
        """Members of a confirmed program who owe something for which no invoice was issued."""
        if self.program.status != Program.Status.CONFIRMED:
            return None
        members = Registration.objects.filter(program=self.program, state=Registration.State.MEMBER)
        owing = invoices.receivables(self.program).filter(invoice_id=None, pk__in=members.values("account"))
        n, first = owing.count(), owing.first()
        text = ngettext("%(n)d invoice has not been issued", "%(n)d invoices have not been issued", n) % {"n": n}
        return Task(text, _("View"), reverse("cop_billing:account", args=[first.pk])) if first else None

    def logo(self) -> Task | None:
        """A logo that documents are printed without."""
        issuer = ledger_queries.issuer_for(self.program)
        if issuer is None or not issuer.logo_fault():
            return None
        url = reverse("wagtailsnippets_forms_ext_issuer:edit", args=[issuer.pk])
        return Task(_("The logo cannot be printed on invoices and receipts"), _("Choose another"), url)

    def holds(self) -> Task | None:
        """Holds that expire soon, otherwise all unpaid holds."""
        held = Place.objects.filter(program=self.program, held_until__isnull=False)
        soon = held.filter(held_until__lte=now() + SOON).count()
        if soon:
            text = ngettext(
                "%(n)d unpaid hold expires within two days", "%(n)d unpaid holds expire within two days", soon
            ) % {"n": soon}
        elif self.standing.held:
            soon = self.standing.held
            text = ngettext("%(n)d deposit is unpaid", "%(n)d deposits are unpaid", soon) % {"n": soon}
        else:
            return None
        return Task(text, _("Record deposits"), self.url("registrations", state="held"))

    def to_decide(self) -> Task | None:
        """Applications awaiting a decision."""
        n = self.applications.get(Application.State.SUBMITTED, 0)
        text = ngettext("%(n)d application awaiting a decision", "%(n)d applications awaiting a decision", n) % {"n": n}
        return Task(text, _("Decide"), self.url("applications", state="submitted")) if n else None

    def free_places(self) -> Task | None:
        """Free places while people queue."""
        n = min(self.standing.waiting, self.standing.free)
        if not n:
            return None
        text = ngettext("%(n)d free place while people queue", "%(n)d free places while people queue", n)
        return Task(text % {"n": n}, _("View queue"), self.url("registrations", state="waiting"))

    def confirmable(self) -> Task | None:
        """Enough members to confirm."""
        if (
            not queries.can_confirm(self.program)
            or not self.standing.taken
            or self.standing.taken < self.standing.least
        ):
            return None
        text = _("You can confirm the program: %(taken)d members, minimum %(least)d")
        return Task(
            text % {"taken": self.standing.taken, "least": self.standing.least},
            _("Confirm"),
            reverse("cop_programs:confirm", args=[self.program.pk]),
        )

    def overdue(self) -> Task | None:
        """Invoices past their due date."""
        n = self.accounts.get(PaymentStatus.OVERDUE, 0)
        text = ngettext("%(n)d invoice is overdue", "%(n)d invoices are overdue", n) % {"n": n}
        return Task(text, _("View"), self.url("accounts", standing="overdue")) if n else None

    def overpaid(self) -> Task | None:
        """Accounts in credit of which no refund is listed."""
        n = ledger_queries.unlisted(self.program).count()
        text = ngettext(
            "%(n)d account is overpaid without a listed refund",
            "%(n)d accounts are overpaid without a listed refund",
            n,
        ) % {"n": n}
        return Task(text, _("View"), self.url("accounts", standing="credit")) if n else None

    def refunds(self) -> Task | None:
        """Refunds to pay."""
        n = ledger_queries.with_cover(ledger_queries.open_refunds(self.program)).filter(is_covered=True).count()
        text = ngettext("%(n)d refund to pay", "%(n)d refunds to pay", n) % {"n": n}
        return Task(text, _("Pay and record"), self.url("refunds", due="open")) if n else None

    def uncovered_refunds(self) -> Task | None:
        """Listed refunds that are no longer in credit."""
        n = ledger_queries.with_cover(ledger_queries.open_refunds(self.program)).filter(is_covered=False).count()
        text = ngettext(
            "%(n)d listed refund is no longer in credit", "%(n)d listed refunds are no longer in credit", n
        ) % {"n": n}
        return Task(text, _("Remove from list"), self.url("refunds", due="uncovered")) if n else None

    def rebates(self) -> Task | None:
        """Rebates to pay."""
        n = ledger_queries.open_rebates(self.program).count()
        text = ngettext("%(n)d rebate to pay", "%(n)d rebates to pay", n) % {"n": n}
        return Task(text, _("Pay and record"), self.url("rebates", due="open")) if n else None

    def rebates_to_list(self) -> Task | None:
        """Rebates that are due and not listed yet."""
        n = ledger_queries.rebate_candidates(self.program).count()
        text = ngettext("%(n)d rebate is due", "%(n)d rebates are due", n) % {"n": n}
        url = f"{reverse('cop_billing:list_rebates')}?{urlencode({'program': self.program.pk})}"
        return Task(text, _("List rebates"), url) if n else None

    def close(self) -> Task | None:
        """A program that is over."""
        if not queries.can_close(self.program):
            return None
        url = reverse("cop_programs:close", args=[self.program.pk])
        return Task(_("You can close the program: the last session is over"), _("Close"), url)

    # How it stands -------------------------------------------------------------------------------

    def places(self) -> list[Figure]:
        """Return the figures of the places."""
        standing = self.standing
        return [
            Figure(str(standing.taken), _("members"), self.url("registrations", state="member")),
            Figure(str(standing.held), _("unpaid holds"), self.url("registrations", state="held")),
            Figure(str(standing.waiting), _("in the queue"), self.url("registrations", state="waiting")),
            Figure(str(standing.free), _("free places")),
            Figure(str(sum(self.applications.values())), _("applications"), self.url("applications")),
        ]

    def money(self) -> list[Figure]:
        """Return the amounts received, due, overdue and to refund."""
        rows = AccountRow.objects.filter(account__program=self.program).aggregate(
            paid=Sum("amount", filter=Q(kind__in=ledger_queries.PAID)),
        )
        owed = (
            with_payment_status(self.program.accounts.all()).filter(owed__gt=Decimal(0)).aggregate(n=Sum("owed"))["n"]
        )
        fee = self.program.page.fee
        currency = str(fee.currency) if fee else "USD"

        def amount(value: Decimal | None) -> str:
            return format_money(Money(ledger_queries.exact(value), currency))

        refunds = ledger_queries.with_cover(ledger_queries.open_refunds(self.program)).filter(is_covered=True)
        due = refunds.aggregate(n=Sum("amount"))["n"]
        return [
            Figure(amount(-(rows["paid"] or Decimal(0))), _("received"), self.url("accounts")),
            Figure(amount(owed), _("amount due"), self.url("accounts", standing="unpaid")),
            Figure(
                str(self.accounts.get(PaymentStatus.OVERDUE, 0)), _("overdue"), self.url("accounts", standing="overdue")
            ),
            Figure(amount(due), _("refunds due"), self.url("refunds", due="open")),
        ]


def intake_text(program: Program, intake: Intake) -> str:
    """Say to staff whether the program takes applications, and why not."""
    deadline = program.page.deadline("application")
    until = deadline.end_text(locales.language()) if deadline else ""
    said = {
        Why.OPEN: _("Applications are open until %(until)s.") % {"until": until},
        Why.SOON: _("No application form is published. The program page says that applications open soon."),
        Why.DEADLINE: _("Applications are closed since %(until)s.") % {"until": until},
        Why.STOPPED: _("Applications are closed, as staff chose."),
        Why.FULL: _("Applications are closed as long as all places are taken."),
    }
    full = [_("All places are taken: who registers joins the queue.")] if intake.is_open and intake.is_full else []
    return " ".join([said.get(intake.why, intake.sentence), *full])


def unpaid_holds(program: Program) -> list[Registration]:
    """Return the holds without a deposit, for which confirming issues no invoice."""
    held = Registration.objects.filter(program=program, state=Registration.State.HELD)
    return list(held.select_related("invitation__place", "program__page").order_by("invitation__place__held_until"))
