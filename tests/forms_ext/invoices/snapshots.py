"""Snapshots of invoices as the journey creates them, for tests and benchmarks of rendering only."""

from typing import Any

from forms_ext.invoices import pdf


def invoice(**changes: Any) -> dict[str, Any]:
    """Return the snapshot of the reference invoice: 1,997 USD less the deposit of 100 USD."""
    content = {
        "version": 1,
        "kind": "invoice",
        "language": "en",
        "page_size": "Letter",
        "number": "CF-00012",
        "issued_at": "2024-02-01T17:00:00+00:00",
        "issued_on": "2024-02-01",
        "due_on": "2024-02-15",
        "reference": "PAY-2024-0007",
        "currency": "USD",
        "program": "Nurturing Healthy Culture with Sociocracy",
        "program_starts_on": "2024-02-07",
        "program_ends_on": "2024-06-26",
        "issuer": {
            "name": "Circle Forward",
            "address": "12 Elm Street\nGoshen, IN 46526",
            "country": "US",
            "country_name": "United States",
            "tax_id": "EIN 12-3456789",
            "email": "billing@circleforward.example",
            "website": "https://circleforward.example",
            "bank_details": "First Example Bank, Goshen\nRouting 011000015\nAccount 000123456789",
            "logo": None,
        },
        "recipient": {
            "name": "Ada Sample",
            "address": "Sample & Daughters\n1 First Street\nPortland, OR 97201",
            "country": "US",
            "country_name": "United States",
            "email": "ada@example.org",
        },
        "corrects": None,
        "reason": "",
        "lines": [
            {
                "kind": "fee",
                "text": "Nurturing Healthy Culture with Sociocracy",
                "detail": "Fee for the program, 7 February 2024 to 26 June 2024",
                "amount": "1997.00",
            },
            {
                "kind": "payment",
                "text": "Less deposit paid",
                "detail": "Received on 29 January 2024",
                "amount": "-100.00",
            },
        ],
        "total": "1897.00",
    }
    return pdf.with_fonts(content | changes)
