"""What registration adds to the staff's page of an applicant."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from djmoney.money import Money

from ...base import events
from ...base.money import format_money
from ...base.permissions import may
from ...base.person import Fact, Panel
from ...base.references import reference_to
from ...base.timeline import Entry, name_of
from ...ledger.models import Account
from ...mail.admin.timeline import emails_about
from ...mail.models import OutgoingMail
from .. import queries
from ..models import Registration


def panel(reference: str, user: Any) -> Panel:
    """Return what is known of the registrations of an application (`application:12`), as far as `user` may see it."""
    kind, _colon, pk = reference.partition(":")
    if kind != "application":
        return Panel()
    found = Registration.objects.filter(invitation__application=int(pk)).select_related("account")
    registrations = list(found.order_by("pk"))
    others = queries.of_same_address(int(pk)).exclude(pk__in=[one.pk for one in registrations])
    return Panel(
        facts=[*(_fact(one, user) for one in registrations), *(_same_address(one, user) for one in others[:10])],
        entries=[entry for registration in registrations for entry in _entries(registration, user)],
    )


def _fact(registration: Registration, user: Any) -> Fact:
    return Fact(_("Registration"), registration.reference, _url(registration, user), registration.get_state_display())


def _same_address(registration: Registration, user: Any) -> Fact:
    note = f"{registration.program.page.title}, {registration.get_state_display()}"
    return Fact(_("Same email address"), registration.reference, _url(registration, user), note)


def _url(registration: Registration, user: Any) -> str:
    manages = may(user, "manage", Registration)
    return reverse("cop_registration:registration", args=[registration.pk]) if manages else ""


def _entries(registration: Registration, user: Any) -> Iterator[Entry]:
    corrections = {correction.pk: correction for correction in registration.corrections.all()}
    for event in events.about(registration):
        correction = corrections.get(event.data.get("correction"))
        yield Entry(event.at, events.label(event.name), correction.text if correction else "", name_of(event.by))
    abouts = [reference_to(registration)]
    if account := registration.account:
        abouts += [reference_to(account), *(reference_to(invoice) for invoice in account.invoices.all())]
        if may(user, "bill", Account):
            yield from _money(account)
    if may(user, "view", OutgoingMail):
        yield from emails_about(abouts)


def _money(account: Account) -> Iterator[Entry]:
    """Yield the events of `account`, each with its number or amount and the note of its entry."""
    rows = {row.pk: row for row in account.rows.all()}
    for event in events.about(account):
        title, data = events.label(event.name), event.data
        row = rows.get(data.get("entry"))
        if amount := data.get("amount"):
            money = format_money(abs(Money(amount, data["currency"])))
            title = _("%(kind)s: %(amount)s") % {"kind": title, "amount": money}
        elif number := data.get("number"):
            title = f"{title}: {number}"
        yield Entry(event.at, title, row.note if row else "", name_of(event.by))
