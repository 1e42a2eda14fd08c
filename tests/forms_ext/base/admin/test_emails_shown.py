"""Pages of actions show the emails that they send, exactly, before anything is done."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from forms_ext.invoices import actions
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import actions as billing
from forms_ext.ledger.models import AccountRow
from forms_ext.mail import rendering
from forms_ext.mail.models import OutgoingMail
from forms_ext.registration.models import Registration
from tests.forms_ext.base.admin.test_listing import text
from tests.forms_ext.ledger.factories import DEPOSIT
from tests.forms_ext.programs.admin.test_views import (
    NOW,
    february,  # noqa: F401
    register,  # noqa: F401  (fixtures)
)

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def shown(answer: object) -> list[tuple[str, str, str]]:
    return [(email.subject, email.text, email.html) for email in answer.context["emails"]]  # type: ignore[attr-defined]


def counted() -> list[int]:
    return [model.objects.count() for model in (OutgoingMail, AccountRow, Invoice, ModelLogEntry)]


def test_cancelling_shows_every_mail_that_then_goes_out(
    staff: Client,
    register: Callable,  # noqa: F811
    django_capture_on_commit_callbacks: Callable,
) -> None:
    row: Registration = register("Ada")
    billing.record_payment(account=row.account, amount=DEPOSIT, received_on=NOW.date(), send_receipt=False)
    actions.issue_invoice(account=row.account)
    url = reverse("cop_registration:cancel", args=[row.pk])
    before, mails = counted(), list(OutgoingMail.objects.values_list("pk", flat=True))
    with django_capture_on_commit_callbacks() as waiting:
        first = staff.get(url)
        again = staff.post(url, {"amount": "", "reason": "Colleagues", "preview": "1"})
    assert waiting == []
    assert counted() == before
    row.refresh_from_db()
    assert row.state == Registration.State.MEMBER
    assert again.status_code == 200
    assert "Colleagues" in text(again), "what was typed stays"
    assert "/go/member/" not in text(first)
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(url, {"amount": "", "reason": "Colleagues"})
    sent = OutgoingMail.objects.exclude(pk__in=mails)
    assert {mail.kind for mail in sent} == {"cancelled", "credit_note"}
    assert sorted(shown(again)) == sorted(
        (mail.subject, rendering.masked(mail.text), rendering.masked(mail.html)) for mail in sent
    )


def test_a_payment_shows_at_once_what_the_usual_one_sends(staff: Client, register: Callable) -> None:  # noqa: F811
    row = register("Ada")
    page = staff.get(reverse("cop_billing:pay", args=[row.account_id]))
    [email] = page.context["emails"]
    assert (email.to, email.attachments) == (f"Ada <{row.email}>", ["R-2024-0001.pdf"])


def test_an_action_that_is_refused_says_so_before_it_is_tried(staff: Client, register: Callable) -> None:  # noqa: F811
    row = register(state=Registration.State.CANCELLED)
    page = staff.get(reverse("cop_registration:cancel", args=[row.pk]))
    assert page.status_code == 200
    assert "cannot change from" in text(page)
    assert page.context["emails"] is None


def test_a_preview_with_errors_shows_them_and_keeps_what_was_typed(staff: Client, register: Callable) -> None:  # noqa: F811
    url = reverse("cop_registration:hold", args=[register().pk])
    (email,) = staff.get(url).context["emails"]
    assert "Tuesday 6 February" in email.subject, "the end that it has now, to begin with"
    answer = staff.post(url, {"last_day": "31 May", "message": "Take your time", "preview": "1"})
    assert answer.status_code == 422
    assert "Take your time" in text(answer)
    assert "choose “Preview”" in text(answer)
    assert 'value="31 May"' in text(answer)
