"""The people, program and applications for tests of staff pages."""

from datetime import timedelta
from typing import Any

import pytest
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program
from forms_ext.ledger import actions as billing
from tests.forms_ext.admin_fixtures import (
    START,
    client_of,  # noqa: F401
    january,  # noqa: F401
    make_application,  # noqa: F401
    program,  # noqa: F401
    reviewer,  # noqa: F401
    staff,  # noqa: F401
    user,  # noqa: F401
)
from tests.forms_ext.ledger.factories import make_issuer, make_member


@pytest.fixture
def money(program: Program) -> Any:  # noqa: F811
    make_issuer()
    with clock.at(START + timedelta(days=22)):
        account = make_member(program)
        billing.record_payment(account=account, amount=Money(50, "USD"), received_on=START.date())
    return account


@pytest.fixture
def small(settings: Any) -> None:
    settings.COP_EXPORT_BACKGROUND_ROWS = 1
