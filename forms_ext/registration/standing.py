"""What is known of a person, for `cop_program.journey.standing`, which says where they stand."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from cop_program import journey
from cop_program.journey import Facts, Standing
from cop_program.models import Program

from ..admission import queries as admission_queries
from ..admission.models import Invitation
from ..applications.models import Application
from ..base import dates
from ..invoices import queries as invoices_queries
from ..ledger.models import Account
from . import queries
from .models import Registration

State = Registration.State
#: What `of_registrations` reads of each registration.
RELATED = ("program__page", "invitation__place")


def of_registrations(registrations: Iterable[Registration]) -> dict[int, Standing]:
    """Return where each of `registrations` stands, by pk: one query, if they come with RELATED."""
    rows = list(registrations)
    accounts = Account.objects.filter(pk__in=[row.account_id for row in rows if row.account_id])
    figures = {account.pk: account for account in invoices_queries.with_figures(accounts)}
    return {row.pk: journey.standing(_registered(row, figures.get(row.account_id or 0))) for row in rows}


def of_applications(applications: Iterable[Application]) -> dict[int, Standing]:
    """Return where each of `applications` stands, by pk, whether they have registered or not: three queries."""
    rows = list(applications)
    found = Registration.objects.filter(invitation__application__in=rows).select_related(*RELATED, "invitation")
    registered = {registration.invitation.application_id: registration for registration in found.order_by("pk")}
    standings = of_registrations(registered.values())
    links = Invitation.objects.filter(application__in=rows, revoked_at__isnull=True).order_by("pk")
    newest = {link.application_id: link for link in links}
    return {
        row.pk: standings[registered[row.pk].pk]
        if row.pk in registered
        else journey.standing(_applied(row, newest.get(row.pk)))
        for row in rows
    }


def of_registration(registration: Registration) -> Standing:
    """Return where `registration` stands."""
    return of_registrations([registration])[registration.pk]


def of_invitation(invitation: Invitation) -> Standing:
    """Return where the holder of a valid `invitation` stands who has not registered yet."""
    return journey.standing(_applied(invitation.application, invitation))


def _applied(application: Application, link: Invitation | None) -> Facts:
    facts = admission_queries.facts_of(application, link.ends_at if link else None)
    return replace(facts, would_hold_until=queries.hold_end(application.program, link.ends_at)) if link else facts


def _registered(registration: Registration, account: Any) -> Facts:
    """Return the facts of `registration`; `account` has the figures of `invoices.queries.with_figures`."""
    program, state = registration.program, registration.state
    place = getattr(registration.invitation, "place", None)
    return Facts(
        has_left=state in {State.LAPSED, State.CANCELLED} or _is_called_off(program),
        is_accepted=True,
        is_registered=True,
        has_place=state in {State.HELD, State.MEMBER},
        held_until=place.held_until if place else None,
        is_member=state == State.MEMBER,
        is_going_ahead=program.status in {Program.Status.CONFIRMED, Program.Status.CLOSED},
        owes=account is not None and account.owed > 0,
        due_on=account.due_on if account else None,
        home_zone=dates.hold_zone(program),
        reader_zone=dates.known_zone(registration.time_zone),
    )


def _paying(account: Any) -> Facts:
    """Return the facts of an account that no registration opened: its payer pays a bill, and nothing before."""
    return Facts(
        is_member=True,
        is_going_ahead=True,
        owes=account.owed > 0,
        due_on=account.due_on,
        home_zone=account.program.page.home_zone,
    )


def _is_called_off(program: Program) -> bool:
    return program.status == Program.Status.CALLED_OFF


def read_application(pk: int) -> Standing | None:
    """Answer for the reference `application:{pk}`."""
    return of_applications(Application.objects.filter(pk=pk).select_related("program__page")).get(pk)


def read_registration(pk: int) -> Standing | None:
    """Answer for the reference `registration:{pk}`."""
    return of_registrations(Registration.objects.filter(pk=pk).select_related(*RELATED)).get(pk)


def read_account(pk: int) -> Standing | None:
    """Answer for the reference `account:{pk}`."""
    if registration := Registration.objects.filter(account=pk).select_related(*RELATED).first():
        return of_registration(registration)
    account = invoices_queries.with_figures(Account.objects.select_related("program__page")).filter(pk=pk).first()
    return journey.standing(_paying(account)) if account else None
