"""The page of a person: decisions with their email, notes, next and previous, and what is refused."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cop_program.models import Program
from forms_ext.admission.models import Decision
from forms_ext.applications.models import Application, ApplicationNote
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.base.admin.test_listing import text
from tests.forms_ext.ledger.factories import make_program
from tests.forms_ext.selecting import confirm, select

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
State = Application.State


def person(application: Application) -> str:
    return reverse("cop_admission:person", args=[application.pk])


def post(client: Client, application: Application, action: str, **values: str) -> object:
    data = {"action": action, f"{action}-reason": ""} | values
    return client.post(person(application), data, follow=True)


def test_the_page_shows_answers_and_each_mail_before_it_goes(staff: Client, make_application: Callable) -> None:
    page = text(staff.get(person(make_application(name="Ada Sample"))))
    assert "More consent" in page
    assert "You have been accepted: Nurturing Healthy Culture" in page
    assert "We cannot offer you a place" in page
    assert "works until the end of Tuesday 30 January 2024, Pacific time" in page
    assert "Step 2 of 7: Decision" in page
    assert not OutgoingMail.objects.exists()


def test_a_decision_sends_its_mail_and_is_told(staff: Client, make_application: Callable) -> None:
    application = make_application(name="Ada Sample")
    answer = post(staff, application, "declined", **{"declined-reason": "Too far away"})
    assert "Ada Sample declined" in text(answer)
    decision = Decision.objects.get()
    assert (decision.to_state, decision.decided_by.username, decision.reason) == ("declined", "staff", "Too far away")
    assert OutgoingMail.objects.get().recipient == application.email
    page = text(staff.get(person(application)))
    assert "Too far away" in page
    assert "Decision: Declined" in page
    assert "We cannot offer you a place" in page, "the mail stands in the timeline"


def test_accepting_makes_a_link_that_ends_when_staff_say(staff: Client, make_application: Callable) -> None:
    application = make_application()
    post(staff, application, "accepted", **{"accepted-link_ends_on": "2024-01-20"})
    invitation = application.invitations.get()
    assert invitation.ends_at.isoformat() == "2024-01-21T08:00:00+00:00", "the end of that day in Los Angeles"
    post(staff, application, "link", **{"link-link_ends_on": ""})
    invitation.refresh_from_db()
    assert invitation.revoked_at
    post(staff, application, "revoke", **{"revoke-reason": "Wrote to the wrong address"})
    assert not application.invitations.filter(revoked_at__isnull=True).exists()
    assert "Wrote to the wrong address" in text(staff.get(person(application))), "the history says why"


def test_a_decision_on_a_page_that_is_out_of_date_is_refused(staff: Client, make_application: Callable) -> None:
    application = make_application()
    post(staff, application, "declined", seen="submitted")
    answer = post(staff, application, "accepted", seen="submitted")
    assert answer.status_code == 409
    assert "Someone else has just decided" in text(answer)
    application.refresh_from_db()
    assert application.state == State.DECLINED


@pytest.mark.parametrize("action", ["accepted", "declined", "withdrawn", "link", "revoke"])
def test_what_the_state_forbids_is_said_in_words(staff: Client, make_application: Callable, action: str) -> None:
    application = make_application(state=State.WITHDRAWN)
    answer = post(staff, application, action)
    assert answer.status_code == 409
    assert application.reference in text(answer)


def test_nonsense_is_no_error(staff: Client, make_application: Callable) -> None:
    application = make_application()
    assert post(staff, application, "explode").status_code == 400
    assert post(staff, application, "note", **{"note-text": " "}).status_code == 422
    assert post(staff, application, "accepted", **{"accepted-link_ends_on": "soon"}).status_code == 422
    assert staff.get(reverse("cop_admission:person", args=[999])).status_code == 404


def test_reviewers_read_and_note_and_do_not_decide(reviewer: Client, make_application: Callable) -> None:
    application = make_application()
    page = text(reviewer.get(person(application)))
    assert "More consent" in page
    assert "Accept and send" not in page
    post(reviewer, application, "note", **{"note-text": "Strong on consent"})
    note = ApplicationNote.objects.get()
    assert (note.text, note.author.username) == ("Strong on consent", "reviewer")
    post(reviewer, application, "accepted")
    application.refresh_from_db()
    assert application.state == State.SUBMITTED


def test_mails_and_money_are_not_in_a_reviewers_timeline(
    staff: Client, reviewer: Client, make_application: Callable
) -> None:
    application = make_application()
    post(staff, application, "waitlisted")
    assert "You are on the waiting list" in text(staff.get(person(application)))
    assert "You are on the waiting list" not in text(reviewer.get(person(application)))


def test_the_pile_is_the_listing_that_was_left(staff: Client, make_application: Callable) -> None:
    first = make_application(name="First")
    make_application(name="Decided", state=State.DECLINED)
    last = make_application(name="Last")
    page = text(staff.get(person(last) + "?state=submitted"))
    assert "1 of 2" in page
    assert f'href="{person(first)}?state=submitted" data-cop-next' in page
    assert "data-cop-previous" not in page


def test_many_are_decided_at_once_each_mail_shown_and_refusals_told(staff: Client, make_application: Callable) -> None:
    ada, bo = make_application(name="Ada"), make_application(name="Bo")
    gone = make_application(name="Cy", state=State.WITHDRAWN)
    page = select(staff, "decline", [ada, bo, gone])
    assert text(page).count("We cannot offer you a place") >= 2
    assert "Left unchanged" in text(page)
    post(staff, bo, "accepted")
    answer = confirm(staff, page)
    assert "1 application decided: Declined" in text(answer)
    assert "Bo (" in text(answer)
    assert "Someone else has just decided" in text(answer)
    states = dict(Application.objects.values_list("name", "state"))
    assert states == {"Ada": "declined", "Bo": "accepted", "Cy": "withdrawn"}


def test_the_page_asks_a_bounded_number_of_queries(staff: Client, make_application: Callable) -> None:
    application = make_application()
    staff.get(person(application))
    with CaptureQueriesContext(connection) as one:
        staff.get(person(application))
    for _number in range(3):
        make_application()
        post(staff, application, "note", **{"note-text": "Again"})
    with CaptureQueriesContext(connection) as more:
        staff.get(person(application))
    assert len(more) == len(one)


def test_a_last_day_of_the_link_stands_in_the_mail_that_is_shown(staff: Client, make_application: Callable) -> None:
    application = make_application()
    answer = post(staff, application, "accepted", preview="1", **{"accepted-link_ends_on": "2024-01-20"})
    assert "end of Saturday 20 January 2024" in text(answer)
    assert not OutgoingMail.objects.exists(), "showing decides nothing"
    post(staff, application, "accepted", **{"accepted-link_ends_on": "2024-01-20"})
    page = text(staff.get(person(application)))
    assert "end of Saturday 20 January 2024" in page, "a new link keeps the end of the one before, and says so"


def test_many_are_accepted_with_a_last_day_of_their_links(staff: Client, make_application: Callable) -> None:
    ada, bo = make_application(name="Ada"), make_application(name="Bo")
    page = select(staff, "accept", [ada, bo])
    shown = text(confirm(staff, page, link_ends_on="2024-01-20", preview="1"))
    assert shown.count("end of Saturday 20 January 2024") >= 2
    assert 'value="2024-01-20"' in shown, "the day stays in the form"
    assert not OutgoingMail.objects.exists()
    wrong = confirm(staff, page, link_ends_on="soon")
    assert "Enter a valid date" in text(wrong)
    confirm(staff, wrong, link_ends_on="2024-01-20")
    ends = {row.invitations.get().ends_at.isoformat() for row in (ada, bo)}
    assert ends == {"2024-01-21T08:00:00+00:00"}
    assert OutgoingMail.objects.filter(text__contains="end of Saturday 20 January 2024").count() == 2


def test_many_of_two_programs_read_how_long_the_links_of_each_last(
    staff: Client, make_application: Callable, program: Program
) -> None:
    other = make_program(title="Facilitation", registration_deadline=date(2024, 2, 1))
    rows = [make_application(), make_application(), make_application(program=other)]

    def told(*selected: Application) -> list[str]:
        return select(staff, "accept", selected).context["effects"]

    own = "The link works until the end of {}, Pacific time, or until the last day that you set below."
    assert told(*rows[:2]) == [own.format("Tuesday 30 January 2024")]
    assert sorted(told(*rows)) == [
        f"Facilitation: {own.format('Thursday 1 February 2024')}",
        f"{program.page.title}: {own.format('Tuesday 30 January 2024')}",
    ]


def test_many_declined_read_that_a_link_ends_where_one_of_them_has_one(
    staff: Client, make_application: Callable
) -> None:
    first, accepted, last = make_application(), make_application(state=State.ACCEPTED), make_application()

    def told(*selected: Application) -> list[str]:
        return select(staff, "decline", selected).context["effects"]

    assert told(first, last) == []
    assert told(first, accepted, last) == ["The invitation link stops working at once."]


def test_a_link_that_would_have_ended_is_refused_for_each(staff: Client, make_application: Callable) -> None:
    application = make_application(name="Ada")
    answer = confirm(staff, select(staff, "accept", [application]), link_ends_on="2024-01-02")
    assert "The link would already have expired" in text(answer)
    application.refresh_from_db()
    assert application.state == State.SUBMITTED


def test_deciding_many_asks_two_questions_for_each(staff: Client, make_application: Callable) -> None:
    rows = [make_application() for _number in range(4)]

    def asked(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            select(staff, "accept", rows[:count])
        return len(queries)

    asked(1)
    assert asked(4) - asked(1) <= 2 * 3, "whether the link was used, and the text of the mail"
