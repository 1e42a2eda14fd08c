"""Races of sending forms: prepares, forks, prints JSON."""

import os
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from wagtail.models import Site

from cop_program import clock
from cop_program.models import FacilitatorIndexPage, FacilitatorPage
from forms_ext.admission.models import Invitation
from forms_ext.applications import actions as applications
from forms_ext.applications.models import Application
from forms_ext.base import limits
from forms_ext.base.errors import ActionRefused
from forms_ext.base.models import RateBucket
from forms_ext.ledger.models import Account
from forms_ext.mail import actions as mail
from forms_ext.mail.models import OutgoingMail
from forms_ext.registration import actions as registrations
from forms_ext.registration.models import Registration
from forms_ext.submissions import actions as forms
from forms_ext.submissions import guards
from forms_ext.submissions.models import Submission, Upload
from forms_ext.submissions.pages import AbstractFormPage, FormPage
from tests.forms_ext.admission import factories as people
from tests.forms_ext.forms import factories
from tests.forms_ext.submissions.sending import ANSWERS, REGISTERING, token_of
from tests.racing import persist, together

PAUSE, LIMIT = 0.3, 3
PAPER = ("file", {"label": "Paper", "required": True})


def site_with_program() -> Any:
    program = people.open_program(3)
    site = Site.objects.get(is_default_site=True)
    site.root_page = program.page.get_parent()
    site.save()
    return program


def post(page: AbstractFormPage, cookies: Any, answers: dict[str, Any]) -> list[Any]:
    """Send a form as a browser does; return the status and the redirect."""
    client = Client()
    client.cookies = cookies
    with clock.at(people.START + timedelta(seconds=30)):
        response = client.post(f"/go/form/{page.pk}/", answers)
    return [response.status_code, response.headers.get("Location", "")]


def said(page: AbstractFormPage, client: Client, answers: dict[str, Any], senders: int) -> dict[str, Any]:
    """Let all send the same form at once; return what each was told."""
    told = together([lambda: post(page, client.cookies, answers)] * senders)
    return {"told": Counter(" ".join(map(str, one)) for one in told)}


def kept_paper(page: AbstractFormPage, client: Client) -> dict[str, Any]:
    """Return the answers to `page` with a file that was accepted while another answer was wrong."""
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1.7")
    opened = client.get(page.url)
    with clock.at(people.START + timedelta(seconds=20)):
        wrong = client.post(
            f"/go/form/{page.pk}/", ANSWERS | {"email": "no", "paper": paper, "_token": token_of(opened.text)}
        )
    kept = Upload.objects.get().token
    return ANSWERS | {"_token": token_of(wrong.text), "paper_kept": kept}


def stored() -> dict[str, Any]:
    return {
        "applications": Application.objects.count(),
        "submissions": Submission.objects.count(),
        "registrations": Registration.objects.count(),
        "accounts": Account.objects.count(),
        "claimed": Upload.objects.filter(claimed_at__isnull=False).count(),
        "mails": Counter(OutgoingMail.objects.values_list("kind", flat=True)),
    }


def application(senders: int) -> dict[str, Any]:
    """Send one application with a kept file several times at once."""
    page = factories.make_application_form(site_with_program().page, [*factories.APPLICATION, PAPER])
    client = Client()
    with clock.at(people.START - timedelta(seconds=10)):
        answers = kept_paper(page, client)
    return said(page, client, answers, senders) | stored()


def plain(senders: int) -> dict[str, Any]:
    """Send one form that belongs to no program several times at once."""
    parent = site_with_program().page.get_parent()
    page = FormPage(title="Newsletter", slug="newsletter", live=False)
    parent.add_child(instance=page)
    form = factories.publish(page, factories.APPLICATION)
    client = Client()
    return said(form, client, ANSWERS | {"_token": token_of(client.get(form.url).text)}, senders) | stored()


def behind_the_gate() -> tuple[AbstractFormPage, Client, dict[str, Any]]:
    """Return the registration form, a browser that opened it with an invitation link, and its data."""
    program = site_with_program()
    page = factories.make_registration_form(program.page)
    _invitation, link = people.accept(people.make_application(program))
    client = Client()
    opened = client.get(f"/go/invitation/{link}/", follow=True)
    return page, client, REGISTERING | {"_token": token_of(opened.text)}


def registration(senders: int) -> dict[str, Any]:
    """Send one registration several times at once."""
    return said(*behind_the_gate(), senders) | stored()


def limited(senders: int) -> dict[str, Any]:
    """Send as many applications at once from one network, which may send `LIMIT` an hour."""
    page = factories.make_application_form(site_with_program().page)
    client = Client()
    sent = [ANSWERS | {"_token": token_of(client.get(page.url).text)} for _ in range(senders)]
    with override_settings(COP_RATE_LIMIT_ADDRESS=LIMIT):
        told = together([partial(post, page, client.cookies, answers) for answers in sent])
    return {"told": Counter(status for status, _where in told)} | stored()


def message(senders: int) -> dict[str, Any]:
    """Send one message to a facilitator several times at once."""
    root = site_with_program().page.get_parent()
    index = root.add_child(instance=FacilitatorIndexPage(title="Facilitators", slug="facilitators"))
    evan = FacilitatorPage(title="Evan", slug="evan", role="Facilitator", contact_email="evan@example.org")
    address = reverse("forms_ext:facilitator_message", args=[index.add_child(instance=evan).pk])
    values = {"name": "Ada", "email": "ada@example.org", "message": "Does it fit?"}
    values["_token"] = token_of(Client().get(address).text)

    def send() -> list[Any]:
        with clock.at(people.START + timedelta(seconds=30)):
            response = Client().post(address, values)
        return [response.status_code, response.headers.get("Location", "")]

    told = together([send] * senders)
    return {"told": Counter(" ".join(map(str, one)) for one in told)} | stored()


# --- Without the guard ---------------------------------------------------------------------------


def apply_unguarded(*, page: Any, submission: Any) -> Application:
    """Look for the same post, pause and write; no unique key keeps a second one out."""
    key = submission.idempotency_key
    if earlier := Application.objects.filter(organization=key).first():
        return earlier
    time.sleep(PAUSE)
    made: Application = persist(
        lambda: people.make_application(page.program, organization=key, reference=f"A-{os.getpid()}")
    )
    return made


def application_unguarded(senders: int) -> dict[str, Any]:
    """Send one application several times at once to a site that looks before it writes, outside of a transaction."""
    page = factories.make_application_form(site_with_program().page)
    client = Client()
    answers = ANSWERS | {"_token": token_of(client.get(page.url).text)}
    with patch.object(applications, "apply", apply_unguarded), patch.object(forms, "take", forms.take.__wrapped__):
        return said(page, client, answers, senders) | stored()


def register_unguarded(*, invitation: Invitation, submission: Any) -> Any:
    """Read whether the invitation is used, pause, and write that it is: each who got so far would register."""
    if not Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).exists():
        raise ActionRefused("used")
    time.sleep(PAUSE)
    persist(lambda: Invitation.objects.filter(pk=invitation.pk).update(used_at=clock.now()))
    persist(lambda: people.make_application(invitation.application.program, reference=f"A-{os.getpid()}"))
    raise ActionRefused("registered")


def registration_unguarded(senders: int) -> dict[str, Any]:
    """Send one registration several times at once to a site that reads before it writes, outside of a transaction."""
    sent = behind_the_gate()
    with (
        patch.object(registrations, "register", register_unguarded),
        patch.object(forms, "take", forms.take.__wrapped__),
    ):
        return said(*sent, senders) | stored()


def count_unguarded(sender: str) -> None:
    """Look how many there are, pause, and count: each who got so far would be taken."""
    bucket, _made = RateBucket.objects.get_or_create(key="unguarded", window_start=people.START)
    if bucket.count >= LIMIT:
        raise guards.TooMany("", limits.UsedUp(people.START))
    time.sleep(PAUSE)
    persist(lambda: RateBucket.objects.filter(pk=bucket.pk).update(count=bucket.count + 1))


def limited_unguarded(senders: int) -> dict[str, Any]:
    """Send as many applications at once to a site that counts outside of the transaction that stores."""
    with (
        patch.object(guards, "count_sent", count_unguarded),
        patch.object(forms, "take", forms.take.__wrapped__),
    ):
        return limited(senders)


RACES = {
    "message": message,
    "limited": limited,
    "limited-unguarded": limited_unguarded,
    "application": application,
    "application-unguarded": application_unguarded,
    "plain": plain,
    "registration": registration,
    "registration-unguarded": registration_unguarded,
}


def main(race: str, senders: str) -> dict[str, Any]:
    """Run the race named by the first argument, without emails."""
    with patch.object(mail, "_deliver_after_commit", lambda *_: None), clock.at(people.START):
        return RACES[race](int(senders))
