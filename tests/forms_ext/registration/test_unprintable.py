"""People whose name no font on this server can print."""

from dataclasses import replace

import pytest
from djmoney.money import Money

from cop_program.models import Program
from forms_ext.base.errors import ActionRefused
from forms_ext.ledger import actions as billing
from forms_ext.programs import actions as programs
from forms_ext.programs.admin.dashboard import Dashboard
from forms_ext.programs.models import BatchItem
from forms_ext.registration.actions import register
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import accept, make_application, open_program, pay, submission

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def register_emoji(program: Program) -> Registration:
    invitation, _token = accept(make_application(program))
    typed = submission()
    return register(invitation=invitation, submission=replace(typed, roles={**typed.roles, "billing_name": "Payer 😀"}))


def tasks_of(program: Program) -> list[str]:
    program = Program.objects.select_related("page").get(pk=program.pk)
    return [task.text for task in Dashboard(program).tasks()]


def correct(registration: Registration) -> None:
    billing.correct_payer(
        account=registration.account, payer_name="Payer", payer_address="1 First Street", payer_country="CA"
    )


def test_nobody_is_refused_for_their_name_and_staff_are_told() -> None:
    program = open_program(deposit=Money(0, "USD"))
    Program.objects.filter(pk=program.pk).update(status=Program.Status.CONFIRMED)
    registration = register_emoji(program)
    assert registration.state == Registration.State.MEMBER
    assert not registration.account.invoices.exists()
    assert "1 invoice has not been issued" in tasks_of(program)


def test_a_run_names_them_and_goes_on() -> None:
    program = open_program()
    registration = register_emoji(program)
    with pytest.raises(ActionRefused, match="for Payer 😀"):
        pay(registration)
    correct(registration)
    member = pay(registration)
    billing.correct_payer(
        account=member.account, payer_name="Payer 😀", payer_address="1 First Street", payer_country="CA"
    )
    run = programs.confirm_program(program=program, by=None)
    assert programs.work_off(run).failed == 1
    assert "for Payer 😀 (PAY-2024-0001)" in BatchItem.objects.get().error
    correct(member)
    programs.retry_failed(run=run, by=None)
    assert programs.work_off(run).done == 1
    assert member.account.invoices.get().snapshot["recipient"]["name"] == "Payer"
