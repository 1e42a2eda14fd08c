"""Whether a program takes applications: the page, its list, the API, the form, a post and staff say one thing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import Site

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import actions as admission
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.base.errors import ActionRefused
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs import actions
from forms_ext.registration import actions as registrations
from forms_ext.registration import holds
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import START, accept, make_application, make_registration, open_program, pay
from tests.forms_ext.api.conftest import ANSWERS, post
from tests.forms_ext.forms.factories import make_application_form, make_registration_form

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
ACCEPTED = "If you have been accepted, register by the end of Tuesday 30 January 2024, Pacific time"
FULL = "All places are taken. You can still apply: people we accept can register and join the queue."


@pytest.fixture(autouse=True)
def january() -> Iterator[None]:
    with clock.at(START):
        yield


def fill(program: Program) -> None:
    for number in (11, 12):
        pay(make_registration(program, number))


def confirm(program: Program) -> None:
    actions.work_off(actions.confirm_program(program=program, by=None))


def confirm_full(program: Program) -> None:
    fill(program)
    confirm(program)


def confirm_and_stop(program: Program) -> None:
    actions.confirm_program(program=program, by=None, takes_applications=False)


def stop(program: Program) -> None:
    actions.take_applications(program=program, taken=False, by=None)


def reopen(program: Program) -> None:
    confirm_and_stop(program)
    actions.take_applications(program=program, taken=True, by=None)


def no_form(program: Program) -> None:
    ApplicationFormPage.objects.get().unpublish()


def call_off(program: Program) -> None:
    actions.work_off(actions.call_off_program(program=program, by=None))


def nothing(program: Program) -> None:
    pass


DEADLINE, OVER = datetime(2024, 1, 24, 8, tzinfo=UTC), datetime(2024, 6, 27, 7, tzinfo=UTC)
STATES: list[tuple[Callable[[Program], None], datetime, str, str, str, str]] = [
    (nothing, START, "open", "Apply first. If we accept you, you can register and pay.", "", "open until the end of"),
    (fill, START, "open", FULL, "", "All places are taken: who registers joins the queue."),
    (confirm, START, "open", "Apply first.", "", "open until the end of"),
    (reopen, START, "open", "Apply first.", "", "open until the end of"),
    (confirm_full, START, "full", "Applications are closed. All places are taken.", ACCEPTED, "as long as all places"),
    (confirm_and_stop, START, "stopped", "Applications are closed.", ACCEPTED, "as staff chose"),
    (stop, START, "stopped", "Applications are closed.", ACCEPTED, "as staff chose"),
    (no_form, START, "soon", "Applications open soon.", "", "No application form is published."),
    (nothing, DEADLINE, "deadline", "Applications are closed. The deadline has passed.", ACCEPTED, "closed since"),
    (confirm, DEADLINE, "deadline", "Applications are closed. The deadline has passed.", ACCEPTED, "closed since"),
    (call_off, START, "cancelled", "This program is cancelled.", "", "This program is cancelled."),
    (nothing, OVER, "over", "This program is over.", "", "This program is over."),
]


@pytest.fixture
def program() -> Program:
    program = open_program(capacity=2)
    Site.objects.filter(is_default_site=True).update(root_page=program.page.get_parent())
    make_application_form(program.page)
    make_registration_form(program.page)
    return program


def read(url: str) -> Any:
    return Client().get(url).json()


@pytest.mark.parametrize(
    ("do", "moment", "why", "said", "more", "staff"), STATES, ids=[f"{row[0].__name__}-{row[2]}" for row in STATES]
)
def test_every_face_says_one_thing(
    program: Program, do: Callable[[Program], None], moment: datetime, why: str, said: str, more: str, staff: str
) -> None:
    do(program)
    form, is_open = ApplicationFormPage.objects.get(), why == "open"
    api = f"/api/v3/forms/{form.pk}/"
    with clock.at(moment):
        page = Client().get(program.page.url)
        listed = Client().get(program.page.get_parent().url)
        step = read(f"/api/v3/programs/{program.page.pk}/")["next_step"]
        for one in (page.context["next_step"], listed.context["programs"][0].next_step):
            assert (one.reason, one.is_open, bool(one.url)) == (why, is_open, is_open)
            assert one.explanation.startswith(said)
            assert (more in one.explanation) if more else (one.explanation == step["explanation"])
        assert (step["reason"], step["is_open"]) == (why, is_open)
        assert ("cop-next-bar" in page.text) == is_open
        admin = Client()
        admin.force_login(User.objects.create_superuser("boss"))
        assert staff in admin.get(reverse("cop_programs:program", args=[program.pk])).context["applications_text"]
        if not form.live:
            return
        seen, schema = Client().get(form.url), read(api)
        sent = post(api, ANSWERS)
    assert ('<form class="cop-form"' in seen.text) == schema["is_open"] == is_open
    assert sent.status_code == (201 if is_open else 409)
    if not is_open:
        assert said in seen.text
        assert schema["notice"] == sent.json()["detail"] == said
        assert not Application.objects.filter(email=ANSWERS["email"]).exists()
    else:
        assert (FULL in seen.text) == (schema["notice"] == FULL) == (said == FULL)


def test_the_registration_form_says_that_all_places_are_taken(program: Program) -> None:
    _invitation, token = accept(make_application(program, 3))
    note = "All places are taken. If you register now, you join the queue for a place."
    assert note not in Client().get(f"/go/invitation/{token}/", follow=True).text
    fill(program)
    assert note in Client().get(f"/go/invitation/{token}/", follow=True).text


def test_a_choice_is_refused_once_nothing_can_be_chosen(program: Program) -> None:
    with clock.at(DEADLINE), pytest.raises(ActionRefused):
        actions.take_applications(program=program, taken=True, by=None)


def test_nothing_of_a_cancelled_program_is_decided_or_nags(program: Program) -> None:
    application, held = make_application(program, 3), make_registration(program, 1)
    accepted, waitlisted = make_application(program, 4), make_application(program, 5)
    admission.decide(application=accepted, to_state="accepted", by=None)
    admission.decide(application=waitlisted, to_state="waitlisted", by=None)
    run = actions.call_off_program(program=program, by=None)
    mails = OutgoingMail.objects.count()
    held = Registration.objects.get(pk=held.pk)
    for refused in (
        lambda: admission.decide(application=application, to_state="declined", by=None),
        lambda: admission.withdraw(application=waitlisted, by=None),
        lambda: admission.send_link_again(application=accepted, by=None),
        lambda: holds.set_hold_end(registration=held, held_until=OVER, by=None),
        lambda: registrations.cancel(registration=held, by=None),
    ):
        with pytest.raises(ActionRefused):
            refused()
    with clock.at(datetime(2024, 2, 2, tzinfo=UTC)):
        assert holds.remind_holds() == 0
    with clock.at(datetime(2024, 2, 4, tzinfo=UTC)):
        assert holds.end_holds() == 0
    assert OutgoingMail.objects.count() == mails
    actions.work_off(run)
    admin = Client()
    admin.force_login(User.objects.create_superuser("boss"))
    assert admin.get(reverse("cop_programs:program", args=[program.pk])).context["tasks"] == []
    assert "awaiting a decision" not in admin.get(reverse("cop_programs:programs")).text
    for row in (application, accepted, waitlisted):
        person = admin.get(reverse("cop_admission:person", args=[row.pk]))
        assert person.context["panels"] == []
        assert "Program cancelled" in person.text
    assert admin.get(reverse("cop_applications_modeladmin_index")).text.count("Program cancelled") >= 3
