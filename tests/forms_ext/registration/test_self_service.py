"""Offers in working days, and what people do by themselves on the private page: leave, announce a transfer."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from djmoney.money import Money

from cop_program import clock, places
from cop_program.models import Program, ProgramPage
from forms_ext.base import dates
from forms_ext.base.errors import ActionRefused
from forms_ext.ledger.models import RefundDue
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions as programs
from forms_ext.registration import actions, holds, queries, self_service
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import START, make_registration, open_program, pay

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
State = Registration.State
#: 20 January 2024 is a Saturday; its cancellation deadline ends on the 24th.
WEDNESDAY, AFTER = datetime(2024, 1, 25, 8, tzinfo=UTC), datetime(2024, 1, 25, 17, tzinfo=UTC)
NEXT_FRIDAY = datetime(2024, 1, 27, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def january() -> Iterator[None]:
    with clock.at(START):
        yield


def fresh(registration: Registration) -> Registration:
    return Registration.objects.select_related("program__page", "invitation__place", "account").get(pk=registration.pk)


def end_of(registration: Registration) -> datetime | None:
    return fresh(registration).invitation.place.held_until


@pytest.mark.parametrize(
    ("day", "days", "last"),
    [
        (date(2024, 1, 20), 3, date(2024, 1, 24)),  # Saturday: Monday to Wednesday
        (date(2024, 1, 22), 3, date(2024, 1, 25)),
        (date(2024, 1, 25), 3, date(2024, 1, 30)),  # Thursday: Friday, Monday, Tuesday
        (date(2024, 1, 26), 1, date(2024, 1, 29)),
        (date(2024, 1, 21), 5, date(2024, 1, 26)),
        (date(2024, 1, 20), 0, date(2024, 1, 20)),
    ],
)
def test_working_days(day: date, days: int, last: date) -> None:
    assert dates.working_day_after(day, days) == last


def queue(program: Program) -> tuple[Registration, Registration]:
    """Return the holder of the only place and the first in the queue."""
    return make_registration(program, 1), make_registration(program, 2)


def test_an_offer_on_a_saturday_lasts_until_the_end_of_wednesday_at_home() -> None:
    first, second = queue(open_program(capacity=1, registration_deadline_zone="Europe/Berlin"))
    actions.cancel(registration=first, by=None)
    assert end_of(second) == WEDNESDAY


def test_staff_set_the_end_with_the_offer(client: Client) -> None:
    program = open_program(capacity=1)
    first, second = queue(program)
    third = make_registration(program, 3)
    client.force_login(User.objects.create_superuser("boss"))
    with pytest.raises(ActionRefused):
        actions.cancel(registration=first, by=None, offer_until=START)
    url = reverse("cop_registration:cancel", args=[first.pk])
    assert client.post(url, {"offer_last_day": "2024-01-26"}).status_code == 302
    assert end_of(second) == NEXT_FRIDAY
    url = reverse("cop_programs:places", args=[program.pk])
    assert client.post(url, {"number": "2", "offer_last_day": "2024-01-26"}).status_code == 302
    assert end_of(third) == NEXT_FRIDAY
    fourth = make_registration(program, 4)
    places.set_number(program=program, number=3)
    assert end_of(fourth) == WEDNESDAY


def test_a_transfer_on_its_way_gives_what_staff_allow_once(client: Client) -> None:
    program = open_program()
    registration = make_registration(program)
    holds.set_hold_end(registration=registration, held_until=WEDNESDAY, by=None)
    page = queries.member_path(registration)
    assert "My transfer is on its way" in client.get(page).text
    programs.set_transfer_days(program=program, days=2, by=None)
    assert "until the end of Friday 26 January 2024" in client.get(page).text.replace("\xa0", " ")
    assert client.get(f"{page}transfer/").status_code == 405
    assert client.post(f"{page}transfer/").status_code == 302
    assert end_of(registration) == NEXT_FRIDAY
    assert "Friday 26 January" in OutgoingMail.objects.filter(kind="hold_moved").latest("pk").text
    shown = client.get(page).text
    assert "My transfer is on its way" not in shown
    assert "You told us that your transfer is on its way." in shown
    assert client.post(f"{page}transfer/").status_code == 409
    assert end_of(registration) == NEXT_FRIDAY
    client.force_login(User.objects.create_superuser("boss"))
    said = "says that the transfer is on its way"
    assert said in client.get(reverse("cop_registration:registration", args=[registration.pk])).text
    assert said in client.get(reverse("cop_programs:program", args=[program.pk])).text


def test_a_transfer_is_not_asked_for_where_staff_allow_nothing(client: Client) -> None:
    program = open_program()
    registration = make_registration(program)
    programs.set_transfer_days(program=program, days=0, by=None)
    assert "My transfer is on its way" not in client.get(queries.member_path(registration)).text
    with pytest.raises(ActionRefused):
        self_service.announce_transfer(registration=registration)


def waiting(program: Program) -> Registration:
    for number in range(2, 4):
        make_registration(program, number)
    return make_registration(program)


def member(program: Program) -> Registration:
    return pay(make_registration(program))


def part_paid(program: Program) -> Registration:
    return pay(make_registration(program), Money("40", "USD"))


def confirmed(program: Program) -> Registration:
    registration = member(program)
    programs.work_off(programs.confirm_program(program=program, by=None))
    return registration


def cancelled(program: Program) -> Registration:
    return actions.cancel(registration=member(program), by=None)


NOTHING, BACK = "You have nothing to pay.", "We will refund you 100 USD"
LEAVING: list[tuple[Callable[[Program], Registration], datetime, str, str]] = [
    (waiting, START, "Leave the queue", ""),
    (waiting, AFTER, "Leave the queue", ""),
    (make_registration, START, "Give up your place", NOTHING),
    (make_registration, AFTER, "Give up your place", NOTHING),
    (part_paid, START, "Give up your place", "We will refund you 40 USD"),
    (part_paid, AFTER, "", ""),
    (member, START, "Cancel your registration", BACK),
    (confirmed, START, "Cancel your registration", BACK),
    (member, AFTER, "", ""),
    (confirmed, AFTER, "", ""),
    (cancelled, START, "", ""),
]


@pytest.mark.parametrize(
    ("make", "moment", "label", "money"), LEAVING, ids=[f"{row[0].__name__}-{row[1]:%d}" for row in LEAVING]
)
def test_people_leave_by_themselves_until_the_deadline_and_know_what_it_costs(
    client: Client, make: Callable[[Program], Registration], moment: datetime, label: str, money: str
) -> None:
    registration = make(open_program(capacity=2))
    before, state = OutgoingMail.objects.count(), fresh(registration).state
    page = queries.member_path(registration)
    with clock.at(moment):
        shown = client.get(page).text
        ask = client.get(f"{page}leave/")
        assert fresh(registration).state == state  # looking changes nothing
        assert OutgoingMail.objects.count() == before
        done = client.post(f"{page}leave/")
    assert f"{page}leave/" in shown if label else f"{page}leave/" not in shown
    assert ("If you want to cancel, reply to one of our emails." in shown) == (
        not label and state in {State.HELD, State.MEMBER}
    )
    if not label:
        assert (ask.status_code, done.status_code, fresh(registration).state) == (409, 409, state)
        return
    assert label in ask.text
    assert money in ask.text.replace("\xa0", " ")
    assert (done.status_code, fresh(registration).state) == (302, State.CANCELLED)
    mail = OutgoingMail.objects.get(kind="cancelled")
    assert money in mail.text.replace("\xa0", " ")
    assert RefundDue.objects.exists() == ("refund" in money)
    assert "Your registration is cancelled." in client.get(page).text


@pytest.mark.parametrize(("deadline", "days"), [(date(2024, 1, 2), 0), (date(2024, 2, 6), 1)])
def test_people_leave_by_the_policy_to_which_they_agreed(deadline: date, days: int) -> None:
    """The page has another cancellation deadline since: an earlier one, or a later one."""
    program = open_program()
    registration = member(program)
    ProgramPage.objects.update(cancellation_deadline=deadline)
    with clock.at(AFTER if days else START):
        assert queries.may_leave(fresh(registration)) == (not days)


def test_a_declined_offer_goes_to_the_next(client: Client) -> None:
    program = open_program(capacity=1)
    first, second = queue(program)
    third = make_registration(program, 3)
    actions.cancel(registration=first, by=None)
    assert client.post(f"{queries.member_path(second)}leave/").status_code == 302
    assert (fresh(second).state, fresh(third).state) == (State.CANCELLED, State.HELD)


def test_a_private_page_that_was_renewed_is_left_by_nobody(client: Client) -> None:
    registration = make_registration(open_program())
    old = queries.member_path(registration)
    actions.renew_member_page(registration=registration, by=None)
    for path in ("leave/", "transfer/"):
        assert client.post(f"{old}{path}").status_code == 404
    assert fresh(registration).state == State.HELD
