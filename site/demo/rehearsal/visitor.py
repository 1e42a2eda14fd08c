"""A participant at their browser: opens the real pages, fills in whatever they ask, and sends them."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Site

from cop_program.clock import at, now
from demo import mailbox
from forms_ext.forms import compiler
from forms_ext.mail.models import OutgoingMail
from forms_ext.submissions.pages import AbstractFormPage

from .participants import Person

TOKEN = re.compile(r'name="_token" value="([^"]+)"')
TYPING = timedelta(seconds=90)
SENT, GONE = 302, 404


class Stuck(Exception):
    """A person cannot go on; the message says why."""


def answer(question: Mapping[str, Any], person: Person) -> Any:
    """Return what `person` puts into the field of `question`."""
    by_role = {
        "name": person.name,
        "email": person.email,
        "organization": person.organization,
        "billing_name": person.organization,
        "billing_address": person.address,
        "country": person.country,
        "policy_consent": "on",
    }
    if (role := question.get("role")) in by_role:
        return by_role[role]
    choices = question.get("choices") or [""]
    by_type = {
        "email": person.email,
        "number": _number(question.get("minimum"), question.get("maximum")),
        "date": now().date().isoformat(),
        "choice": choices[person.number % len(choices)],
        "choices": choices[:1],
        "checkbox": "on",
        "consent": "on",
        "country": person.country,
        "time_zone": person.zone,
        "phone": "+1 202 555 0114",
        "link": "https://www.example.org/",
        "file": SimpleUploadedFile("note.txt", b"Written for the rehearsal.\n", "text/plain"),
    }
    text = f"{person.name} writes this for the rehearsal."
    return by_type.get(question["type"], text[: question.get("max_length") or None])


def _number(low: Any, high: Any) -> str:
    return str(low if low is not None else high if high is not None else 3)


class Visitor:
    """The browser of one person, with its own cookies, language and network address."""

    def __init__(self, person: Person) -> None:
        self.person = person
        site = Site.objects.get(is_default_site=True)
        host = urlsplit(site.root_url).netloc
        self.client = Client(
            headers={"host": host, "accept-language": person.language}, REMOTE_ADDR=person.network_address
        )

    def open(self, form: AbstractFormPage) -> str:
        """Open the page of `form` and return its token."""
        response = self._ask(self.client.get, urlsplit(form.get_full_url() or "/").path)
        found = TOKEN.search(response.text)
        if not found:
            raise Stuck(f"The form page answered {response.status_code} and shows no form.")
        return found[1]

    def send(self, form: AbstractFormPage, token: str) -> int:
        """Send `form` a while later; return the status, which is 302 if it was accepted."""
        version = form.current_version()
        assert version is not None
        compiled = compiler.compile(version)
        data = {question["key"]: answer(question, self.person) for question in compiled.questions}
        with at(now() + TYPING):
            address = reverse("forms_ext:form", args=[form.pk])
            response = self._ask(self.client.post, address, {**data, "_token": token, "_go": "send"})
        if response.status_code == 422:
            raise Stuck("The form reports errors: " + "; ".join(_errors(compiled, data)))
        return int(response.status_code)

    def follow(self, address: str) -> int:
        """Open the link of an email; return the status, which is 302 for a redirect."""
        return int(self._ask(self.client.get, urlsplit(address).path).status_code)

    def _ask(self, method: Callable[..., Any], *arguments: Any) -> Any:
        """Ask the site; the visitor's language ends with the answer."""
        with translation.override(translation.get_language()):
            return method(*arguments)


def _errors(compiled: compiler.CompiledForm, data: Mapping[str, Any]) -> Iterator[str]:
    labels = {question["key"]: question["label"] for question in compiled.questions}
    for key, messages in compiled.clean(data).errors.items():
        yield f"{labels[key]} {' '.join(messages)}"


def email(scope: str, person: Person, kinds: tuple[str, ...]) -> mailbox.Mail:
    """Return the newest email of the types `kinds` in the mailbox of `person`."""
    sent = OutgoingMail.objects.filter(scope=scope, recipient=person.email, kind__in=kinds, state="sent")
    row = sent.order_by("-pk").first()
    if row is not None:
        for mail in mailbox.all_mails():
            if mail.header("Message-ID") == row.message_id:
                return mail
    raise Stuck(f"{person.name} has not received this email.")


def personal_link(scope: str, person: Person) -> str:
    """Return the invitation link in the newest email to `person`."""
    start = reverse("forms_ext:open_invitation", args=["-"]).removesuffix("-/")
    for address in email(scope, person, ("accepted", "link_again")).links:
        if urlsplit(address).path.startswith(start):
            return address
    raise Stuck(f"The email to {person.name} has no invitation link.")
