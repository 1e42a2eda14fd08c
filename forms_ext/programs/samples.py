"""Whom a run emails: a dry run for one person of each kind, so that staff see the emails before it starts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from cop_program.models import Program

from ..applications.models import Application
from ..invoices import queries as invoices_queries
from ..invoices.models import Invoice
from ..ledger.models import Payment
from ..mail import dry_run
from ..registration import queries as registration_queries
from ..registration.models import Registration
from . import actions

if TYPE_CHECKING:
    from django.contrib.auth.models import User

State = Registration.State
AUDIENCES: dict[str, str | Promise] = {
    State.MEMBER: gettext_lazy("Members"),
    State.HELD: gettext_lazy("People with a hold"),
    State.WAITING: gettext_lazy("People in the queue"),
    Application.State.ACCEPTED: gettext_lazy("Accepted applicants"),
    Application.State.SUBMITTED: gettext_lazy("Applicants awaiting a decision"),
    Application.State.WAITLISTED: gettext_lazy("Waitlisted applicants"),
}


def confirm(*, program: Program, by: "User | None") -> None:
    """Email one member of each kind as confirming the program does; only in a dry run."""
    actions.start_confirmation(program=program, by=by)
    for pk in _each_kind(actions.members(program), _money(program)):
        actions.confirm_one(registration_queries.locked(Registration(pk=pk)))


def call_off(*, program: Program, by: "User | None", message: str) -> None:
    """Email one person of each kind as cancelling the program does; only in a dry run."""
    run, _begun = actions.start_calling_off(program=program, by=by, message=message)
    for pk in _each_kind(actions.registered(program), _money(program)):
        actions.call_off_one(run, registration_queries.locked(Registration(pk=pk)))
    for pk in _each_kind(actions.applicants(program), {}):
        actions.tell_applicant(run, pk)


def _money(program: Program) -> dict[str, Exists]:
    """Return what in an account makes other emails: what was paid, an invoice, a debt."""
    of_account = Q(account=OuterRef("account"))
    invoices = Invoice.objects.filter(of_account, kind=Invoice.Kind.INVOICE, credit_note__isnull=True)
    return {
        "has_paid": Exists(Payment.objects.filter(of_account)),
        "is_invoiced": Exists(invoices),
        "owes": Exists(invoices_queries.receivables(program).filter(pk=OuterRef("account")).order_by()),
    }


def _each_kind(people: QuerySet[Any], marks: dict[str, Exists]) -> Iterator[int]:
    """Yield the first of each kind of `people`, and tell the dry run how many there are; one query in all."""
    names = ["state", "language", *marks]
    kinds = people.order_by().annotate(**marks).values(*names).annotate(n=Count("pk"), first=Min("pk"))
    found = sorted(kinds, key=lambda kind: (list(AUDIENCES).index(kind["state"]), -kind["n"], kind["first"]))
    languages = {kind["language"] for kind in found}
    for kind in found:
        with dry_run.audience(_called(kind, several_languages=len(languages) > 1), kind["n"]):
            yield kind["first"]


def _called(kind: dict[str, Any], *, several_languages: bool) -> str:
    """Return a description of the people of a kind: status, language, and differences in their account."""
    parts = [str(AUDIENCES[kind["state"]])]
    if several_languages:
        parts.append(_language(kind["language"]))
    if kind.get("is_invoiced"):
        parts.append(_("with an invoice"))
    if kind.get("has_paid") and kind["state"] != State.MEMBER:
        parts.append(_("with a payment"))
    return ", ".join(parts)


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
