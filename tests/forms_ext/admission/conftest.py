from collections.abc import Iterator

import pytest

from cop_program import clock
from cop_program.models import Program
from tests.forms_ext.admission.factories import START, open_program


@pytest.fixture(autouse=True)
def january(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set the clock of every test to 20 January 2024, before all deadlines."""
    with clock.at(START):
        yield


@pytest.fixture
def program(db: None) -> Program:
    return open_program()
