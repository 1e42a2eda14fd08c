"""The deposit that staff are shown and offered is the one of the person, not the page's of today."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from djmoney.money import Money

from cop_program.models import Program
from forms_ext.ledger.deposits import unpaid
from forms_ext.registration.models import Registration
from tests.forms_ext.base.admin.test_listing import text
from tests.forms_ext.programs.admin.test_views import (
    NOW,
    february,  # noqa: F401
    register,  # noqa: F401  (fixtures)
)

pytestmark = pytest.mark.django_db
State = Registration.State


@pytest.fixture
def lowered(program: Program, register: Callable) -> Registration:  # noqa: F811
    """A hold with a deposit of 100; the page asks for 50 since."""
    registration: Registration = register("Ada")
    program.page.deposit = Money(50, "USD")
    program.page.save()
    return registration


def words(response: object) -> str:
    return " ".join(text(response).replace("\xa0", " ").split())


def record(client: Client, registration: Registration, amount: str) -> str:
    data = {"amount": amount, "received_on": str(NOW.date()), "method": "check", "note": "", "key": amount}
    return words(client.post(reverse("cop_billing:pay", args=[registration.account_id]), data, follow=True))


def test_the_frozen_deposit_is_shown_offered_and_missed(staff: Client, lowered: Registration) -> None:
    for url in ("cop_registration:registration", "cop_programs:confirm"):
        pk = lowered.pk if "registration" in url else lowered.program_id
        assert "50 USD" not in words(staff.get(reverse(url, args=[pk])))
    pay = reverse("cop_billing:pay", args=[lowered.account_id])
    page = staff.get(pay)
    assert page.context["form"]["amount"].value() == "100"
    assert "The deposit is 100 USD. The place is held until" in words(page)
    said = record(staff, lowered, "40")
    assert "60 USD of the deposit of 100 USD is still to be paid. The place is held until" in said
    lowered.refresh_from_db()
    assert lowered.state == State.HELD
    page = staff.get(pay)
    assert page.context["form"]["amount"].value() == "60"
    assert "Payment recorded. Amount due: 1,897 USD." in record(staff, lowered, "60")
    lowered.refresh_from_db()
    assert lowered.state == State.MEMBER
    page = staff.get(pay)
    assert page.context["form"]["amount"].value() == "1,897"
    assert "deposit" not in words(page).lower()


@pytest.mark.parametrize(
    ("state", "paid", "left"),
    [
        (State.HELD, "", "100"),
        (State.HELD, "40", "60"),
        (State.LAPSED, "", "100"),
        (State.LAPSED, "40", "60"),
        (State.MEMBER, "", None),
        (State.CANCELLED, "", None),
    ],
)
def test_what_is_left_of_the_deposit(
    staff: Client,
    lowered: Registration,
    state: str,
    paid: str,
    left: str | None,
) -> None:
    if paid:
        record(staff, lowered, paid)
    Registration.objects.filter(pk=lowered.pk).update(state=state)
    assert lowered.account
    found = unpaid(lowered.account)
    assert (found and found.left) == (left and Money(left, "USD"))
