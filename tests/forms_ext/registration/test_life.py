from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import places, queries
from forms_ext.admission.models import Place
from forms_ext.base import consistency, private_files
from forms_ext.base.errors import ActionRefused
from forms_ext.invoices import actions as invoices_actions
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import queries as ledger
from forms_ext.ledger.models import Issuer
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions as programs_actions
from forms_ext.programs.models import BatchItem, BatchRun
from forms_ext.registration import actions, holds
from forms_ext.submissions.models import Upload
from forms_ext.submissions.receivers import forget_draft_uploads
from tests.forms_ext.admission.factories import (
    accept,
    make_application,
    make_registration,
    open_program,
    pay,
    submission,
)

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def findings() -> list[str]:
    ours = ("admission.", "registration.", "ledger.rows", "invoices.balances", "ledger.lists")
    return [f"{found.check}: {found.text}" for found in consistency.run_all() if found.check.startswith(ours)]


def kinds(registration: object) -> list[str]:
    about = f"registration:{registration.pk}"  # type: ignore[attr-defined]
    return list(OutgoingMail.objects.filter(about=about).order_by("pk").values_list("kind", flat=True))


def test_registering_holds_a_place_posts_the_fee_and_tells_until_when(program: Program) -> None:
    registration = make_registration(program)
    assert registration.state == "held"
    assert registration.account
    assert ledger.balance(registration.account) == Money("1997", "USD")
    place = Place.objects.get(invitation=registration.invitation)
    assert place.held_until == datetime(2024, 2, 3, 8, tzinfo=UTC)
    text = " ".join(OutgoingMail.objects.get(kind="registered_hold").text.split())
    assert "the end of Friday 2 February 2024, Pacific time" in text
    assert findings() == []


def test_a_link_registers_once_and_a_double_click_finds_the_first(program: Program) -> None:
    registration = make_registration(program)
    with pytest.raises(ActionRefused):
        actions.register(invitation=registration.invitation, submission=submission(1, "other"))
    registration.idempotency_key = "k"
    registration.save()
    assert actions.register(invitation=registration.invitation, submission=submission(1, "k")) == registration


def test_the_tenth_waits_posts_nothing_and_gets_the_place_that_comes_free(db: None) -> None:
    program = open_program(2)
    first, _second, third, fourth = (make_registration(program, number) for number in range(1, 5))
    assert (third.state, third.account, third.answers) == ("waiting", None, {"hopes": "much"})
    assert "number 1 in the queue" in OutgoingMail.objects.filter(kind="registered_waiting").order_by("pk")[0].text
    actions.cancel(registration=first, by=None)
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert (third.state, fourth.state) == ("held", "waiting")
    assert Place.objects.get(invitation=third.invitation).held_until == datetime(2024, 1, 25, 8, tzinfo=UTC)
    assert ledger.balance(third.account) == Money("1997", "USD")  # type: ignore[arg-type]
    assert kinds(third) == ["registered_waiting", "place_offered"]
    assert findings() == []


def test_an_added_place_goes_to_the_queue_and_lowering_deletes_free_ones_only(db: None) -> None:
    program = open_program(1)
    _first, second = (make_registration(program, number) for number in (1, 2))
    places.set_capacity(program=program, capacity=4)
    holds.offer_free_places(program)
    second.refresh_from_db()
    assert second.state == "held"
    assert places.set_capacity(program=program, capacity=1) == 2
    assert queries.standing(program).held == 2


def test_the_deposit_keeps_the_place(program: Program) -> None:
    registration = pay(make_registration(program), Money("40", "USD"))
    assert registration.state == "held"
    assert pay(registration, Money("60", "USD")).state == "member"
    assert queries.standing(program).taken == 1
    assert "place_confirmed" in kinds(registration)
    assert findings() == []


def test_an_unpaid_hold_is_announced_ends_once_and_frees_the_place(db: None) -> None:
    program = open_program(1)
    first, second = make_registration(program, 1), make_registration(program, 2)
    with clock.at(datetime(2024, 2, 1, 12, tzinfo=UTC)):
        assert (holds.remind_holds(), holds.remind_holds(), holds.end_holds()) == (1, 0, 0)
    with clock.at(datetime(2024, 2, 3, 8, tzinfo=UTC)):
        assert (holds.end_holds(), holds.end_holds()) == (1, 0)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, second.state) == ("lapsed", "held")
        assert ledger.balance(first.account).amount == 0  # type: ignore[arg-type]
        assert kinds(first) == ["registered_hold", "hold_ending", "hold_ended"]
        late = pay(first, on=date(2024, 2, 2))
        assert late.state == "lapsed"
        assert [refund.amount for refund in ledger.open_refunds(program)] == [Money("100", "USD")]
        assert findings() == []


def test_a_late_deposit_takes_a_free_place(program: Program) -> None:
    registration = make_registration(program)
    with clock.at(datetime(2024, 2, 3, 8, tzinfo=UTC)):
        holds.end_holds()
        assert pay(registration, on=date(2024, 2, 2)).state == "member"
        assert ledger.balance(registration.account) == Money("1897", "USD")  # type: ignore[arg-type]
        assert findings() == []


def test_cancelling_before_and_after_the_deadline(program: Program) -> None:
    early, late, kind = (pay(make_registration(program, number)) for number in (1, 2, 3))
    actions.cancel(registration=early, by=None)
    assert [refund.account for refund in ledger.open_refunds(program)] == [early.account]
    with clock.at(datetime(2024, 1, 25, 8, tzinfo=UTC)):
        actions.cancel(registration=late, by=None)
        assert ledger.balance(late.account).amount == 0  # type: ignore[arg-type]
        assert ledger.open_refunds(program).count() == 1
        with pytest.raises(ActionRefused, match="Enter the reason"):
            actions.cancel(registration=kind, by=None, refund=Money(100, "USD"))
        actions.cancel(registration=kind, by=None, refund=Money(100, "USD"), reason="Illness")
        assert ledger.open_refunds(program).count() == 2
    assert queries.standing(program).taken == 0
    assert findings() == []


def test_confirming_bills_members_once_and_later_deposits_at_once(
    program: Program, django_capture_on_commit_callbacks: object
) -> None:
    member, hold = pay(make_registration(program, 1)), make_registration(program, 2)
    run = programs_actions.confirm_program(program=program, by=None)
    assert programs_actions.confirm_program(program=program, by=None) == run
    for _again in range(2):
        programs_actions.work_off(run)
    invoice = Invoice.objects.get()
    assert (invoice.account, invoice.total) == (member.account, Money("1897", "USD"))
    assert kinds(member).count("program_confirmed") == 1
    assert kinds(hold) == ["registered_hold"]
    pay(hold)
    assert Invoice.objects.filter(account=hold.account).count() == 1
    assert findings() == []


def test_a_failed_item_stops_nobody_and_is_tried_again(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    members = [pay(make_registration(program, number)) for number in (1, 2)]
    run = programs_actions.confirm_program(program=program, by=None)
    issue = invoices_actions.issue_invoice

    def broken(*, account: object, by: object = None) -> object:
        if account == members[0].account:
            raise RuntimeError("no paper")
        return issue(account=account, by=by)  # type: ignore[arg-type]

    monkeypatch.setattr(invoices_actions, "issue_invoice", broken)
    progress = programs_actions.work_off(run)
    assert (progress.done, progress.failed, progress.remaining) == (1, 1, 0)
    monkeypatch.undo()
    assert programs_actions.retry_failed(run=run, by=None) == 1
    assert programs_actions.work_off(run).done == 2
    assert Invoice.objects.count() == 2


def test_calling_off_tells_everybody_and_gives_everything_back(db: None) -> None:
    program = open_program(2)
    member, hold, waiting = (
        pay(make_registration(program, 1)),
        make_registration(program, 2),
        make_registration(program, 3),
    )
    undecided = make_application(program, 4)
    run = programs_actions.confirm_program(program=program, by=None)
    programs_actions.work_off(run)
    off = programs_actions.call_off_program(program=program, by=None, reason="Too few")
    programs_actions.work_off(off)
    for registration in (member, hold, waiting):
        registration.refresh_from_db()
        assert registration.state == "cancelled"
        assert kinds(registration)[-1] == "called_off"
    assert OutgoingMail.objects.get(kind="called_off_applicant").recipient == undecided.email
    standing = queries.standing(program)
    assert (standing.taken, standing.held, standing.waiting) == (0, 0, 0)
    assert [refund.amount for refund in ledger.open_refunds(program)] == [Money("100", "USD")]
    assert Invoice.objects.filter(kind="credit_note").count() == 1
    assert not BatchItem.objects.exclude(state="done").exists()
    with pytest.raises(ActionRefused):
        programs_actions.confirm_program(program=program, by=None)


def test_nobody_is_offered_a_place_once_the_program_has_begun(db: None) -> None:
    program = open_program(1)
    first, second = make_registration(program, 1), make_registration(program, 2)
    with clock.at(datetime(2024, 2, 7, 12, tzinfo=UTC) + timedelta(days=1)):
        holds.end_holds()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("lapsed", "waiting")


def test_a_confirmed_program_is_closed_once_when_it_is_over(program: Program) -> None:
    with pytest.raises(ActionRefused, match="not over"):
        programs_actions.close_program(program=program, by=None)
    with clock.at(datetime(2025, 2, 7, 12, tzinfo=UTC)):
        with pytest.raises(ActionRefused, match="cannot be changed"):
            programs_actions.close_program(program=program, by=None)
        Program.objects.filter(pk=program.pk).update(status=Program.Status.CONFIRMED)
        assert programs_actions.close_program(program=program, by=None)
        assert not programs_actions.close_program(program=program, by=None)
    program.refresh_from_db()
    assert program.status == "closed"


def test_an_editor_cannot_lower_the_places_below_those_in_use(program: Program) -> None:
    """Two members and a hold: three places remain; people who have left do not count."""
    pay(make_registration(program, 1))
    pay(make_registration(program, 2))
    held = make_registration(program, 3)
    page = program.page
    page.capacity = 3
    page.least_members = 1
    page.clean()
    page.capacity = 2
    with pytest.raises(ValidationError) as refused:
        page.clean()
    assert refused.value.message_dict == {"capacity": ["Enter 3 or more. 3 places are taken or held."]}
    actions.cancel(registration=held, by=None)
    page.clean()


def test_a_file_sent_with_a_registration_outlives_the_drafts(program: Program) -> None:
    path = private_files.save("uploads/test/paper.pdf", b"%PDF")
    upload = Upload.objects.create(
        page_id=program.page_id, question_key="paper", storage_path=path, file_name="paper.pdf",
        content_type="application/pdf", size=17, sha256="0" * 64, created_at=clock.now(),
    )  # fmt: skip
    invitation, _token = accept(make_application(program))
    sent = replace(submission(), answers={"paper": {"upload": upload.token, "name": "paper.pdf"}})
    actions.register(invitation=invitation, submission=sent)
    with clock.at(clock.now() + timedelta(days=60)):
        forget_draft_uploads()
    assert Upload.objects.filter(pk=upload.pk).exists()
    assert [found for found in consistency.run_all() if found.check == "submissions.uploads"] == []


def test_a_hold_that_was_moved_is_reminded_of_anew(program: Program) -> None:
    registration = make_registration(program)
    with clock.at(datetime(2024, 2, 1, 12, tzinfo=UTC)):
        assert holds.remind_holds() == 1
        holds.set_hold_end(registration=registration, held_until=datetime(2024, 2, 20, 12, tzinfo=UTC), by=None)
        assert holds.remind_holds() == 0
    with clock.at(datetime(2024, 2, 19, 12, tzinfo=UTC)):
        assert (holds.remind_holds(), holds.remind_holds()) == (1, 0)
    assert kinds(registration).count("hold_ending") == 2


def test_nobody_takes_a_free_place_past_those_who_wait(program: Program) -> None:
    places.set_capacity(program=program, capacity=1)
    first = make_registration(program, 1)
    make_registration(program, 2)
    Place.objects.filter(invitation=first.invitation).update(invitation=None, held_until=None)
    stranger, _link = accept(make_application(program, 3))
    ends_at = datetime(2024, 2, 20, 12, tzinfo=UTC)
    assert places.claim(program=program, invitation=stranger, held_until=ends_at) is None
    assert not Place.objects.filter(invitation__isnull=False, program=program).exists()


def test_a_program_with_a_fee_is_not_confirmed_without_an_issuer(program: Program) -> None:
    Issuer.objects.all().delete()
    with pytest.raises(ActionRefused, match="Add one"):
        programs_actions.confirm_program(program=program, by=None)
    program.refresh_from_db()
    assert program.status == Program.Status.OPEN
    assert not BatchRun.objects.exists()


def test_what_was_not_asked_again_comes_from_the_application(program: Program) -> None:
    invitation, _token = accept(make_application(program))
    sent = replace(submission(), roles={"name": "Ada Lovelace", "billing_address": "1 First Street"})
    made = actions.register(invitation=invitation, submission=sent)
    assert (made.name, made.billing_name, made.billing_address) == ("Ada Lovelace", "Ada Lovelace", "1 First Street")
    assert (made.email, made.country) == (invitation.application.email, invitation.application.country)
