"""The people, program and applications for tests of staff pages."""

from datetime import timedelta
from typing import Any

import pytest
from djmoney.money import Money

from cop_program import clock
from cop_program.models import Program
from forms_ext.ledger import actions as billing
from tests.forms_ext.admin_fixtures import *  # noqa: F403
from tests.forms_ext.admin_fixtures import START
from tests.forms_ext.ledger.factories import make_issuer, make_member


@pytest.fixture
def money(program: Program) -> Any:
    make_issuer()
    with clock.at(START + timedelta(days=22)):
        account = make_member(program)
        billing.record_payment(account=account, amount=Money(50, "USD"), received_on=START.date())
    return account


@pytest.fixture
def small(settings: Any) -> None:
    settings.COP_EXPORT_BACKGROUND_ROWS = 1
