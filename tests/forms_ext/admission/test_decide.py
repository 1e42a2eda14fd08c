from datetime import timedelta

import pytest

from cop_program.models import Program
from forms_ext.admission import actions, invitations
from forms_ext.admission.models import Invitation
from forms_ext.applications.models import Application
from forms_ext.base.errors import ActionRefused
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.admission.factories import START, accept, make_application, make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


def test_a_decision_writes_state_row_and_mail(program: Program) -> None:
    application = make_application(program)
    decision = actions.decide(application=application, to_state="declined", by=None, reason="Too new")
    application.refresh_from_db()
    assert (application.state, decision.from_state, decision.reason) == ("declined", "submitted", "Too new")
    assert decision.mail
    assert decision.mail.kind == "declined"


def test_acceptance_makes_a_link_whose_bits_are_nowhere_readable(program: Program) -> None:
    _invitation, token = accept(make_application(program))
    mail = OutgoingMail.objects.get(kind="accepted")
    assert invitations.find(token)
    assert token not in mail.text + mail.html + str(mail.fields) + mail.secrets


def test_of_two_who_saw_the_same_state_the_second_is_refused(program: Program) -> None:
    first = make_application(program)
    second = Application.objects.get(pk=first.pk)
    actions.decide(application=first, to_state="declined", by=None)
    with pytest.raises(ActionRefused, match="Someone else"):
        actions.decide(application=second, to_state="accepted", by=None)
    assert OutgoingMail.objects.filter(kind="accepted").count() == 0


def test_who_has_registered_is_not_decided_anew_or_withdrawn(program: Program) -> None:
    application = make_registration(program).invitation.application
    for verb in (
        lambda: actions.decide(application=application, to_state="declined", by=None),
        lambda: actions.withdraw(application=application, by=None),
        lambda: actions.send_link_again(application=application, by=None),
        lambda: actions.revoke_link(application=application, by=None),
    ):
        with pytest.raises(ActionRefused):
            verb()
    application.refresh_from_db()
    assert application.state == "accepted"


@pytest.mark.parametrize("state", ["withdrawn", "declined"])
def test_a_link_ends_with_its_acceptance(program: Program, state: str) -> None:
    application = make_application(program)
    _invitation, token = accept(application)
    actions.decide(application=application, to_state=state, by=None)
    assert invitations.find(token) is None


def test_a_link_sent_again_ends_the_old_one(program: Program) -> None:
    application = make_application(program)
    _invitation, old = accept(application)
    actions.send_link_again(application=application, by=None)
    assert invitations.find(old) is None
    assert application.invitations.filter(revoked_at__isnull=True).count() == 1


def test_a_link_with_an_end_of_its_own_keeps_it_when_the_deadline_moves(program: Program) -> None:
    own_end = START + timedelta(days=3)
    own, other = make_application(program, 1), make_application(program, 2)
    actions.decide(application=own, to_state="accepted", by=None, link_ends_at=own_end)
    actions.decide(application=other, to_state="accepted", by=None)
    program.page.registration_deadline += timedelta(days=1)
    program.page.save_revision().publish()
    ends = dict(Invitation.objects.values_list("application_id", "ends_at"))
    assert ends[own.pk] == own_end
    assert ends[other.pk] == invitations.natural_end(program)
