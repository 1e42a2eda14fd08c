"""What somebody does to the database behind the program's back is found by `cop_audit`, whatever it is.

One history is made once; each tampering is done to it by plain SQL updates, and undone.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from djmoney.money import Money
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import actions as admission
from forms_ext.admission.models import Decision, Invitation, Place, QueueEntry
from forms_ext.applications import actions as applications
from forms_ext.applications.models import Application, ApplicationNote
from forms_ext.base import consistency, events, periodic, private_files, triggers
from forms_ext.base.models import Event, NumberSequence
from forms_ext.forms.models import FormVersion
from forms_ext.invoices.models import Invoice, InvoiceFile, Receipt, ReceiptFile
from forms_ext.ledger import actions as ledger
from forms_ext.ledger import queries as ledger_queries
from forms_ext.ledger.models import Account, AccountRow, Issuer, Payment, PaymentReversal, RebateDue, RefundDue
from forms_ext.mail.models import MailAttachment, MailTemplate, OutgoingMail
from forms_ext.programs import actions as programs
from forms_ext.programs.models import BatchRun
from forms_ext.registration import actions as registrations
from forms_ext.registration import holds
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import (
    START,
    accept,
    make_application,
    make_registration,
    make_staff,
    open_program,
    pay,
)
from tests.forms_ext.base.test_chains import drop, insert, other_value, swap, swap_keys

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
type World = SimpleNamespace
USD = Money(1, "USD")
#: Counters of work: they say how often something was tried, and nothing of anybody.
OF_WORK = {"pdf_attempts", "pdf_claimed_at", "pdf_error"}


def raw(model: type[models.Model]) -> "models.QuerySet[Any]":
    """Return all rows, without the guards of the model's own manager."""
    return models.QuerySet(model)


@pytest.fixture
def world() -> Iterator[World]:
    """Two programs: a confirmed one with people in each status, and one with a single hold. The triggers are gone."""
    with clock.at(START):
        program, other = open_program(3), open_program(3)
        image = Image.objects.create(title="Logo", file=get_test_image_file())
        Issuer.objects.update(logo=image)
        lapsed = make_registration(program, 1)
        holds.set_hold_end(registration=lapsed, held_until=START + timedelta(minutes=1), by=None)
    with clock.at(START + timedelta(minutes=1)):
        holds.end_holds()
        user = make_staff()
        member, left = (pay(make_registration(program, number)) for number in (2, 3))
        held, _offered, waiting = (make_registration(program, number) for number in (4, 5, 6))
        elsewhere = make_registration(other, 7)
        programs.confirm_program(program=program, by=user)
        periodic.run_all()
        registrations.cancel(registration=left, by=user)
        ledger.record_refund(refund=ledger_queries.open_refunds(program).get(), paid_on=START.date(), by=user)
        twice = ledger.record_payment(account=member.account, amount=USD, received_on=START.date(), by=user)
        ledger.reverse_payment(payment=twice, reason="Wrong", by=user)
        ledger.record_payment(account=member.account, amount=Money(1900, "USD"), received_on=START.date(), by=user)
        ledger.list_rebate(account=member.account, amount=USD, by=user)
        invited, _token = accept(make_application(program, 8))
        undecided = make_application(program, 9)
        applications.add_note(application=undecided, author=user, text="Hm")
        declined = make_application(program, 10)
        admission.decide(application=declined, to_state="declined", by=user, reason="Full")
    with clock.at(START + timedelta(minutes=30)):
        for _time in range(2):
            periodic.run_all()
        events.number()
        triggers.remove(connection)
        for registration in (lapsed, member, left, held, waiting, elsewhere):
            registration.refresh_from_db()
        yield SimpleNamespace(
            program=program, other=other, lapsed=lapsed, member=member, left=left, held=held, waiting=waiting,
            elsewhere=elsewhere, invited=invited, undecided=undecided, declined=declined, user=user,
        )  # fmt: skip


def findings() -> Iterator[str]:
    """Yield what the audit finds, without the triggers that the tests have taken off."""
    yield from (f"{one.check}: {one.text}" for one in consistency.run_all() if one.check != "base.triggers")


def is_found(tamper: Callable[[], object]) -> bool:
    """Tell whether the audit finds what `tamper` does, or a constraint refuses it; undo it."""
    try:
        with transaction.atomic():
            tamper()
            found = next(findings(), None)
            transaction.set_rollback(True)
    except models.ProtectedError:
        raise  # Django's own collector refuses, not the database
    except IntegrityError:
        return True
    return found is not None


def entries(w: World) -> "models.QuerySet[Any]":
    return raw(AccountRow).filter(account=w.member.account_id).order_by("pk")


def invoice(w: World) -> "models.QuerySet[Any]":
    return raw(Invoice).filter(account=w.member.account_id, kind="invoice")


def receipts() -> list[Any]:
    return list(raw(Receipt).order_by("sequence_number")[:2])


def rewrite(row: Any, **columns: Any) -> None:
    """Change a chained row, and compute its hashes and the head of its series anew, as who knows the program would."""
    for name, value in columns.items():
        setattr(row, name, value)
    row.personal_digest = row.compute_digest()
    row.row_hash = row.compute_hash()
    written = {**columns, "personal_digest": row.personal_digest, "row_hash": row.row_hash}
    raw(type(row)).filter(pk=row.pk).update(**written)
    NumberSequence.objects.filter(key=row.series).update(last_hash=row.row_hash)


def say(model: Any, document: Any, **changes: Any) -> None:
    """Let the last document of a series say something else, with its chain computed anew."""
    row = raw(model).get(pk=document.pk)
    rewrite(row, snapshot=row.snapshot | changes)


def lines(w: World) -> list[dict[str, Any]]:
    copied: list[dict[str, Any]] = json.loads(json.dumps(last_invoice().snapshot["lines"]))
    copied[0]["amount"], copied[-1]["amount"] = "1998.00", "-101.00"
    return copied


def last_invoice() -> Invoice:
    found = Invoice.objects.filter(kind="invoice").latest("sequence_number")
    assert isinstance(found, Invoice)
    return found


def last_entry(w: World) -> AccountRow:
    found = AccountRow.objects.filter(account=w.elsewhere.account_id).latest("sequence_number")
    assert isinstance(found, AccountRow)
    return found


def last_receipt() -> Receipt:
    found = Receipt.objects.filter(payment__isnull=False).latest("sequence_number")
    assert isinstance(found, Receipt)
    return found


def remove_receipts(receipts: "models.QuerySet[Any]") -> None:
    raw(ReceiptFile).filter(receipt__in=receipts).delete()
    receipts.delete()


def append_entry(w: World) -> None:
    AccountRow.objects.create(
        account=w.member.account, kind="fee", amount=USD, effective_on=START.date(), recorded_at=START
    )


def credit(w: World) -> Any:
    return raw(Invoice).filter(kind="credit_note")


def lose_mail(w: World, **which: Any) -> None:
    mail = OutgoingMail.objects.filter(**which).order_by("pk").first()
    assert mail
    mail.delete()


def lose_logo(w: World) -> None:
    private_files.delete(last_invoice().snapshot["issuer"]["logo"]["path"])


def swap_answers(w: World) -> None:
    first, second = w.held, w.member
    Registration.objects.filter(pk=first.pk).update(name=second.name, search_text=second.search_text)
    Registration.objects.filter(pk=second.pk).update(name=first.name, search_text=first.search_text)


def swap_places(w: World) -> None:
    first, second = Place.objects.filter(program=w.program, invitation__isnull=False).order_by("pk")[:2]
    invitations = first.invitation_id, second.invitation_id
    Place.objects.filter(pk=first.pk).update(invitation=None, held_until=None, kept_at=None)
    Place.objects.filter(pk=second.pk).update(invitation=invitations[0])
    Place.objects.filter(pk=first.pk).update(
        invitation=invitations[1], held_until=second.held_until, kept_at=first.kept_at
    )


def forged_event(w: World) -> None:
    last = Event.objects.latest("position")
    last.pk, last.position = None, last.position + 1
    last.save_base(raw=True, force_insert=True)


def decision(w: World) -> "models.QuerySet[Decision]":
    return Decision.objects.filter(application=w.declined)


def forged_decision(w: World) -> None:
    Decision.objects.create(
        application=w.undecided,
        from_state="submitted",
        to_state="declined",
        decided_at=START,
        mail=OutgoingMail.objects.first(),
    )
    APPLICATIONS.filter(pk=w.undecided.pk).update(state="declined")


APPLICATIONS, REGISTRATIONS = Application.objects, Registration.objects

TAMPERINGS: dict[str, Callable[[World], object]] = {
    # Entries and payments
    "an amount is raised": lambda w: entries(w).filter(kind="fee").update(amount=Decimal(1998)),
    "an amount is raised and its chain computed anew": lambda w: rewrite(last_entry(w), amount=Money(1998, "USD")),
    "an entry becomes another kind, chained anew": lambda w: rewrite(last_entry(w), kind="cancellation_fee"),
    "an entry is booked by another user": lambda w: (
        entries(w).filter(kind="refund").update(recorded_by=None)
        or entries(w).filter(kind="payment").update(recorded_by=w.user)
    ),
    "nobody has booked an entry": lambda w: entries(w).update(recorded_by=None),
    "a note is changed": lambda w: entries(w).filter(kind="payment_reversal").update(note="Fine"),
    "the first entry is removed": lambda w: drop(entries(w).first()),
    "the last entry is removed": lambda w: drop(entries(w).last()),
    "the only chain of an account is removed": lambda w: [
        drop(row) for row in raw(AccountRow).filter(account=w.elsewhere.account_id)
    ],
    "an entry is inserted with a chain of its own": append_entry,
    "an entry is doubled": lambda w: insert(entries(w).first(), sequence_number=99, previous_hash="x", row_hash="y"),
    "an entry moves to another account": lambda w: entries(w).filter(kind="fee").update(account=w.held.account),
    "two entries change keys": lambda w: swap_keys(
        *raw(AccountRow).filter(account=w.left.account_id, reverses=None)[:2]
    ),
    "two entries change amounts": lambda w: (
        entries(w).filter(kind="payment", amount=-1).update(amount=-100),
        entries(w).filter(kind="payment", amount=-100).update(amount=-1),
    ),
    "a payment moves to another account": lambda w: raw(Payment).update(account=w.held.account),
    "a payment came by another way": lambda w: raw(Payment).update(method="cash"),
    "a payment came earlier": lambda w: raw(Payment).update(received_on=date(2023, 1, 1)),
    "a reversal is removed": lambda w: (
        remove_receipts(raw(Receipt).filter(reversal__isnull=False)),
        raw(PaymentReversal).delete(),
    ),
    "a reversal is about another payment": lambda w: raw(PaymentReversal).update(
        payment=raw(Payment).exclude(reversal__isnull=False).first()
    ),
    # Documents
    "a total is changed": lambda w: invoice(w).update(total=Decimal(5)),
    "a total is changed in the snapshot, chained anew": lambda w: say(Invoice, last_invoice(), total="1.00"),
    "two lines are changed alike, chained anew": lambda w: say(Invoice, last_invoice(), lines=lines(w)),
    "a due date is put off, chained anew": lambda w: say(Invoice, last_invoice(), due_on="2030-01-01"),
    "a day of issue is changed, chained anew": lambda w: say(Invoice, last_invoice(), issued_on="2020-01-01"),
    "a currency is changed, chained anew": lambda w: say(Invoice, last_invoice(), currency="EUR"),
    "a recipient is changed": lambda w: invoice(w).update(
        snapshot=invoice(w).get().snapshot | {"recipient": {"name": "Somebody else"}}
    ),
    "a receipt says another amount, chained anew": lambda w: say(Receipt, last_receipt(), total="7.00"),
    "a receipt says that less is left, chained anew": lambda w: say(Receipt, last_receipt(), left="1.00"),
    "a receipt bears another day, chained anew": lambda w: say(Receipt, last_receipt(), received_on="2020-01-01"),
    "a number is changed": lambda w: invoice(w).update(number="CF-99999"),
    "a credit note is removed": lambda w: (
        raw(InvoiceFile).filter(invoice__in=credit(w)).delete(),
        credit(w).delete(),
    ),
    "a credit note cancels another invoice": lambda w: credit(w).update(corrects=invoice(w).get()),
    "an invoice is settled that is not": lambda w: invoice(w).update(closed_at=START - timedelta(days=1)),
    "an invoice was never emailed": lambda w: invoice(w).update(mailed_at=None),
    "an invoice was emailed at another time": lambda w: invoice(w).update(mailed_at=START - timedelta(days=9)),
    "two receipts change numbers": lambda w: swap(*receipts(), "number"),
    "two receipts change places": lambda w: swap(*receipts(), "sequence_number", "previous_hash", "row_hash"),
    "a receipt is removed": lambda w: remove_receipts(raw(Receipt).filter(pk=last_receipt().pk)),
    "a file is another one": lambda w: raw(InvoiceFile).update(
        path=private_files.save("invoices/forged.pdf", b"%PDF forged")
    ),
    "a file is removed": lambda w: raw(InvoiceFile).filter(invoice__in=invoice(w)).delete(),
    "a logo is lost": lose_logo,
    "the email of an invoice is lost": lambda w: lose_mail(w, kind="invoice"),
    "the email of a decision is lost": lambda w: lose_mail(w, kind="declined"),
    "the attachment of an email is lost": lambda w: MailAttachment.objects.all().delete(),
    "an email says something else": lambda w: OutgoingMail.objects.filter(kind="receipt").update(text="Nothing came."),
    "an email went to somebody else": lambda w: OutgoingMail.objects.update(recipient="x@example.org"),
    "a number is drawn twice": lambda w: NumberSequence.objects.filter(key__startswith="INV").update(last_number=1),
    # Applications and decisions
    "a decision is another one": lambda w: decision(w).update(to_state="waitlisted"),
    "a reason is changed": lambda w: decision(w).update(reason="Other"),
    "a decision is somebody else's": lambda w: decision(w).update(decided_by=None),
    "a decision is dated back": lambda w: Decision.objects.update(decided_at=START - timedelta(days=3)),
    "a decision is removed": lambda w: (
        decision(w).delete(),
        APPLICATIONS.filter(pk=w.declined.pk).update(state="submitted"),
    ),
    "a decision is inserted": forged_decision,
    "an answer is changed": lambda w: APPLICATIONS.filter(pk=w.undecided.pk).update(answers={"hopes": "none"}),
    "an application is removed": lambda w: (
        ApplicationNote.objects.filter(application=w.undecided).delete(),
        APPLICATIONS.filter(pk=w.undecided.pk).delete(),
    ),
    "a note is put into somebody's mouth": lambda w: ApplicationNote.objects.update(text="No"),
    "a link lasts longer": lambda w: Invitation.objects.filter(pk=w.invited.pk).update(ends_at=START + timedelta(99)),
    "a link is exchanged": lambda w: Invitation.objects.filter(pk=w.invited.pk).update(token_sha256="0" * 64),
    "a definition is not that of its hash": lambda w: FormVersion.objects.update(definition={"questions": []}),
    "a definition and its hash are others": lambda w: FormVersion.objects.update(
        definition=[], sha256="4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
    ),
    # Places and registrations
    "a hold lasts longer": lambda w: Place.objects.filter(invitation=w.held.invitation).update(
        held_until=START + timedelta(days=99)
    ),
    "two places change hands": swap_places,
    "the queue is jumped": lambda w: QueueEntry.objects.filter(left_at=None).update(joined_at=START - timedelta(9)),
    "a deposit is lowered": lambda w: REGISTRATIONS.filter(pk=w.held.pk).update(deposit_amount=1),
    "a policy is another one": lambda w: REGISTRATIONS.update(policy="<p>Nothing is given back.</p>"),
    "two people change names": swap_answers,
    "a registration ended for another reason": lambda w: REGISTRATIONS.filter(pk=w.left.pk).update(ended_reason="x"),
    "a private page opens by an old link": lambda w: REGISTRATIONS.filter(pk=w.member.pk).update(page_counter=9),
    "a payer lives elsewhere": lambda w: Account.objects.update(payer_country="CA"),
    "a refund is higher": lambda w: RefundDue.objects.filter(settled_by_row=None).update(amount=Decimal(2)),
    "a refund is withdrawn": lambda w: RefundDue.objects.filter(settled_by_row=None).update(withdrawn_at=START),
    "a refund is inserted": lambda w: RefundDue.objects.create(
        account=w.member.account, amount=USD, reason="x", listed_at=START
    ),
    "a rebate is higher": lambda w: RebateDue.objects.update(amount=Decimal(2)),
    "a rebate is removed": lambda w: RebateDue.objects.all().delete(),
    "a program is open again": lambda w: Program.objects.filter(pk=w.program.pk).update(status="open"),
    "a program has more places": lambda w: (
        Program.objects.filter(pk=w.other.pk).update(capacity=4),
        Place.objects.create(program=w.other, number=4),
    ),
    "a run was somebody else's": lambda w: BatchRun.objects.update(started_by=None),
    "a text of emails is another one": lambda w: MailTemplate.objects.create(
        kind="accepted", language="en", subject="Come", body="<p>{link}</p>"
    ),
    # Events
    "an event is removed": lambda w: raw(Event).filter(position=5).delete(),
    "the last event is removed": lambda w: raw(Event).filter(pk=Event.objects.latest("position").pk).delete(),
    "an event is inserted": forged_event,
    "two events change positions": lambda w: (
        raw(Event).filter(position=5).update(position=10**6),
        raw(Event).filter(position=6).update(position=5),
        raw(Event).filter(position=10**6).update(position=6),
    ),
    "an event loses its position": lambda w: raw(Event).filter(position=5).update(position=None),
}


def test_each_tampering_is_found(world: World) -> None:
    assert list(findings()) == []
    assert [name for name, tamper in TAMPERINGS.items() if not is_found(lambda act=tamper: act(world))] == []


@pytest.mark.usefixtures("world")
def test_a_change_of_any_column_of_a_frozen_table_is_found() -> None:
    missed = []
    for model in triggers.frozen_models():
        rows = raw(model).exclude(rows={}) if model is Event else raw(model)
        row = rows.order_by("pk").last()
        assert row, model
        for field in model._meta.concrete_fields:
            value = other_value(field, row)
            if field.primary_key or field.name in OF_WORK or value is None:
                continue
            change = {field.attname: value}
            if not is_found(lambda change=change, kept=row: raw(type(kept)).filter(pk=kept.pk).update(**change)):
                missed.append(f"{model.__name__}.{field.name}")
    assert missed == []


def test_the_audit_takes_the_same_queries_for_more_people(world: World) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert list(findings()) == []
        return len(queries)

    before = count()
    with clock.at(START + timedelta(minutes=30)):
        for number in (31, 32):
            pay(make_registration(world.other, number))
    assert count() == before
