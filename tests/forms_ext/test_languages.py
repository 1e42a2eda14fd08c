"""A person who applies in German gets everything in German, whatever their browser prefers; others get English."""

from collections.abc import Iterator

import pytest
from django.test import Client
from wagtail.models import Locale, Site

from cop_program import clock
from cop_program.models import Program, ProgramPage
from forms_ext.applications.models import Application
from forms_ext.invoices import actions
from forms_ext.ledger import actions as billing
from forms_ext.mail import actions as mail
from forms_ext.mail.models import OutgoingMail
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import START, accept, make_application, open_program
from tests.forms_ext.forms import factories
from tests.forms_ext.submissions.sending import ANSWERS, REGISTERING, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


@pytest.fixture
def german(db: None) -> Iterator[ProgramPage]:
    """The German page of a program, with both forms below it."""
    with clock.at(START):
        program = open_program(title="Healthy Culture", slug="culture")
        program.page.save_revision().publish()
        site = Site.objects.get(is_default_site=True)
        site.root_page = program.page.get_parent()
        site.save()
        forms = factories.make_application_form(program.page), factories.make_registration_form(program.page)
        locale = Locale.objects.create(language_code="de")
        page = program.page.copy_for_translation(locale, copy_parents=True)
        page.title = "Gesunde Kultur"
        page.save_revision().publish()
        for form, title in zip(forms, ("Bewerbung", "Anmeldung"), strict=True):
            copy = form.copy_for_translation(locale)
            copy.title = title
            copy.save_revision().publish()
        yield ProgramPage.objects.get(pk=page.pk)


@pytest.fixture
def reader() -> Client:
    """A reader whose browser prefers English."""
    return Client(headers={"accept-language": "en"})


def send(client: Client, address: str, shown: str, answers: dict[str, str]) -> str:
    """Send the form that `shown` shows; return the page after it."""
    with clock.at(START.replace(minute=1)):
        response = client.post(address, answers | {"_token": token_of(shown)}, follow=True)
    assert response.status_code == 200, response.text
    return response.text


def latest(kind: str) -> OutgoingMail:
    return OutgoingMail.objects.filter(kind=kind).latest("pk")


def test_an_application_in_german_is_answered_in_german(german: ProgramPage, reader: Client) -> None:
    form = german.get_children().get(slug="apply").specific
    shown = reader.get(form.get_url()).text
    assert '<html lang="de"' in shown
    wrong = reader.post(f"/go/form/{form.pk}/", {"_token": token_of(shown)}).text
    assert '<html lang="de"' in wrong, "the address to which it is sent names no language"
    assert "<title>Fehler: Bewerbung" in wrong
    assert 'class="cop-languages"' in shown
    assert 'class="cop-languages"' in wrong, "the languages stay where there are errors"
    thanks = send(reader, f"/go/form/{form.pk}/", shown, ANSWERS)
    assert '<html lang="de"' in thanks
    assert "Wir haben Ihre Bewerbung" in thanks
    received = latest("application_received")
    assert received.language == "de"
    assert "Gesunde Kultur" in received.text
    assert "Healthy Culture" not in received.text

    application = Application.objects.get()
    assert (application.program, application.language) == (Program.objects.get(), "de")
    mail.save_template(kind="accepted", scope="", language="de", subject="Willkommen", body="<p>{name}</p>")
    mail.save_template(kind="accepted", scope="", language="en", subject="Welcome", body="<p>{name}</p>")
    _invitation, token = accept(application)
    assert latest("accepted").subject == "Willkommen"

    shown = reader.get(f"/go/invitation/{token}/", follow=True).text
    assert '<html lang="de"' in shown
    assert "Gesunde Kultur" in shown
    form = german.get_children().get(slug="register").specific
    mine = send(reader, f"/go/form/{form.pk}/", shown, REGISTERING)
    assert '<html lang="de"' in mine
    assert "Anzahlung" in mine
    registration = Registration.objects.get()
    assert registration.language == registration.account.language == "de"
    assert "Anzahlung" in latest("registered_hold").text
    with clock.at(START):
        billing.record_payment(account=registration.account, amount=german.deposit, received_on=START.date())
        document = actions.issue_invoice(account=registration.account)
    assert document.snapshot["language"] == "de"
    assert document.snapshot["program"] == "Gesunde Kultur"


@pytest.mark.parametrize(("language", "is_english"), [("fr", False), ("es", False), ("ja", True)])
@pytest.mark.usefixtures("german")
def test_without_a_text_of_ours_there_is_the_built_in_one_or_english(language: str, is_english: bool) -> None:
    mail.save_template(kind="accepted", scope="", language="en", subject="Welcome", body="<p>{name}</p>")
    accept(make_application(Program.objects.get(), language=language))
    assert (latest("accepted").subject == "Welcome") == is_english
