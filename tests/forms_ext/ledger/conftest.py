from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cop_program import clock
from cop_program.models import Program
from forms_ext.ledger.models import Account, Issuer
from tests.forms_ext.ledger.factories import make_issuer, make_member, make_program


@pytest.fixture(autouse=True)
def february() -> Iterator[None]:
    """Set the clock of every test to 1 February 2024, before the start of the program."""
    with clock.at(datetime(2024, 2, 1, 17, tzinfo=UTC)):
        yield


@pytest.fixture
def program(db: None) -> Program:
    return make_program()


@pytest.fixture
def issuer(db: None) -> Issuer:
    return make_issuer()


@pytest.fixture
def member(program: Program, issuer: Issuer) -> Account:
    return make_member(program)
