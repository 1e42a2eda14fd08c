"""Programs, issuers and accounts for tests of billing."""

from datetime import date
from decimal import Decimal
from typing import Any

from djmoney.money import Money
from wagtail.models import Page

from cop_program.models import Program, ProgramIndexPage, ProgramPage
from forms_ext.ledger import actions
from forms_ext.ledger.models import Account, Issuer

FEE = Money("1997", "USD")
DEPOSIT = Money("100", "USD")


def make_program(**fields: Any) -> Program:
    """Return a program with the figures of the reference."""
    values = {
        "title": "Nurturing Healthy Culture with Sociocracy",
        "home_zone": "America/Los_Angeles",
        "starts_on": date(2024, 2, 7),
        "ends_on": date(2024, 6, 26),
        "application_deadline": date(2024, 1, 23),
        "registration_deadline": date(2024, 1, 30),
        "capacity": 9,
        "least_members": 6,
        "fee": FEE,
        "deposit": DEPOSIT,
        "rebate_percentage": Decimal(25),
        "rebate_countries": ["CA", "AU", "NZ"],
    } | fields
    root = Page.get_first_root_node()
    index = ProgramIndexPage.objects.first() or root.add_child(instance=ProgramIndexPage(title="Programs"))
    index.refresh_from_db()
    page = index.add_child(instance=ProgramPage(**values))
    return Program.objects.get_or_create(page=page, defaults={"translation_key": page.translation_key})[0]


def make_issuer(**fields: Any) -> Issuer:
    """Return an issuer."""
    values = {
        "name": "Circle Forward",
        "address": "12 Elm Street\nGoshen, IN 46526",
        "country": "US",
        "tax_id": "EIN 12-3456789",
        "email": "billing@circleforward.example",
        "website": "https://circleforward.example",
        "bank_details": "First Example Bank\nRouting 011000015\nAccount 000123456789",
        "number_prefix": "CF-",
    } | fields
    return Issuer.objects.create(**values)


def make_account(program: Program, **fields: Any) -> Account:
    """Return an account without rows."""
    values = {
        "payer_name": "Ada Sample",
        "payer_email": "ada@example.org",
        "payer_address": "1 First Street\nPortland, OR 97201",
        "payer_country": "US",
        "currency": "USD",
    } | fields
    return actions.open_account(program=program, **values)


def make_member(program: Program, **fields: Any) -> Account:
    """Return an account with the fee posted and the deposit paid."""
    account = make_account(program, **fields)
    actions.post_fee(account=account, amount=FEE)
    actions.record_payment(account=account, amount=DEPOSIT, received_on=date(2024, 1, 29), send_receipt=False)
    return account
