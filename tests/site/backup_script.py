"""A program with members and their invoices, as on a running site; run by `tests/site/test_backup.py`."""

from typing import Any

from cop_program import clock
from forms_ext.base import periodic
from forms_ext.invoices.models import Invoice
from forms_ext.programs import actions
from tests.forms_ext.admission.factories import START, make_registration, open_program, pay


def main() -> Any:
    """Return how many invoices there are."""
    with clock.at(START):
        program = open_program(3)
        for number in (1, 2):
            pay(make_registration(program, number))
        actions.confirm_program(program=program, by=None)
        periodic.run_all()
    return Invoice.objects.count()
