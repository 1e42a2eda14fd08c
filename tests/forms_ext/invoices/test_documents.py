"""PDFs served by views: only those of the given account, never cached."""

from datetime import date

import pytest
from django.core.exceptions import ObjectDoesNotExist
from djmoney.money import Money

from forms_ext.base import private_files
from forms_ext.invoices import actions, documents, tasks
from forms_ext.ledger import actions as ledger_actions
from tests.forms_ext.ledger.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def test_invoice_is_handed_to_its_account_alone(member):
    invoice = actions.issue_invoice(account=member)
    with pytest.raises(ObjectDoesNotExist):
        documents.invoice_of(member, invoice.pk)  # not drawn yet
    tasks.store_pdf(invoice.pk)
    response = documents.invoice_of(member, invoice.pk)
    invoice.refresh_from_db()
    assert b"".join(response.streaming_content) == private_files.read(invoice.pdf_path)
    assert "no-store" in response["Cache-Control"]
    with pytest.raises(ObjectDoesNotExist):
        documents.invoice_of(make_account(member.program), invoice.pk)


def test_receipt_is_drawn_from_what_was_frozen(member, issuer):
    amount = Money("7", "USD")
    payment = ledger_actions.record_payment(
        account=member, amount=amount, received_on=date(2024, 2, 1), send_receipt=False
    )
    first = documents.receipt_of(member, payment.pk).content
    issuer.name = "Another name"
    issuer.save()
    assert documents.receipt_of(member, payment.pk).content == first
    with pytest.raises(ObjectDoesNotExist):
        documents.receipt_of(make_account(member.program), payment.pk)
