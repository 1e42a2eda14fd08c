"""Read an upgraded site as its people do; run by `tests/releases/test_upgrade.py` on the site's data."""

import hashlib
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from cop_program.pages.program import ProgramPage
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.invoices.models import Invoice
from forms_ext.ledger.models import Account
from tests.forms_ext.exports.asking import CSV, body, lines, url


def main() -> Any:
    """Return what a visitor and an administrator read of the demo's program, with the figures it has to equal."""
    visitor, staff = Client(), Client()
    staff.force_login(get_user_model().objects.filter(is_superuser=True).earliest("pk"))
    program = ProgramPage.objects.live().filter(locale__language_code="en").earliest("pk")
    form = ApplicationFormPage.objects.live().child_of(program).get()
    questions = form.current_version.definition["questions"]
    invoice = Invoice.objects.filter(kind="invoice").earliest("pk")
    pdf = body(staff.get(reverse("cop_billing:invoice_pdf", args=[invoice.pk])))
    exported = lines(body(staff.post(url("applications"), CSV)))
    return {
        "program": program.title in visitor.get(program.get_url()).content.decode(),
        "form": all(question["label"] in visitor.get(form.get_url()).content.decode() for question in questions),
        "invoice": pdf.startswith(b"%PDF-") and hashlib.sha256(pdf).hexdigest() == invoice.pdf_sha256,
        "export": sorted(row["reference"] for row in exported)
        == sorted(Application.objects.values_list("reference", flat=True)),
        "accounts": Account.objects.count(),
        "applications": len(exported),
    }
