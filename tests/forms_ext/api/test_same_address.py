"""The same address twice in a program: both are kept, only the email and staff say so."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cop_program import clock
from forms_ext.admission import actions
from forms_ext.applications.models import Application
from forms_ext.mail.models import OutgoingMail
from tests.forms_ext.admission import factories
from tests.forms_ext.api.conftest import ANSWERS, Shown, post
from tests.forms_ext.ledger.factories import make_program
from tests.forms_ext.submissions.sending import ANSWERS as PAGE_ANSWERS
from tests.forms_ext.submissions.sending import opened

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
EMAIL = "mara@example.org"


def by_api(shown: Shown, email: str) -> tuple[Any, ...]:
    response = post(shown.api, ANSWERS | {"email": email})
    return response.status_code, set(response.json())


def by_page(shown: Shown, email: str) -> tuple[Any, ...]:
    client = Client()
    data = PAGE_ANSWERS | {"email": email, "_token": opened(client, shown.form)}
    with clock.at(factories.START + timedelta(seconds=30)):
        sent = client.post(f"/go/form/{shown.form.pk}/", data)
    page = client.get(sent["Location"]).text
    reference = Application.objects.latest("pk").reference
    return sent.status_code, page[page.index("<main") : page.index("</main")].replace(reference, "").replace(email, "")


@pytest.mark.parametrize("way", [by_api, by_page])
def test_the_second_is_answered_as_the_first_with_as_many_queries(shown: Shown, way: Any) -> None:
    way(shown, "first@example.org")  # what is kept in memory
    with (
        clock.at(factories.START),
        CaptureQueriesContext(
            connection,
        ) as once,
    ):
        first = way(shown, EMAIL)
    with CaptureQueriesContext(connection) as again:
        second = way(shown, EMAIL.upper().replace("EXAMPLE.ORG", "example.org"))
    assert second == first
    assert len(again) == len(once)
    assert Application.objects.filter(email__iexact=EMAIL).count() == 2


STATES = [
    ("submitted", "application_repeated"),
    ("waitlisted", "application_repeated"),
    ("accepted", "application_repeated"),
    ("declined", "application_received"),
    ("withdrawn", "application_received"),
]


@pytest.mark.parametrize(("state", "kind"), STATES)
def test_only_the_email_says_that_there_is_one_already(shown: Shown, state: str, kind: str) -> None:
    earlier = factories.make_application(shown.program, 50, email=EMAIL, state=state)
    by_api(shown, EMAIL)
    mail = OutgoingMail.objects.get(recipient=EMAIL)
    assert mail.kind == kind
    assert (earlier.reference in mail.text) == (kind == "application_repeated")


def test_an_application_to_another_program_is_no_second_one(shown: Shown) -> None:
    other = make_program(title="Another program")
    factories.make_application(other, 50, email=EMAIL)
    by_api(shown, EMAIL)
    assert OutgoingMail.objects.get(recipient=EMAIL).kind == "application_received"


def test_staff_see_the_mark_and_what_else_the_address_has(shown: Shown, admin: Client) -> None:
    other = make_program(title="Another program")
    elsewhere = factories.make_application(other, 7, email=EMAIL)
    first = factories.make_application(shown.program, 1, email=EMAIL)
    second = factories.make_application(shown.program, 2, email=EMAIL.title())
    listing = reverse("cop_applications_modeladmin_index")
    assert admin.get(listing).content.decode().count("· applied before") == 1
    rows = admin.get(listing, {"is_repeat": "True"}).context["object_list"]
    assert [row.pk for row in rows] == [second.pk]
    page = admin.get(reverse("cop_admission:person", args=[second.pk])).content.decode()
    for words in (first.reference, "Also for this program", elsewhere.reference, "Another program"):
        assert words in page
    actions.decide(application=first, to_state="accepted", by=None)
    page = admin.get(reverse("cop_admission:person", args=[second.pk])).content.decode()
    assert f"This email address is already accepted for this program: {first.reference}." in page


def test_staff_see_the_registrations_of_the_address(shown: Shown, admin: Client) -> None:
    registration = factories.make_registration(shown.program, 1)
    second = factories.make_application(shown.program, 2, email=registration.email)
    page = admin.get(reverse("cop_admission:person", args=[second.pk])).content.decode()
    assert registration.reference in page


def test_the_list_asks_as_often_for_many_as_for_one(shown: Shown, admin: Client) -> None:
    listing, counts = reverse("cop_applications_modeladmin_index"), []
    for number in range(1, 5):
        factories.make_application(shown.program, number, email=EMAIL)
        admin.get(listing)
        with CaptureQueriesContext(connection) as asked:
            admin.get(listing)
        counts.append(len(asked))
    assert len(set(counts[1:])) == 1, counts
