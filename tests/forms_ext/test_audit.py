"""Every consistency check finds what it is there for: a sound history is broken by hand, one break at a time."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from djmoney.money import Money
from wagtail.images.models import Image

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission.models import Decision, Invitation, Place, QueueEntry
from forms_ext.applications.models import Application
from forms_ext.base import chains, consistency, periodic, private_files, triggers
from forms_ext.base.models import Event, NumberSequence
from forms_ext.forms.models import FormVersion
from forms_ext.invoices.models import Invoice, InvoiceFile, Receipt, ReceiptFile
from forms_ext.ledger import actions as billing
from forms_ext.ledger import queries as ledger
from forms_ext.ledger.models import AccountRow, Issuer, Payment, PaymentReversal, RebateDue, RefundDue
from forms_ext.mail.models import MailAttachment, MailTemplate, OutgoingMail
from forms_ext.programs import actions
from forms_ext.programs.models import BatchItem
from forms_ext.registration import actions as registration_actions
from forms_ext.registration import holds
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import START, accept, make_application, make_registration, open_program, pay

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
type World = SimpleNamespace
NO_PLACE: dict[str, Any] = {"invitation": None, "held_until": None, "kept_at": None}


def raw(model: type[models.Model]) -> "models.QuerySet[Any]":
    """Return all rows, without the guards of the model's own manager."""
    return models.QuerySet(model)


def let_rows_be_edited() -> None:
    """Drop the triggers of billing, as an operator at the database could; undone with the test."""
    triggers.remove(connection)


def lapse(registration: Registration) -> Registration:
    holds.set_hold_end(registration=registration, held_until=START + timedelta(minutes=1), by=None)
    with clock.at(START + timedelta(minutes=1)):
        assert holds.end_holds() == 1
    registration.refresh_from_db()
    return registration


@pytest.fixture
def world() -> Iterator[World]:
    """A confirmed program of three places: a member, one cancelled after the invoice, holds, a queue, a lapsed hold."""
    let_rows_be_edited()
    with clock.at(START):
        other, program = open_program(), open_program(3)
        lapsed = lapse(make_registration(program, 1))
        member, left = (pay(make_registration(program, number)) for number in (2, 3))
        held, offered, waiting = (make_registration(program, number) for number in (4, 5, 6))
        actions.confirm_program(program=program, by=None)
        periodic.run_all()
        registration_actions.cancel(registration=left, by=None)
        refund = ledger.open_refunds(program).get()
        billing.record_refund(refund=refund, paid_on=date(2024, 1, 20))
        invited, _token = accept(make_application(program, 7))
        undecided = make_application(program, 8)
    with clock.at(START + timedelta(minutes=30)):
        for _time in range(2):
            periodic.run_all()
        people = {"lapsed": lapsed, "member": member, "left": left, "held": held, "offered": offered}
        for registration in (*people.values(), waiting):
            registration.refresh_from_db()
        assert offered.state == "held"
        yield SimpleNamespace(
            **people, waiting=waiting, program=program, other=other, invited=invited, undecided=undecided
        )


def application_of(registration: Registration) -> "models.QuerySet[Application]":
    return Application.objects.filter(pk=registration.invitation.application_id)


def link_of(registration: Registration) -> "models.QuerySet[Invitation]":
    return Invitation.objects.filter(pk=registration.invitation_id)


def place_of(registration: Registration) -> "models.QuerySet[Place]":
    return Place.objects.filter(invitation=registration.invitation_id)


def registration(one: Registration) -> "models.QuerySet[Registration]":
    return Registration.objects.filter(pk=one.pk)


def post(one: Registration, kind: str, amount: int) -> None:
    AccountRow.objects.create(
        account=one.account, kind=kind, amount=Money(amount, "USD"), effective_on=START.date(), recorded_at=START
    )


def invoice_of(one: Registration) -> "models.QuerySet[Invoice]":
    return raw(Invoice).filter(account=one.account_id, kind="invoice")


def file_of(one: Registration) -> "models.QuerySet[InvoiceFile]":
    return raw(InvoiceFile).filter(invoice__in=invoice_of(one))


def no_receipts(w: World) -> None:
    raw(ReceiptFile).all().delete()
    raw(Receipt).filter(reversal=None).delete()


def no_credit_note(w: World) -> None:
    raw(InvoiceFile).filter(invoice__corrects__isnull=False).delete()
    raw(Invoice).filter(corrects__isnull=False).delete()


def snapshot(one: Registration, **changes: Any) -> None:
    invoice_of(one).update(snapshot=invoice_of(one).get().snapshot | changes)


def lose_logo(w: World) -> None:
    issuer = invoice_of(w.member).get().snapshot["issuer"]
    snapshot(w.member, issuer=issuer | {"logo": {"path": "logos/gone.png", "sha256": "0" * 64}})


def cancellation(w: World) -> None:
    """Take a payment back, and have its cancellation speak of another one."""
    payment = Payment.objects.get(account=w.member.account_id)
    reversal = billing.reverse_payment(payment=payment, reason="Wrong")
    raw(PaymentReversal).filter(pk=reversal.pk).update(payment=Payment.objects.get(account=w.left.account_id))


def reversal_without_a_record(w: World) -> None:
    billing.reverse_payment(payment=Payment.objects.get(account=w.member.account_id), reason="Wrong")
    raw(Receipt).filter(payment=None).delete()
    raw(PaymentReversal).delete()


def reversal_without_receipt(w: World) -> None:
    billing.reverse_payment(payment=Payment.objects.get(account=w.member.account_id), reason="Wrong")
    raw(Receipt).filter(payment=None).delete()


def reverse_a_refund(w: World) -> None:
    refund = AccountRow.objects.get(account=w.left.account_id, kind="refund")
    raw(AccountRow).filter(kind="reversal", account=w.left.account_id).update(reverses=refund)


def move_account(w: World) -> None:
    registration(w.lapsed).update(account=None)
    registration(w.waiting).update(account=w.lapsed.account_id)


def forge_pdf(w: World) -> None:
    file_of(w.member).update(path=private_files.save("invoices/forged.pdf", b"%PDF forged"))


def change_a_text(world: World) -> None:
    body = "<p>https://elsewhere.example/?t={link}</p>"
    MailTemplate.objects.create(kind="accepted", language="en", subject="Come", body=body)


def queue_with_attachment(w: World) -> None:
    attachment = MailAttachment.objects.order_by("pk").first()
    assert attachment
    OutgoingMail.objects.filter(pk=attachment.mail_id).update(state="queued")
    MailAttachment.objects.filter(pk=attachment.pk).update(storage_path="invoices/gone.pdf")


def a_row(w: World) -> AccountRow:
    return AccountRow.objects.get(account=w.member.account_id, kind="payment")


def last_position() -> Any:
    return Event.objects.aggregate(last=models.Max("position"))["last"]


MAIL = OutgoingMail.objects
PLACES, LINKS, DECISIONS, QUEUE = (f"admission.{name}" for name in ("places", "links", "decisions", "queue"))


#: Which check must find it, how it is broken, and what the check says.
def issuer_with_lost_logo(w: World) -> None:
    Issuer.objects.update(logo=Image.objects.create(title="Lost", file="lost.png", width=9, height=9))


def leave_running(world: World) -> None:
    DBTaskResult.objects.create(
        task_path="host.tasks.work", status="RUNNING", started_at=timezone.now() - timedelta(minutes=61),
        args_kwargs={"args": [], "kwargs": {}}, backend_name="default", run_after=timezone.now(),
    )  # fmt: skip


BREAKS: list[tuple[str, Callable[[World], object], str]] = [
    ("base.chains", lambda w: raw(AccountRow).filter(kind="fee").update(amount=Decimal(7)), "row 1 was changed"),
    (
        "base.events",
        lambda w: raw(Event).filter(position=3).update(name="forms_ext.ledger.fee"),
        "was changed, or does",
    ),
    ("base.events", lambda w: raw(Event).filter(position=3).delete(), "has position 4, where 3 should be"),
    ("base.events", lambda w: raw(Event).filter(position=last_position()).delete(), "last event is not the one"),
    ("base.rows", lambda w: registration(w.held).update(deposit_amount=1), "deposit_amount is not what event"),
    ("base.rows", lambda w: Decision.objects.order_by("pk").last().delete(), "is gone, and no event says so"),  # type: ignore[union-attr]
    (
        "base.rows",
        lambda w: QueueEntry.objects.create(program=w.other, invitation=w.invited, joined_at=START),
        "no event",
    ),
    ("forms.versions", lambda w: FormVersion.objects.update(sha256="0" * 64), "is not the one that was published"),
    ("invoices.documents", lambda w: raw(AccountRow).filter(kind="fee").update(amount=Decimal(7)), "is not the fee of"),
    ("invoices.documents", lambda w: snapshot(w.member, due_on="2030-01-01"), "does not fit its account: due_on"),
    ("invoices.logos", lose_logo, "its logo logos/gone.png is missing"),
    ("invoices.emails", lambda w: MAIL.filter(kind="invoice").delete(), "its email is missing"),
    ("base.triggers", lambda w: triggers.remove(connection), "cop_frozen_delete_forms_ext_payment is missing"),
    ("base.search", lambda w: raw(Application).update(name="Somebody else"), "the search does not find it"),
    (PLACES, lambda w: Place.objects.create(program=w.program, number=99), "4 places exist, but there must be 3"),
    (
        PLACES,
        lambda w: Program.objects.filter(pk=w.program.pk).update(capacity=2),
        "3 places are taken, but it has only 2",
    ),
    (PLACES, lambda w: place_of(w.held).update(program=w.other, number=99), "someone from another program"),
    (
        LINKS,
        lambda w: Application.objects.filter(pk=w.invited.application_id).update(state="declined"),
        "a valid invitation link",
    ),
    (
        LINKS,
        lambda w: Application.objects.filter(pk=w.undecided.pk).update(state="accepted"),
        "never had an invitation",
    ),
    (LINKS, lambda w: link_of(w.held).update(revoked_at=START), "both used and revoked"),
    (DECISIONS, lambda w: Decision.objects.filter(application=w.invited.application).update(mail=None), "has no email"),
    (DECISIONS, lambda w: Decision.objects.order_by("pk").first().mail.delete(), "has no email"),  # type: ignore[union-attr]
    (
        DECISIONS,
        lambda w: Application.objects.filter(pk=w.undecided.pk).update(state="declined"),
        "decisions lead to sub",
    ),
    (DECISIONS, lambda w: Decision.objects.all().update(from_state="declined"), "next decision starts from declined"),
    (QUEUE, lambda w: place_of(w.held).update(**NO_PLACE), "people are in the queue although a place is free"),
    (QUEUE, lambda w: QueueEntry.objects.all().update(offered_at=None), "has a place, but is still in the queue"),
    ("registration.places", lambda w: place_of(w.held).update(**NO_PLACE), "is held, but its place is none"),
    (
        "registration.places",
        lambda w: registration(w.lapsed).update(state="member"),
        "is member, but its place is none",
    ),
    ("registration.places", lambda w: QueueEntry.objects.all().update(left_at=START), "but not in the queue"),
    ("registration.links", lambda w: link_of(w.held).update(used_at=None), "its invitation link was never used"),
    ("registration.links", lambda w: Invitation.objects.all().update(used_at=START), "there is no registration"),
    ("registration.links", lambda w: application_of(w.held).update(state="withdrawn"), "application is not accepted"),
    ("registration.links", lambda w: place_of(w.held).update(invitation=w.invited), "is taken without a registration"),
    ("registration.accounts", lambda w: registration(w.held).update(account=None), "is held, but it has no account"),
    ("registration.accounts", move_account, "is in the queue, but has an account"),
    ("registration.accounts", lambda w: registration(w.member).update(deposit_amount=5000), "deposit is not paid"),
    ("registration.accounts", lambda w: post(w.lapsed, "fee", 1997), "has ended, but still has an amount due"),
    (
        "programs.runs",
        lambda w: BatchItem.objects.all().update(state="failed", error="no paper"),
        "failed: no paper",
    ),
    ("programs.runs", lambda w: invoice_of(w.member).update(closed_at=START), "but no invoice, although the"),
    ("ledger.rows", lambda w: raw(AccountRow).update(amount_currency="EUR"), "is in EUR, not in USD"),
    ("ledger.rows", lambda w: raw(AccountRow).filter(kind="reversal").update(amount=Decimal(-1)), "does not match"),
    ("ledger.rows", lambda w: post(w.held, "payment", -5), "without a payment record"),
    ("ledger.rows", cancellation, "does not match its entry"),
    ("ledger.rows", reversal_without_a_record, "without a reversal record"),
    ("invoices.receipts", no_receipts, "has no receipt"),
    ("invoices.receipts", reversal_without_receipt, "was not cancelled"),
    ("ledger.rows", reverse_a_refund, "an entry of the wrong type"),
    ("ledger.rows", lambda w: raw(Payment).update(received_on=date(2023, 1, 1)), "does not match its entry"),
    ("ledger.rows", lambda w: raw(Payment).update(account=w.held.account), "does not match its entry"),
    ("invoices.balances", lambda w: post(w.member, "payment", -5000), "is open although nothing is due"),
    ("invoices.balances", lambda w: post(w.held, "refund", 5000), "more was refunded than was paid"),
    ("invoices.numbers", lambda w: invoice_of(w.left).update(sequence_number=7), "numbers from 1 to 7, but 2 were"),
    (
        "invoices.numbers",
        lambda w: NumberSequence.objects.filter(key__startswith="INV").update(last_number=3),
        "1 to 2, but 3 were assigned",
    ),
    ("invoices.numbers", lambda w: no_credit_note(w), "0 numbers from"),
    ("invoices.numbers", lambda w: NumberSequence.objects.all().delete(), "has invoices, but no number sequence"),
    ("invoices.snapshots", lambda w: snapshot(w.member, total="1.00"), "number or total does not match its content"),
    ("invoices.snapshots", lambda w: snapshot(w.member, number="CF-9"), "number or total does not match its content"),
    ("invoices.snapshots", lambda w: snapshot(w.member, lines=[]), "its lines do not add up to its total"),
    ("invoices.snapshots", lambda w: invoice_of(w.left).update(total=Decimal(5)), "does not match the invoice"),
    ("invoices.snapshots", lambda w: invoice_of(w.left).update(closed_at=None), "is open although"),
    ("invoices.pdfs", lambda w: file_of(w.member).delete(), "has no PDF"),
    ("invoices.pdfs", lambda w: raw(ReceiptFile).all().delete(), "has no PDF"),
    ("invoices.pdfs", lambda w: file_of(w.member).update(path="invoices/gone.pdf"), "is missing from storage"),
    ("invoices.pdfs", forge_pdf, "the stored PDF is not the one that was issued"),
    ("invoices.pdfs", lambda w: invoice_of(w.member).update(mailed_at=None), "was not emailed"),
    ("ledger.lists", lambda w: RefundDue.objects.all().update(settled_by_row=a_row(w)), "Refund"),
    ("ledger.lists", lambda w: RefundDue.objects.all().update(amount=Decimal(7)), "does not match the entry"),
    (
        "ledger.lists",
        lambda w: RebateDue.objects.create(
            account=w.member.account, amount=Money(100, "USD"), listed_at=START, paid_row=a_row(w)
        ),
        "Rebate",
    ),
    ("ledger.logos", issuer_with_lost_logo, "does not appear on documents: The file of this image is missing"),
    (
        "submissions.uploads",
        lambda w: registration(w.held).update(answers={"paper": {"upload": "gone"}}),
        "is missing or will",
    ),
    ("mail.outbox", lambda w: MAIL.update(state="failed", last_error="550 unknown"), "needs attention: 550 unknown"),
    (
        "mail.outbox",
        lambda w: MAIL.update(state="queued", next_attempt_at=START - timedelta(hours=1)),
        "a worker is running",
    ),
    ("mail.templates", change_a_text, "(accepted (en), all programs) is not used: link is misplaced"),
    ("mail.secrets", lambda w: MAIL.filter(kind="accepted").update(secrets="left"), "still contains the secrets"),
    ("mail.attachments", queue_with_attachment, "is missing"),
    ("base.tasks", leave_running, "has been running for more than an hour"),
    ("base.files", lambda w: private_files.save("invoices/stray.pdf", b"%PDF"), "belongs to no row"),
]


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as settled as soon as they are there."""
    monkeypatch.setattr(private_files, "SETTLED", timedelta(0))


@pytest.mark.usefixtures("settled")
def test_each_check_finds_each_of_its_breaks(world: World) -> None:
    missed = []
    for check, break_it, words in BREAKS:
        with transaction.atomic():
            break_it(world)
            found = [f"{finding.check}: {finding.text}" for finding in consistency.run_all()]
            transaction.set_rollback(True)
        if not any(each.startswith(f"{check}: ") and words in each for each in found):
            missed.append(f"{check}: {words} in {found}")
        missed += [each for each in found if "The check itself failed" in each]
    assert missed == []


def test_each_check_has_a_break() -> None:
    assert set(consistency.names()) == {check for check, _break, _words in BREAKS}


def test_the_command_finds_nothing_or_prints_what_it_finds_and_exits_with_1(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    triggers.install(connection)
    call_command("cop_audit")
    assert capsys.readouterr().out == f"{len(consistency.names())} checks passed.\n"
    link_of(world.held).update(revoked_at=START)
    with pytest.raises(SystemExit) as stop:
        call_command("cop_audit")
    assert stop.value.code == 1
    reference = world.held.invitation.application.reference
    assert f"admission.links: {reference}: its invitation link was both used and revoked." in capsys.readouterr().out


def test_heads_kept_elsewhere_show_a_history_that_was_written_anew(
    world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call_command("cop_audit", heads=True)
    kept = tmp_path / "heads.txt"
    kept.write_text(capsys.readouterr().out)
    assert len(kept.read_text().splitlines()) == len(list(chains.heads()))
    assert f"event:events {last_position()} " in kept.read_text()
    post(world.held, "fee", 1)  # a chain that has grown is as good as before
    row = AccountRow.objects.filter(account=world.member.account_id).last()
    assert row
    row.note = "forged"
    row.personal_digest = row.compute_digest()
    row.row_hash = row.compute_hash()
    changed = {"note": row.note, "personal_digest": row.personal_digest, "row_hash": row.row_hash}
    raw(AccountRow).filter(pk=row.pk).update(**changed)
    NumberSequence.objects.filter(key=row.series).update(last_hash=row.row_hash)
    with pytest.raises(SystemExit):
        call_command("cop_audit", kept=kept)
    lost = [line for line in capsys.readouterr().out.splitlines() if "whose hash was kept" in line]
    assert lost == [
        f"base.chains: accountrow:{row.series}: row {row.sequence_number} is not the one whose hash was kept."
    ]
    kept.write_text("nonsense")
    with pytest.raises(CommandError, match="does not hold what"):
        call_command("cop_audit", kept=kept)
