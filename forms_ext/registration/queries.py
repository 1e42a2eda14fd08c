"""Reads of `registration`."""

from datetime import datetime

from django.core import signing
from django.db.models import QuerySet, Subquery, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program import locales, refunds
from cop_program.clock import now
from cop_program.intake import not_running
from cop_program.models import Program

from ..admission.models import Place
from ..applications.models import Application
from ..base import addresses, dates
from ..base.conf import conf
from ..base.recipients import Recipient
from ..forms import compiler
from ..forms.compiler import Answer
from ..ledger import queries as ledger_queries
from .models import Registration

SALT = "forms_ext.registration.member"
State = Registration.State


def hold_end(program: Program, link_ends: datetime) -> datetime:
    """Return when a hold that starts by registering expires: some working days after `link_ends`.

    It is the end of a day in the home zone, as that of every hold. No hold outlives the program.
    """
    end = dates.working_days_later(link_ends, dates.hold_zone(program), conf.COP_HOLD_GRACE_DAYS)
    return min(end, dates.end_of_program(program))


def locked(registration: Registration) -> Registration:
    """Return `registration` read anew, with its account locked (or, without one, its own row).

    Every action locks the account before the program, as a payment does. Raise Registration.DoesNotExist if it is gone.
    """
    account_id = Registration.objects.values_list("account_id", flat=True).get(pk=registration.pk)
    if account_id:
        ledger_queries.locked(account_id)
    rows = Registration.objects.select_for_update(of=("self",))
    return rows.select_related("program__page", "invitation__application", "account").get(pk=registration.pk)


def deposit(registration: Registration) -> Money:
    """Return the deposit of `registration`, frozen when it was made, in the currency of its account."""
    account = registration.account
    currency = account.currency if account else str(registration.program.page.fee.currency)
    return Money(registration.deposit_amount, currency)


def deposit_left(registration: Registration) -> Money:
    """Return what is still to be paid of the deposit; zero or less once it is paid."""
    assert registration.account is not None
    whole = deposit(registration)
    return whole - ledger_queries.paid(registration.account) if whole.amount > 0 else whole


def member_path(registration: Registration) -> str:
    """Return the path of the private page: signed, with a counter that staff can raise."""
    token = signing.Signer(salt=SALT).sign_object(
        {"r": registration.pk, "c": registration.page_counter}, compress=False
    )
    return reverse("forms_ext:member", args=[token])


def recipient(pk: int) -> Recipient | None:
    """Return the person of the registration `pk`, for emails."""
    return _recipient(Registration.objects.filter(pk=pk))


def recipient_of_account(pk: int) -> Recipient | None:
    """Return the person whose account is `pk`, for emails."""
    return _recipient(Registration.objects.filter(account=pk))


def _recipient(found: QuerySet[Registration]) -> Recipient | None:
    registration = found.first()
    return Recipient(registration.name, member_url(registration)) if registration else None


def member_url(registration: Registration) -> str:
    """Return the whole URL of the private page."""
    return addresses.absolute_url(member_path(registration))


def find_member(token: str) -> Registration | None:
    """Return the registration of a private page link, or None if it was altered or renewed."""
    try:
        found = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    registrations = Registration.objects.filter(pk=found["r"], page_counter=found["c"])
    return registrations.select_related("program__page", "invitation__application", "account").first()


def terms_of(registration: Registration) -> list[refunds.Term]:
    """Return the terms to which a person has agreed: those of the page for a registration made without any."""
    page = registration.program.page
    return refunds.read(registration.refund_terms or refunds.freeze(page), page)


def may_leave(registration: Registration) -> bool:
    """Tell whether a person can cancel without asking us: while all is given back, and before the first day.

    Who queues or has paid nothing yet can leave at any time.
    """
    program, account = registration.program, registration.account
    if registration.state not in {State.WAITING, State.HELD, State.MEMBER} or not_running(program.page, program.status):
        return False
    if registration.state != State.MEMBER and (account is None or ledger_queries.paid(account).amount <= 0):
        return True
    term = refunds.in_force(terms_of(registration), now())
    return term.gives == refunds.Gives.EVERYTHING and ledger_queries.today(program) < program.page.starts_on


def transfer_days(program: Program) -> int:
    """Return for how many working days a hold goes on once its holder says that the transfer is on its way."""
    return conf.COP_TRANSFER_DAYS if program.transfer_days is None else program.transfer_days


def transfer_end(registration: Registration) -> datetime | None:
    """Return until when a place is held if its holder says now that the transfer is on its way; None if they cannot."""
    place = Place.objects.filter(invitation=registration.invitation_id, held_until__gt=now()).first()
    program = registration.program
    days = transfer_days(program)
    if registration.state != State.HELD or place is None or registration.transfer_announced_at or not days:
        return None
    return dates.working_days_later(place.held_until, dates.hold_zone(program), days)  # type: ignore[arg-type]


def members(program: Program) -> QuerySet[Registration]:
    """Return the members of `program`, by name."""
    return Registration.objects.filter(program=program, state=State.MEMBER).order_by("name", "pk")


def why_shut(program: Program) -> str:
    """Return in a sentence why nobody can register for `program` any more; '' if people can."""
    if program.status == Program.Status.CALLED_OFF:
        return _("This program is cancelled.")
    if program.status == Program.Status.CLOSED:
        return _("This program is over.")
    deadline = program.page.deadline("registration")
    if deadline and deadline.is_past(now()):
        return _("Registration was open %(deadline)s.") % {"deadline": deadline.sentence(locales.language())}
    return ""


def of_address(email: str | Subquery) -> QuerySet[Registration]:
    """Return the registrations of the address `email`, in all programs, the newest first; case does not matter."""
    value = Value(email) if isinstance(email, str) else email
    found = Registration.objects.alias(address=Lower("email")).filter(address=Lower(value))
    return found.order_by("-pk")


def of_same_address(application_id: int) -> QuerySet[Registration]:
    """Return the registrations of the address of an application, with their programs."""
    email = Subquery(Application.objects.filter(pk=application_id).values("email"))
    return of_address(email).select_related("program__page").defer("answers", "policy")


def display_answers(registration: Registration) -> list[Answer]:
    """Return the answers with their questions, as they were asked."""
    return compiler.compile(registration.version).display(
        registration.answers, lambda key: reverse("cop_registration:file", args=[registration.pk, key])
    )
