"""Reads of `registration`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse

from cop_program.models import Program

from ..admission.models import Invitation
from ..admission.queries import Standing, standing
from ..base import addresses, dates
from ..base.conf import conf
from ..forms import compiler
from ..forms.compiler import Answer
from ..ledger import queries as ledger_queries
from .models import Registration

SALT = "forms_ext.registration.member"
State = Registration.State


def hold_end(program: Program, invitation: Invitation) -> datetime:
    """Return when a hold that starts with registering ends: some days after the link's end, at the end of a day."""
    return dates.end_of_day(invitation.ends_at, dates.zone_of(program), days=conf.COP_HOLD_GRACE_DAYS)


def locked(registration: Registration) -> Registration:
    """Return `registration` read anew, its account locked (else its own row) until the transaction ends.

    Every action takes the account before the program: a payment, which starts in billing, does so too.
    """
    account_id = Registration.objects.values_list("account_id", flat=True).get(pk=registration.pk)
    if account_id:
        ledger_queries.locked(account_id)
    rows = Registration.objects.select_for_update(of=("self",))
    return rows.select_related("program__page", "invitation__application", "account").get(pk=registration.pk)


def member_path(registration: Registration) -> str:
    """Return the path of the member's page: signed, with a counter that staff can raise."""
    token = signing.Signer(salt=SALT).sign_object(
        {"r": registration.pk, "c": registration.page_counter}, compress=False
    )
    return reverse("forms_ext:member", args=[token])


def member_url(registration: Registration) -> str:
    """Return the whole address of the member's page."""
    return addresses.absolute_url(member_path(registration))


def find_member(token: str) -> Registration | None:
    """Return the registration of a signed address, or None where it is altered or renewed."""
    try:
        found = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    registrations = Registration.objects.filter(pk=found["r"], page_counter=found["c"])
    return registrations.select_related("program__page", "invitation__application", "account").first()


def members(program: Program) -> QuerySet[Registration]:
    """Return the members of `program`, by name."""
    return Registration.objects.filter(program=program, state=State.MEMBER).order_by("name", "pk")


@dataclass(frozen=True)
class Overview:
    """What staff weigh before they confirm: the places, and who is member, holds, waits, lapsed or cancelled."""

    standing: Standing
    members: Sequence[Registration]
    holds: Sequence[Registration]
    queue: Sequence[Registration]
    lapsed: Sequence[Registration]
    cancelled: Sequence[Registration]


def registration_overview(program: Program) -> Overview:
    """Return all registrations of `program` by state, with place, account and queue entry: three queries."""
    found = list(
        Registration.objects.filter(program=program)
        .select_related("account", "invitation__place", "invitation__queue_entry", "invitation__application")
        .order_by("pk")
    )

    def of(state: str) -> list[Registration]:
        return [registration for registration in found if registration.state == state]

    waiting = list(of(State.WAITING))
    waiting.sort(key=lambda registration: registration.invitation.queue_entry.pk)
    return Overview(
        standing=standing(program),
        members=sorted(of(State.MEMBER), key=lambda registration: registration.name),
        holds=of(State.HELD),
        queue=waiting,
        lapsed=of(State.LAPSED),
        cancelled=of(State.CANCELLED),
    )


def display_answers(registration: Registration) -> list[Answer]:
    """Return the answers with their questions, as they were asked."""
    return compiler.compile(registration.version).display(
        registration.answers, lambda key: reverse("cop_registration:file", args=[registration.pk, key])
    )
