"""Every action appends its event; events are numbered after their commit; what nobody declared is refused."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.db.transaction import Atomic
from djmoney.money import Money
from wagtail.models import ModelLogEntry, Page

import forms_ext
from cop_program import clock, places
from cop_program.models import FacilitatorPage, SessionPage
from forms_ext.admission import actions as admission
from forms_ext.admission.admin import timeline
from forms_ext.admission.models import Decision
from forms_ext.admission.places import set_capacity
from forms_ext.applications import actions as applications
from forms_ext.base import events, history, integrity
from forms_ext.base.frozen import Frozen
from forms_ext.base.models import Event
from forms_ext.base.references import reference_to
from forms_ext.exports import actions as exports
from forms_ext.exports.options import Options
from forms_ext.exports.sources import SOURCES
from forms_ext.forms.models import FormVersion
from forms_ext.invoices import actions as invoices
from forms_ext.invoices import tasks as invoices_tasks
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import actions as ledger
from forms_ext.ledger.models import RebateDue, RefundDue
from forms_ext.mail import actions as mail
from forms_ext.mail import bounces, delivery
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions as programs
from forms_ext.programs import editions, session_changes
from forms_ext.programs.models import BatchItem
from forms_ext.registration import actions as registrations
from forms_ext.registration import holds, self_service
from forms_ext.registration.admin.person import panel as person_panel
from forms_ext.registration.models import Registration
from forms_ext.submissions import actions as submissions
from forms_ext.submissions.cleaned import CleanSubmission
from forms_ext.submissions.models import Submission
from forms_ext.submissions.pages import FormPage
from tests.forms_ext.admission.factories import (
    START,
    accept,
    make_application,
    make_registration,
    open_program,
    pay,
    submission,
)
from tests.forms_ext.forms.factories import make_application_form, publish
from tests.forms_ext.ledger.factories import FEE, make_account

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
type World = SimpleNamespace
TODAY = date(2024, 1, 20)
USD = Money(1, "USD")

#: Transactions that are no action: what they write is no row of anybody.
NO_ACTION = {
    "base.events._number_some": "gives events their position",
    "base.groups.create_groups": "makes the groups of Django's permissions",
    "base.number_series.take": "draws a number for the row that an action makes",
    "programs.actions._work": "does what confirm_program and call_off_program have begun",
    "registration.actions.request_links": "starts a worker, which does send_links",
    "submissions.actions.take": "calls the action of the page type",
}


def transactions() -> Iterator[str]:
    """Yield the name of each function of forms_ext that is a transaction."""
    for module in pkgutil.walk_packages(forms_ext.__path__, "forms_ext."):
        if ".migrations" in module.name:
            continue
        for name, found in vars(importlib.import_module(module.name)).items():
            is_own = inspect.isfunction(found) and found.__module__ == module.name and hasattr(found, "__wrapped__")
            if is_own and any(isinstance(one, Atomic) for one in inspect.getclosurevars(found).nonlocals.values()):
                yield f"{module.name.removeprefix('forms_ext.')}.{name}"


def send_again(w: World) -> None:
    letter = OutgoingMail.objects.get(kind="place_confirmed")
    assert delivery.deliver(letter.pk)
    letter.refresh_from_db()
    mail.send_again(mail=letter, by=w.user)


def withdraw(w: World) -> None:
    assert mail.withdraw(kinds=[w.mail.kind], about=w.mail.about) == 1


def call_off(w: World) -> None:
    programs.work_off(programs.call_off_program(program=w.program, by=w.user))


def retry(w: World) -> None:
    run = programs.call_off_program(program=w.program, by=w.user)
    BatchItem.objects.filter(run=run).update(state=BatchItem.State.FAILED)
    programs.retry_failed(run=run, by=w.user)


def expire(w: World) -> None:
    with clock.at(START + timedelta(days=60)):
        assert holds.end_holds()


def remind(w: World) -> None:
    with clock.at(w.held.invitation.place.held_until - timedelta(hours=1)):
        assert holds.remind_holds()


def offer(w: World) -> None:
    set_capacity(program=w.program, capacity=4)
    assert holds.offer_free_places(w.program)


def close(w: World) -> None:
    programs.confirm_program(program=w.program, by=w.user)
    with clock.at(START + timedelta(days=365)):
        programs.close_program(program=w.program, by=w.user)


def change_session(w: World) -> None:
    starts_at = START + timedelta(days=30)
    page = SessionPage(title="Arriving", starts_at=starts_at, ends_at=starts_at + timedelta(hours=3))
    w.program.page.add_child(instance=page)


def tell_now(w: World) -> None:
    change_session(w)
    assert session_changes.tell_now(program=w.program, by=w.user)


def dont_tell(w: World) -> None:
    change_session(w)
    session_changes.dont_tell(program=w.program, by=w.user)


def tell_due(w: World) -> None:
    change_session(w)
    with clock.at(START + timedelta(hours=1)):
        assert session_changes.tell_due()


def cancel_note(w: World) -> Invoice:
    invoice = invoices.issue_invoice(account=w.account)
    assert invoice
    return invoices.issue_credit_note(invoice=invoice, cause="You cancelled.")


def remind_overdue(w: World) -> None:
    """Remind of an invoice, and withdraw that reminder for another."""
    assert invoices.issue_invoice(account=w.account)
    with clock.at(START + timedelta(days=60)):
        for message in ("", "Please write to us."):
            invoices.send_reminder(account=w.account, by=w.user, message=message)


def email_invoice(w: World) -> None:
    invoice = invoices.issue_invoice(account=w.account)
    assert invoice
    assert invoices_tasks.render_invoice.func(invoice.pk)


def listed(w: World) -> RefundDue:
    ledger.record_payment(account=w.account, amount=FEE + FEE, received_on=TODAY)
    return ledger.list_refund(account=w.account, amount=USD, reason="Too much")


def rebate(w: World) -> RebateDue:
    ledger.record_payment(account=w.account, amount=FEE, received_on=TODAY)
    return ledger.list_rebate(account=w.account, amount=USD)


def reverse(w: World) -> None:
    payment = ledger.record_payment(account=w.account, amount=FEE, received_on=TODAY)
    ledger.reverse_payment(payment=payment, reason="Wrong")


def kept(w: World) -> None:
    ledger.post_cancellation_fee(account=w.account, amount=USD)
    ledger.reverse_cancellation_fee(account=w.account)


def a_text(w: World, act: Callable[..., object], **more: str) -> object:
    return act(kind="accepted", language="en", by=w.user, **more)


def save_text(w: World, scope: str = "") -> None:
    a_text(w, mail.save_template, scope=scope, subject="Come", body="<p>{link}</p>")


def reset_text(w: World) -> None:
    save_text(w)
    a_text(w, mail.reset_template, scope="")


def copy_texts(w: World) -> None:
    save_text(w, w.program.scope)
    mail.copy_templates(from_scope=w.program.scope, to_scope="program:9999")


def unsafe(w: World) -> None:
    letter = OutgoingMail.objects.filter(kind="accepted").latest("pk")
    letter.html = letter.html.replace('href="', 'href="https://elsewhere.example/?t=')
    delivery.keep_secrets(letter)


def bounce(w: World) -> None:
    OutgoingMail.objects.filter(pk=w.mail.pk).update(state="sent")
    assert bounces.mark_bounced(pk=w.mail.pk, recipient=w.mail.recipient, reason="550")


def submit(w: World) -> Submission:
    submissions.submit(page=w.form, submission=CleanSubmission(w.version, {"your_name": "Ada"}))
    return Submission.objects.get()


def write(w: World) -> None:
    person = Page.get_first_root_node().add_child(
        instance=FacilitatorPage(title="Pat", contact_email="pat@example.org")
    )
    applications.write_to_facilitator(facilitator=person, name="Ada", email="a@example.org", message="Hello")


def export(w: World) -> None:
    exports.begin(source=SOURCES["applications"], format="csv", query="", options=Options(), by=w.superuser)


def enter(w: World) -> None:
    applications.enter_on_behalf(
        program=w.program, version=w.apply_version, language="en", answers=w.answers, entered_by=w.user
    )


def apply(w: World) -> None:
    applications.apply(page=w.apply, submission=CleanSubmission.sent(w.apply_version, w.answers, key="k"))


#: Each action: how it is called, and the events that it must append, without their package.
ACTIONS: dict[str, tuple[Callable[[World], object], set[str]]] = {
    "admission.actions.decide": (
        lambda w: admission.decide(application=w.undecided, to_state="declined", by=w.user),
        {"admission.decide", "mail.write"},
    ),
    "admission.actions.send_link_again": (
        lambda w: admission.send_link_again(application=w.invited.application, by=w.user),
        {"admission.send_link_again"},
    ),
    "admission.actions.correct_contact": (
        lambda w: admission.correct_contact(application=w.invited.application, by=w.user, **CONTACT),
        {"applications.correct", "admission.send_link_again"},
    ),
    "admission.actions.revoke_link": (
        lambda w: admission.revoke_link(application=w.invited.application, by=w.user),
        {"admission.revoke_link"},
    ),
    "admission.places.set_capacity": (
        lambda w: places.set_number(program=w.program, number=9, by=w.user),
        {"admission.set_places", "registration.offer_place"},
    ),
    "applications.actions.apply": (apply, {"applications.apply"}),
    "applications.actions.enter_on_behalf": (enter, {"applications.enter"}),
    "applications.actions.add_note": (
        lambda w: applications.add_note(application=w.undecided, author=w.user, text="Hm"),
        {"applications.note"},
    ),
    "applications.actions.write_to_facilitator": (write, {"mail.write"}),
    "exports.actions.begin": (export, {"exports.export"}),
    "forms.actions.freeze": (lambda w: publish(w.apply, [*w.questions, NEW]), {"forms.freeze"}),
    "invoices.actions.issue_invoice": (
        lambda w: invoices.issue_invoice(account=w.account, by=w.user),
        {"invoices.issue_invoice"},
    ),
    "invoices.actions.issue_credit_note": (cancel_note, {"invoices.issue_credit_note"}),
    "invoices.actions.send_reminder": (
        remind_overdue,
        {"invoices.remind", "invoices.withdraw_reminder", "mail.write", "mail.drop"},
    ),
    "invoices.tasks.email_invoice": (email_invoice, {"invoices.email_invoice", "mail.write"}),
    "ledger.actions.open_account": (lambda w: make_account(w.program), {"ledger.open_account"}),
    "ledger.actions.correct_payer": (
        lambda w: ledger.correct_payer(account=w.account, payer_name="x", payer_address="y", payer_country="US"),
        {"ledger.correct_payer"},
    ),
    "ledger.actions.correct_payer_email": (
        lambda w: ledger.correct_payer_email(account=w.account, email="ada@example.org"),
        {"ledger.correct_payer_email"},
    ),
    "ledger.actions.post_fee": (lambda w: ledger.post_fee(account=w.empty, amount=FEE), {"ledger.fee"}),
    "ledger.actions.reverse_fee": (lambda w: ledger.reverse_fee(account=w.account), {"ledger.reversal"}),
    "ledger.actions.post_cancellation_fee": (kept, {"ledger.cancellation_fee"}),
    "ledger.actions.reverse_cancellation_fee": (kept, {"ledger.reversal"}),
    "ledger.actions.record_payment": (
        lambda w: ledger.record_payment(account=w.account, amount=FEE, received_on=TODAY, by=w.user),
        {"ledger.payment", "invoices.issue_receipt"},
    ),
    "ledger.actions.reverse_payment": (reverse, {"ledger.payment_reversal", "invoices.cancel_receipt"}),
    "ledger.actions.list_refund": (listed, {"ledger.list_refund"}),
    "ledger.actions.record_refund": (
        lambda w: ledger.record_refund(refund=listed(w), paid_on=TODAY),
        {"ledger.refund"},
    ),
    "ledger.actions.withdraw_refund": (lambda w: ledger.withdraw_refund(refund=listed(w)), {"ledger.withdraw_refund"}),
    "ledger.actions.list_rebate": (rebate, {"ledger.list_rebate"}),
    "ledger.actions.record_rebate_paid": (
        lambda w: ledger.record_rebate_paid(rebate=rebate(w), paid_on=TODAY),
        {"ledger.rebate", "ledger.rebate_paid"},
    ),
    "mail.actions.send": (write, {"mail.write"}),
    "mail.actions.send_again": (send_again, {"mail.write", "mail.send_again"}),
    "mail.actions.try_again": (lambda w: mail.try_again(mail=w.mail, by=w.user), {"mail.try_again"}),
    "mail.actions.withdraw": (withdraw, {"mail.drop"}),
    "mail.actions.save_template": (save_text, {"mail.save_template"}),
    "mail.actions.reset_template": (reset_text, {"mail.reset_template"}),
    "mail.actions.copy_templates": (copy_texts, {"mail.save_template"}),
    "mail.bounces.mark_bounced": (bounce, {"mail.bounce"}),
    "mail.delivery.keep_secrets": (unsafe, {"mail.built_in_text"}),
    "mail.delivery._finish": (lambda w: delivery.deliver(w.mail.pk), {"mail.sent"}),
    "programs.actions.confirm_program": (
        lambda w: programs.work_off(programs.confirm_program(program=w.program, by=w.user)),
        {"programs.confirm", "invoices.issue_invoice"},
    ),
    "programs.actions.call_off_program": (
        call_off,
        {"programs.call_off", "programs.called_off", "programs.tell_applicant"},
    ),
    "programs.actions.take_applications": (
        lambda w: programs.take_applications(program=w.program, taken=False, by=w.user),
        {"programs.take_applications"},
    ),
    "programs.actions.set_transfer_days": (
        lambda w: programs.set_transfer_days(program=w.program, days=5, by=w.user),
        {"programs.set_transfer_days"},
    ),
    "programs.actions.close_program": (close, {"programs.close"}),
    "programs.actions.retry_failed": (retry, {"programs.retry"}),
    "programs.editions.new_edition": (
        lambda w: editions.new_edition(program=w.program, first_day=date(2025, 2, 5), title="Again", by=w.superuser),
        {"programs.new_edition"},
    ),
    "programs.session_changes.tell_now": (tell_now, {"programs.tell_changes"}),
    "programs.session_changes.dont_tell": (dont_tell, {"programs.drop_changes"}),
    "programs.session_changes._tell_if_due": (tell_due, {"programs.tell_changes"}),
    "registration.actions.register": (
        lambda w: registrations.register(invitation=w.invited, submission=submission(7)),
        {"registration.register"},
    ),
    "registration.actions.cancel": (
        lambda w: registrations.cancel(registration=w.member, by=w.user),
        {"registration.cancel", "ledger.reversal", "registration.offer_place"},
    ),
    "registration.actions.renew_member_page": (
        lambda w: registrations.renew_member_page(registration=w.member, by=w.user),
        {"registration.renew_member_page"},
    ),
    "registration.actions.correct_contact": (
        lambda w: registrations.correct_contact(registration=w.member, by=w.user, **CONTACT),
        {
            "registration.correct",
            "applications.correct",
            "ledger.correct_payer_email",
            "registration.renew_member_page",
        },
    ),
    "registration.actions.send_links": (
        lambda w: registrations.send_links(email=w.held.email),
        {"registration.private_page_again"},
    ),
    "registration.holds.offer_free_places": (offer, {"registration.offer_place", "registration.open_account"}),
    "registration.holds._end_hold": (expire, {"registration.end_hold"}),
    "registration.holds._remind": (remind, {"registration.remind"}),
    "registration.self_service.leave": (
        lambda w: self_service.leave(registration=w.held),
        {"registration.cancel"},
    ),
    "registration.self_service.announce_transfer": (
        lambda w: self_service.announce_transfer(registration=w.held),
        {"registration.announce_transfer"},
    ),
    "registration.holds.set_hold_end": (
        lambda w: holds.set_hold_end(registration=w.held, held_until=START + timedelta(days=20), by=w.user),
        {"registration.set_hold_end"},
    ),
    "submissions.actions.submit": (submit, {"submissions.submit"}),
    "submissions.actions.delete": (
        lambda w: submissions.delete(submission=submit(w), by=w.user),
        {"submissions.delete"},
    ),
}
CONTACT = {"name": "Ada Sample", "email": "ada@example.org"}
NEW = ("text", {"label": "More", "required": False})


@pytest.fixture
def world() -> Iterator[World]:
    """A program with a member, a hold, one in the queue, one invited and one undecided; both kinds of forms."""
    with clock.at(START):
        program = open_program(2)
        form = FormPage(title="Ask", slug="ask", live=False)
        program.page.get_parent().add_child(instance=form)
        form = publish(form, [("text", {"label": "Your name", "required": True})])  # type: ignore[assignment]
        member = pay(make_registration(program, 101))
        held, waiting = make_registration(program, 102), make_registration(program, 103)
        invited, _token = accept(make_application(program, 104))
        undecided = make_application(program, 105)
        page = make_application_form(program.page)
        account = make_account(program)
        ledger.post_fee(account=account, amount=FEE)
        questions = [(block.block_type, dict(block.value)) for block in page.questions]
        yield SimpleNamespace(
            program=program, member=member, held=held, waiting=waiting, invited=invited, undecided=undecided,
            apply=page, apply_version=FormVersion.objects.get(page=page), questions=questions, form=form,
            version=FormVersion.objects.get(page=form), account=account, empty=make_account(program),
            answers={"your_name": "Ada", "email": "ada@example.org", "size": "small"},
            user=User.objects.create_user("staff"), superuser=User.objects.create_superuser("root"),
            mail=OutgoingMail.objects.earliest("pk"),
        )  # fmt: skip


def test_every_action_appends_its_events_and_leaves_nothing_unrecorded(world: World) -> None:
    assert list(events.unrecorded()) == []
    wrong = []
    for name, (act, wanted) in ACTIONS.items():
        with transaction.atomic():
            before = Event.objects.latest("pk").pk
            act(world)
            found = {event.name.removeprefix("forms_ext.") for event in Event.objects.filter(pk__gt=before)}
            if wanted - found:
                wrong.append(f"{name} appends {found}, not {wanted - found}")
            wrong += [f"{name}: {text}" for text in events.unrecorded()]
            transaction.set_rollback(True)
        for row in vars(world).values():
            if isinstance(row, Registration) or hasattr(row, "state_changed_at"):
                row.refresh_from_db()
    assert wrong == []


def test_every_transaction_is_an_action_of_the_table() -> None:
    found = set(transactions())
    assert found - set(ACTIONS) - set(NO_ACTION) == set()
    assert (set(ACTIONS) | set(NO_ACTION)) - found == set()


def test_events_are_numbered_after_the_commit_and_read_on_without_a_gap(world: World) -> None:
    count = Event.objects.count()
    assert (events.number(), events.number()) == (count, 0)
    positions = list(Event.objects.order_by("pk").values_list("position", flat=True))
    assert positions == list(range(1, count + 1))
    admission.decide(application=world.undecided, to_state="declined", by=world.user)
    assert Event.objects.filter(position__isnull=True).exists()
    assert events.number()
    assert list(integrity.events_are_whole()) == []


def test_an_event_says_who_did_what_to_whom(world: World) -> None:
    decision = admission.decide(application=world.undecided, to_state="declined", by=world.user, reason="Secret")
    event = events.about(world.undecided).get(name="forms_ext.admission.decide")
    assert (event.at, event.by, event.program_id) == (START, world.user, world.program.pk)
    assert event.data == {"decision": decision.pk, "from_state": "submitted", "to_state": "declined"}
    assert set(event.rows) == {f"decision:{decision.pk}", f"application:{world.undecided.pk}"}
    mail_event = Event.objects.get(subject=f"outgoingmail:{decision.mail_id}", name="forms_ext.mail.write")
    assert mail_event.program_id == world.program.pk
    with pytest.raises(Frozen):
        event.delete()
    with pytest.raises(Frozen):
        Event.objects.filter(pk=event.pk).update(name="x")


def test_what_nobody_declared_is_refused(world: World) -> None:
    for record in (
        lambda: history.record(world.undecided, "forms_ext.admission.unheard_of"),
        lambda: history.record(world.undecided, "forms_ext.admission.decide", secret="x"),
        lambda: history.record(world.undecided, "forms_ext.admission.decide", made=[world.user]),
        lambda: history.record(world.held, "forms_ext.admission.decide", changed={world.held: ["reminded_at"]}),
    ):
        with pytest.raises(LookupError):
            record()


def test_an_honest_action_does_not_vouch_for_what_was_changed_before(world: World) -> None:
    Registration.objects.filter(pk=world.member.pk).update(deposit_amount=7)
    world.member.refresh_from_db()
    registrations.cancel(registration=world.member, by=world.user, refund=Money(0, "USD"), reason="Kind")
    assert [text for text in events.unrecorded() if "deposit_amount is not what event" in text]


def test_a_user_may_be_deleted_and_nobody_else_may_be_forgotten(world: World) -> None:
    decision = admission.decide(application=world.undecided, to_state="declined", by=world.user)
    with transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(decided_by=None)
        assert len(list(events.unrecorded())) == 1
        transaction.set_rollback(True)
    world.user.delete()
    assert list(events.unrecorded()) == []
    assert events.about(world.undecided).latest("pk").by is None


def test_a_program_without_applicants_is_deleted_with_its_places(world: World) -> None:
    program = open_program(3, title="Nobody")
    program.page.delete()
    assert list(events.unrecorded()) == []
    assert Event.objects.filter(name="forms_ext.programs.delete").count() == 1
    assert Event.objects.filter(name="forms_ext.admission.drop_place").count() == 3


def test_the_history_that_staff_read_comes_from_events(world: World) -> None:
    ModelLogEntry.objects.all().delete()
    person = world.member.invitation.application
    applications.add_note(application=person, author=world.user, text="Kind")
    added = person_panel(reference_to(person), world.superuser).entries
    found = timeline.of_application(person, world.superuser, added)
    told = {(str(entry.title), entry.text) for entry in found}
    assert {
        ("Application sent", person.reference),
        ("Note", "Kind"),
        ("Decision: Accepted", ""),
        ("Registered", ""),
        ("Deposit paid: place secured", ""),
        ("Fee posted: 1,997\N{NO-BREAK SPACE}USD", ""),
        ("Payment recorded: 100\N{NO-BREAK SPACE}USD", ""),
    } <= told
    assert [entry.at for entry in found] == sorted((entry.at for entry in found), reverse=True)
