"""What the demo's loader creates: the 2024 edition from the first application to its closing, and the open one."""

import re
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from djmoney.money import Money

from cop_program.models import Program, SessionPage
from forms_ext.admission.models import Place, QueueEntry
from forms_ext.applications.models import Application
from forms_ext.base import consistency
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import queries as ledger
from forms_ext.ledger.models import Account, Payment, RebateDue, RefundDue
from forms_ext.mail import email_types
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions
from forms_ext.registration.models import Registration

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def past(loaded: None) -> Program:
    return Program.objects.select_related("page").get(page__slug="nurturing-healthy-culture-2024")


@pytest.fixture
def coming(loaded: None) -> Program:
    return Program.objects.select_related("page").exclude(page__slug="nurturing-healthy-culture-2024").get()


def test_2024_had_nine_members_and_is_closed(past: Program) -> None:
    states = Counter(Application.objects.filter(program=past).values_list("state", flat=True))
    assert states == {"accepted": 12, "declined": 2, "withdrawn": 1}
    registrations = Registration.objects.filter(program=past)
    assert Counter(registrations.values_list("state", flat=True)) == {"member": 9, "lapsed": 1, "cancelled": 2}
    members = registrations.filter(state="member")
    countries = Counter(str(member.country) for member in members)
    assert (countries["CA"], countries["AU"], countries["NZ"]) == (1, 1, 1)
    assert past.status == "closed"
    assert past.status_changed_at
    assert past.status_changed_at.year == 2024
    assert not actions.close_program(program=past, by=None)
    assert all(session.recording_link for session in SessionPage.objects.child_of(past.page))


def test_2024_the_house_was_full_and_the_queue_moved(past: Program) -> None:
    """Two of the nine came from the queue: for a hold that ended, and for a place that was given up."""
    queue = QueueEntry.objects.filter(program=past).order_by("pk")
    assert [bool(entry.offered_at) for entry in queue] == [True, True, False]
    assert all(entry.offered_at or entry.left_at for entry in queue)
    names = [entry.invitation.application.name for entry in queue]
    assert names == ["Helen Abernathy", "Paulo Figueira", "Karin Solberg"]
    lapsed = Registration.objects.get(program=past, state="lapsed")
    assert lapsed.state_changed_at == queue[0].offered_at
    mails = OutgoingMail.objects.filter(scope=past.scope, recipient=lapsed.email).values_list("kind", flat=True)
    assert {"hold_ending", "hold_ended"} <= set(mails)
    (refund,) = RefundDue.objects.filter(account__program=past)
    assert refund.amount == Money("100", "USD")
    assert refund.settled_by_row
    assert not ledger.open_refunds(past)


def test_2024_the_invoices_are_paid(past: Program) -> None:
    invoices = Invoice.objects.filter(account__program=past)
    assert [invoice.total for invoice in invoices] == [Money("1897", "USD")] * 9
    for invoice in invoices:
        assert invoice.pdf_sha256
        assert invoice.mailed_at
        assert invoice.mailed_at.year == 2024
        assert invoice.closed_at
        assert invoice.due_on
        assert invoice.closed_at.date() <= invoice.due_on
    assert {ledger.balance(account).amount for account in Account.objects.filter(program=past)} == {0}
    payments = Payment.objects.filter(account__program=past).select_related("row")
    assert Counter(-payment.row.amount.amount for payment in payments) == {100: 10, 1897: 9}


def test_2024_rebates_are_listed_by_country(past: Program) -> None:
    rebates = RebateDue.objects.filter(account__program=past).select_related("account")
    assert {str(rebate.account.payer_country): rebate.amount for rebate in rebates} == {
        code: Money("499.25", "USD") for code in ("CA", "AU", "NZ")
    }
    assert {rebate.listed_at.date() for rebate in rebates} == {date(2024, 2, 15)}


def test_the_coming_edition_has_people_everywhere_on_the_way(coming: Program) -> None:
    states = Counter(Application.objects.filter(program=coming).values_list("state", flat=True))
    assert states == {"accepted": 6, "waitlisted": 1, "declined": 1, "withdrawn": 1, "submitted": 4}
    registrations = Registration.objects.filter(program=coming)
    assert Counter(registrations.values_list("state", flat=True)) == {
        "member": 2,
        "held": 1,
        "lapsed": 1,
        "cancelled": 1,
    }
    assert [refund.amount for refund in ledger.open_refunds(coming)] == [Money("100", "USD")]
    assert Place.objects.filter(program=coming, invitation__isnull=True).count() == 6
    assert coming.status == "open"
    assert not Invoice.objects.filter(account__program=coming).exists()


def test_every_mail_went_out_at_its_own_time(past: Program) -> None:
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}
    ours = OutgoingMail.objects.filter(scope=past.scope)
    assert ours.count() > 100
    assert not ours.exclude(sent_at__range=(datetime(2023, 11, 14, tzinfo=UTC), datetime(2024, 7, 31, tzinfo=UTC)))
    assert ours.filter(kind="receipt").count() == 9
    assert ours.filter(kind="sessions_changed").count() == 54


def test_no_value_of_a_mail_holds_a_personal_link_that_is_not_marked(loaded: None) -> None:
    """Stored in plain text: only URLs that all members share, and no token."""
    shared = {link for row in SessionPage.objects.values_list("join_link", "recording_link") for link in row if link}
    for mail in OutgoingMail.objects.all():
        kind = email_types.get(mail.kind)
        for name, value in mail.fields.items():
            addresses = set(re.findall(r"\w+://\S+", value))
            assert addresses <= (shared if name in kind.links else set()), (kind.name, name)
            assert not re.search(r"[\w-]{32,}", re.sub(r"\S+://\S+", "", value)), (kind.name, name)


def test_the_audit_finds_nothing(loaded: None) -> None:
    assert list(consistency.run_all()) == []
