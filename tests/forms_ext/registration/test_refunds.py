"""What somebody who cancels gets back: by the policy of their day, once, whatever was paid and paid back before."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program, SessionPage
from cop_program.refunds import Gives
from forms_ext.base import consistency
from forms_ext.base.errors import ActionRefused
from forms_ext.invoices import tasks
from forms_ext.ledger import actions as billing
from forms_ext.ledger import queries as ledger
from forms_ext.ledger.models import RebateDue
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions as programs
from forms_ext.registration import actions
from forms_ext.registration import queries as registrations
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import START, make_registration, open_program, pay

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
IN_TIME = START
LATE = datetime(2024, 1, 25, 8, tzinfo=UTC)
FIRST_SESSION = datetime(2024, 2, 8, 0, tzinfo=UTC)
DURING = datetime(2024, 2, 9, 18, tzinfo=UTC)
OWN_TERMS = [
    ("session", {"number": 1, "gives": Gives.BALANCE}),
    ("day", {"until": date(2024, 1, 24), "gives": Gives.EVERYTHING}),
]


@pytest.fixture
def program(db: None) -> Program:
    program = open_program(refund_terms=OWN_TERMS)
    first = SessionPage(title="One", starts_at=FIRST_SESSION, ends_at=FIRST_SESSION + timedelta(hours=3))
    program.page.add_child(instance=first)
    return program


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def member(program: Program, paid: str, rebate: str = "") -> Registration:
    registration = pay(make_registration(program), usd("100"))
    programs.work_off(programs.confirm_program(program=program, by=None))
    if more := usd(paid) - usd("100"):
        pay(registration, more)
    assert registration.account
    if rebate:
        due = billing.list_rebate(account=registration.account, amount=usd("499.25"))
        if rebate == "paid":
            billing.record_rebate_paid(rebate=due, paid_on=START.date())
    return registration


def findings() -> list[str]:
    tasks.finish_invoices()
    tasks.finish_receipts()
    ours = ("admission.", "registration.", "ledger.", "invoices.")
    return [found.text for found in consistency.run_all() if found.check.startswith(ours)]


@pytest.mark.parametrize(
    ("moment", "paid", "rebate", "given", "kept"),
    [
        (IN_TIME, "100", "", "100", "0"),
        (IN_TIME, "1997", "", "1997", "0"),
        (IN_TIME, "1997", "paid", "1497.75", "0"),
        (IN_TIME, "1997", "listed", "1997", "0"),
        (LATE, "100", "", "0", "100"),
        (LATE, "1997", "", "1897", "100"),
        (LATE, "1997", "paid", "1397.75", "100"),
        (LATE, "2500", "", "2400", "100"),
        (FIRST_SESSION, "1997", "", "0", "1997"),
        (DURING, "100", "", "0", "100"),
        (DURING, "1997", "paid", "0", "1497.75"),
        (DURING, "2500", "", "503", "1997"),
    ],
)
def test_the_policy_decides_and_nothing_is_paid_twice(
    program: Program, moment: datetime, paid: str, rebate: str, given: str, kept: str
) -> None:
    registration = member(program, paid, rebate)
    account = registration.account
    assert account
    with clock.at(moment):
        actions.cancel(registration=registration, by=None)
        assert ledger.to_refund(account) == usd(given)
        assert ledger.cancellation_fee(account) == usd(kept)
        for due in RebateDue.objects.filter(paid_row=None):
            with pytest.raises(ActionRefused, match="fee has been reversed"):
                billing.record_rebate_paid(rebate=due, paid_on=START.date())
        assert not ledger.open_rebates(program).exists()
        for refund in ledger.open_refunds(program):
            billing.record_refund(refund=refund, paid_on=START.date())
        assert ledger.balance(account).amount == 0
        mail = OutgoingMail.objects.get(kind="cancelled")
        assert ("is kept" in mail.text) <= ("refund" not in mail.text)
        names = [attachment.file_name for attachment in mail.attachments.all()]
        statements = list(account.receipts.filter(fee__isnull=False))
        assert names == [f"{statement.number}.pdf" for statement in statements]
        assert [statement.snapshot["total"] for statement in statements] == (
            [f"{usd(kept).amount:.2f}"] * (kept != "0")
        )
        assert findings() == []


def test_what_is_kept_is_on_the_private_page_with_its_document(program: Program, client: Client) -> None:
    registration = member(program, "100")
    with clock.at(LATE):
        actions.cancel(registration=registration, by=None)
        tasks.finish_receipts()
        path = registrations.member_path(registration)
        page = client.get(path).content.decode().replace("\xa0", " ")
        assert "The cancellation fee is 100 USD." in page
        assert registration.account
        statement = registration.account.receipts.get(fee__isnull=False)
        url = f"{path}statements/{statement.fee_id}/"
        assert url in page
        assert b"".join(client.get(url).streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
        other = registrations.member_path(make_registration(program, 2))
        assert client.get(f"{other}statements/{statement.fee_id}/").status_code == 404


@pytest.mark.parametrize(
    ("refund", "reason", "words"),
    [("50", "", "Enter the reason"), ("100.01", "Kind", "between zero and 100"), ("-1", "Kind", "between zero and")],
)
def test_another_refund_needs_a_reason_and_what_was_paid(
    program: Program, refund: str, reason: str, words: str
) -> None:
    registration = member(program, "100")
    with pytest.raises(ActionRefused, match=words):
        actions.cancel(registration=registration, by=None, refund=usd(refund), reason=reason)
    registration.refresh_from_db()
    assert registration.state == "member"


def test_the_policy_of_the_day_of_registering_counts(program: Program) -> None:
    registration = member(program, "100")
    page = program.page
    page.refund_terms, page.cancellation_deadline = [("day", {"until": date(2024, 1, 20), "gives": "everything"})], None
    page.save()
    with clock.at(datetime(2024, 1, 23, tzinfo=UTC)):
        actions.cancel(registration=registration, by=None)
    assert registration.account
    assert ledger.to_refund(registration.account) == usd("100")


def test_a_session_that_is_put_off_gives_as_much_longer(program: Program) -> None:
    registration = member(program, "1997")
    session = program.page.sessions().get()
    session.starts_at = datetime(2024, 2, 21, 0, tzinfo=UTC)
    session.ends_at = datetime(2024, 2, 21, 3, tzinfo=UTC)
    session.save()
    with clock.at(DURING):
        actions.cancel(registration=registration, by=None)
    assert registration.account
    assert ledger.to_refund(registration.account) == usd("1897")


def test_calling_off_gives_everything_back_once(program: Program) -> None:
    registration = member(program, "1997", "paid")
    with clock.at(DURING):
        programs.work_off(programs.call_off_program(program=program, by=None))
        assert registration.account
        assert ledger.to_refund(registration.account) == usd("1497.75")
        assert findings() == []
