"""PDFs served by views: only those of the given account, never cached."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from djmoney.money import Money

from cop_program import clock
from forms_ext.base import consistency, private_files
from forms_ext.invoices import actions, documents, pdf, queries, tasks
from forms_ext.invoices.models import Receipt
from forms_ext.ledger import actions as ledger_actions
from forms_ext.ledger.models import Account
from tests.forms_ext.invoices.test_pdf import draw_nothing_but
from tests.forms_ext.ledger.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def test_invoice_is_handed_to_its_account_alone(member):
    invoice = actions.issue_invoice(account=member)
    with pytest.raises(ObjectDoesNotExist):
        documents.invoice_of(member, invoice.pk)  # not drawn yet
    tasks.store_pdf(invoice.pk)
    response = documents.invoice_of(member, invoice.pk)
    invoice.refresh_from_db()
    assert response.getvalue() == private_files.read(invoice.pdf_path)
    assert "no-store" in response["Cache-Control"]
    with pytest.raises(ObjectDoesNotExist):
        documents.invoice_of(make_account(member.program), invoice.pk)


def test_a_receipt_is_drawn_once_by_a_worker(member, issuer, monkeypatch, django_capture_on_commit_callbacks):
    """A click draws nothing; the stored file is what was frozen, and the audit looks after it."""
    amount = Money("7", "USD")
    with django_capture_on_commit_callbacks() as started:
        payment = ledger_actions.record_payment(
            account=member, amount=amount, received_on=date(2024, 2, 1), send_receipt=False
        )
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "render", lambda snapshot: pytest.fail("drawn for a click"))
        with pytest.raises(ObjectDoesNotExist):
            documents.receipt_of(member, payment.pk)
    issuer.name = "Another name"
    issuer.save()
    for start in started:
        start()
    receipt = Receipt.objects.get(payment=payment)
    first = documents.receipt_of(member, payment.pk)
    assert "no-store" in first["Cache-Control"]
    content = first.getvalue()
    assert content == pdf.render(receipt.snapshot) == private_files.read(receipt.pdf_path)
    monkeypatch.setattr(pdf, "render", lambda snapshot: pytest.fail("drawn again"))
    assert documents.receipt_pdf(receipt.number) == content
    assert tasks.render_receipt.func(receipt.pk)
    with pytest.raises(ObjectDoesNotExist):
        documents.receipt_of(make_account(member.program), payment.pk)
    private_files.delete(receipt.pdf_path)
    assert [f"{receipt.number}: its PDF is missing from storage."] == [
        found.text for found in consistency.run_all() if found.check == "invoices.pdfs"
    ]


def test_what_a_killed_worker_left_is_taken_up(member):
    """The fixture's deposit has a receipt that no worker has drawn."""
    with clock.at(clock.now() + timedelta(hours=1)):
        assert any("R-2024-0001: has no PDF" in found.text for found in consistency.run_all())
        assert tasks.finish_receipts() == 1
        assert tasks.finish_receipts() == 0
        assert not any("R-2024-0001" in found.text for found in consistency.run_all())


@pytest.mark.parametrize("kind", ["invoice", "receipt"])
def test_a_worker_without_a_font_leaves_the_document_to_another(
    member, settings, tmp_path, kind, django_capture_on_commit_callbacks
):
    """It is no failed attempt, it is given to the others each minute, and staff are told after a while."""
    font = tmp_path / "Other-Regular.ttf"
    font.write_bytes(draw_nothing_but("ნიო"))
    settings.COP_INVOICE_FONTS = [font]
    Account.objects.update(payer_name="ნინო")
    member.refresh_from_db()
    tasks.finish_receipts()
    if kind == "invoice":
        document, finish, task = actions.issue_invoice(account=member), tasks.finish_invoices, tasks.render_invoice
    else:
        payment = ledger_actions.record_payment(
            account=member, amount=Money("7", "USD"), received_on=date(2024, 2, 1), send_receipt=False
        )
        document, finish, task = payment.receipt, tasks.finish_receipts, tasks.render_receipt
    settings.COP_INVOICE_FONTS = []
    for _minute in range(4):
        with django_capture_on_commit_callbacks() as started:
            assert finish() == 0
        assert len(started) == 1
    document.refresh_from_db()
    assert (document.pdf_attempts, document.pdf_claimed_at) == (0, None)
    assert "The font Other" in document.pdf_error
    program = member.program
    assert queries.without_pdf(program) == []
    with clock.at(clock.now() + timedelta(hours=1)):
        assert queries.without_pdf(program) == [document]
        settings.COP_INVOICE_FONTS = [font]
        assert task.func(document.pk)
        assert queries.without_pdf(program) == []
