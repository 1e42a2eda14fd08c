"""Programs, applications and registrations for tests of the gate, places and billing."""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from djmoney.money import Money
from wagtail.models import Page

from cop_program.models import Program
from forms_ext.admission import actions, invitations, places
from forms_ext.admission.models import Invitation
from forms_ext.applications.models import Application
from forms_ext.base import events, history
from forms_ext.forms.models import FormVersion
from forms_ext.ledger import actions as billing
from forms_ext.registration.actions import register
from forms_ext.registration.models import Registration
from forms_ext.submissions.cleaned import CleanSubmission
from tests.forms_ext.ledger.factories import make_issuer, make_program

START = datetime(2024, 1, 20, 17, tzinfo=UTC)
DEPOSIT = Money("100", "USD")


def open_program(capacity: int = 9, **fields: Any) -> Program:
    """Return a program with an issuer and its places."""
    values = {"capacity": capacity, "least_members": 1, "cancellation_deadline": date(2024, 1, 24)} | fields
    program = make_program(**values)
    make_issuer()
    places.set_capacity(program=program, capacity=capacity)
    return program


def version() -> FormVersion:
    """Return the version of some form."""
    page = Page.get_first_root_node()
    made, is_new = FormVersion.objects.get_or_create(
        page=page, number=1, defaults={"definition": {}, "sha256": sha256(b"{}").hexdigest(), "created_at": START}
    )
    if is_new:
        events.append("forms_ext.forms.freeze", page, made=[made], version=made.pk, number=1)
    return made


def make_application(program: Program, number: int = 1, **fields: Any) -> Application:
    """Return an application that waits for a decision."""
    values = {
        "version": version(),
        "submitted_at": START,
        "reference": f"A-2024-{number:04}",
        "name": f"Person {number}",
        "email": f"person{number}@example.org",
        "country": "US",
        "time_zone": "America/New_York",
    } | fields
    application = Application.objects.create(program=program, **values)
    history.record(application, "forms_ext.applications.apply", made=[application])
    return application


def make_staff(name: str = "staff") -> User:
    """Return a user who may decide."""
    return User.objects.get_or_create(username=name)[0]


def accept(application: Application) -> tuple[Invitation, str]:
    """Accept; return the invitation and its token."""
    tokens: list[str] = []
    original = invitations.secrets.token_urlsafe
    invitations.secrets.token_urlsafe = lambda size: tokens.append(original(size)) or tokens[-1]  # type: ignore
    try:
        actions.decide(application=application, to_state="accepted", by=None)
    finally:
        invitations.secrets.token_urlsafe = original  # type: ignore[assignment]
    return application.invitations.get(revoked_at__isnull=True), tokens[-1]


def submission(number: int = 1, key: str | None = None) -> CleanSubmission:
    """Return what the registration form hands on."""
    return CleanSubmission(
        version=version(),
        answers={"hopes": "much"},
        roles={
            "name": f"Person {number}",
            "email": f"person{number}@example.org",
            "country": "CA",
            "billing_name": f"Payer {number}",
            "billing_address": "1 First Street",
        },
        language="en",
        idempotency_key=key,
        source="page",
    )


def make_registration(program: Program, number: int = 1) -> Registration:
    """Return the registration of a new accepted person."""
    invitation, _token = accept(make_application(program, number))
    return register(invitation=invitation, submission=submission(number))


def pay(registration: Registration, amount: Money = DEPOSIT, on: date = date(2024, 1, 20)) -> Registration:
    """Record money and return the registration as it is then."""
    registration.refresh_from_db()
    billing.record_payment(account=registration.account, amount=amount, received_on=on)
    registration.refresh_from_db()
    return registration
