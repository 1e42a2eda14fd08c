"""The page that reverses a payment: what it announces, the email that it shows, what it keeps after an error."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from forms_ext.invoices import actions
from forms_ext.ledger import actions as billing
from forms_ext.ledger.models import AccountRow, Payment
from forms_ext.mail import rendering
from forms_ext.mail.models import OutgoingMail
from forms_ext.registration.models import Registration
from tests.forms_ext.base.admin.test_listing import text
from tests.forms_ext.ledger.factories import DEPOSIT, make_account
from tests.forms_ext.programs.admin.test_views import (
    NOW,
    february,  # noqa: F401
    register,  # noqa: F401  (fixtures)
)

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
KIND = "payment_reversed"


@pytest.fixture
def paid(register: Callable) -> Payment:  # noqa: F811
    row: Registration = register("Ada")
    return billing.record_payment(account=row.account, amount=DEPOSIT, received_on=NOW.date(), send_receipt=False)


def url(payment: Payment) -> str:
    return reverse("cop_registration:reverse_payment", args=[payment.pk])


def test_the_page_shows_the_email_with_the_day_that_is_filled_in_or_typed(staff: Client, paid: Payment) -> None:
    page = staff.get(url(paid))
    [email] = page.context["emails"]
    assert str(page.context["form"]["last_day"].value()) == "2024-02-06", "three working days after Thursday"
    assert "Your place is held until the end of Tuesday 6 February 2024, Pacific time." in " ".join(email.text.split())
    assert email.attachments == ["R-2024-0002.pdf"]
    assert "the place is only held until the end of the day below" in text(page)
    typed = {"last_day": "2024-02-05", "reason": "Typed twice", "message": "We are sorry, Ada.", "preview": "1"}
    again = staff.post(url(paid), typed)
    [email] = again.context["emails"]
    shown = " ".join(email.text.split())
    assert "the end of Monday 5 February 2024" in shown
    assert "We are sorry, Ada." in shown
    assert "Typed twice" not in shown
    assert "Typed twice" in text(again)
    assert not AccountRow.objects.filter(kind="payment_reversal").exists()
    assert Registration.objects.get().state == "member"
    del typed["preview"]
    answer = staff.post(url(paid), typed, follow=True)
    assert "Payment of 100 USD reversed." in text(answer).replace("\xa0", " ")
    mail = OutgoingMail.objects.get(kind=KIND)
    assert (email.subject, email.text) == (mail.subject, rendering.masked(mail.text))
    assert email.html == rendering.masked(mail.html)
    registration = Registration.objects.get()
    assert registration.state == "held"
    assert registration.invitation.place.held_until.isoformat() == "2024-02-06T08:00:00+00:00"


@pytest.mark.parametrize("day", ["", "31 May", "9999-12-31", "2024-01-01"])
def test_a_day_that_cannot_be_is_refused_and_what_was_typed_stays(staff: Client, paid: Payment, day: str) -> None:
    answer = staff.post(url(paid), {"last_day": day, "reason": "Typed twice", "message": "Sorry"})
    assert answer.status_code in {409, 422}
    page = text(answer)
    assert "Typed twice" in page
    assert "Sorry" in page
    assert "held" in page or "Choose a day" in page
    assert not AccountRow.objects.filter(kind="payment_reversal").exists()
    hold = reverse("cop_registration:hold", args=[Registration.objects.get().pk])
    assert staff.post(hold, {"last_day": day}).status_code in {409, 422}


def test_without_a_reason_nothing_happens(staff: Client, paid: Payment) -> None:
    answer = staff.post(url(paid), {"last_day": "2024-02-05", "reason": " ", "message": ""})
    assert answer.status_code == 422
    assert len(answer.context["emails"]) == 1
    assert not AccountRow.objects.filter(kind="payment_reversal").exists()


def test_a_second_click_is_told_and_mails_nobody(staff: Client, paid: Payment) -> None:
    data = {"last_day": "2024-02-05", "reason": "Twice", "message": ""}
    staff.post(url(paid), data)
    again = staff.post(url(paid), data)
    assert again.status_code in {409, 422}
    assert "has already been reversed" in text(again)
    assert OutgoingMail.objects.filter(kind=KIND).count() == 1


def test_the_day_is_asked_only_where_a_place_is_held(staff: Client, paid: Payment, register: Callable) -> None:  # noqa: F811
    more = billing.record_payment(account=paid.account, amount=DEPOSIT, received_on=NOW.date(), send_receipt=False)
    page = staff.get(url(more))
    assert "last_day" not in page.context["form"].fields
    assert "They keep the place." in text(page)
    held = register("Bo", until=NOW + timedelta(days=4))
    part = billing.record_payment(account=held.account, amount=DEPOSIT / 2, received_on=NOW.date(), send_receipt=False)
    page = staff.get(url(part))
    assert page.context["form"]["last_day"].value() is None
    assert len(page.context["emails"]) == 1
    end = held.invitation.place
    end.refresh_from_db()
    staff.post(url(part), {"last_day": "", "reason": "Wrong", "message": ""})
    assert held.invitation.place.held_until == end.held_until


def test_an_account_without_a_registration_has_a_page_too(staff: Client, paid: Payment) -> None:
    account = make_account(paid.account.program, payer_name="Nobody")
    payment = billing.record_payment(account=account, amount=DEPOSIT, received_on=NOW.date(), send_receipt=False)
    assert len(staff.get(url(payment)).context["emails"]) == 1
    staff.post(url(payment), {"reason": "Wrong", "message": ""})
    assert "You have nothing to pay." in OutgoingMail.objects.get(kind=KIND).text


def test_invoices_that_open_again_or_stay_closed_are_named(staff: Client, paid: Payment) -> None:
    account = paid.account
    actions.issue_invoice(account=account)
    rest = billing.record_payment(account=account, amount=DEPOSIT * 19 - DEPOSIT * 3 / 100, received_on=NOW.date())
    assert "Reopens invoice CF-00001." in text(staff.get(url(rest)))
    billing.post_cancellation_fee(account=account, amount=DEPOSIT)
    actions.issue_invoice(account=account)
    page = text(staff.get(url(rest)))
    assert "Invoice CF-00002 stays open." in page
    assert "Invoice CF-00001 stays closed" in page


def test_the_timeline_tells_of_the_reversal(staff: Client, paid: Payment) -> None:
    staff.post(url(paid), {"last_day": "2024-02-05", "reason": "Typed twice", "message": ""})
    page = text(staff.get(reverse("cop_registration:registration", args=[Registration.objects.get().pk])))
    for words in ("Payment reversed: 100 USD", "Typed twice", "Deposit reversed: place held", "Correction: your"):
        assert words in page.replace("\xa0", " ")
