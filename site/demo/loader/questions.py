"""The questions of the two forms, as an editor adds them."""

import json
from typing import Any

from cop_program.models import ProgramPage
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.registration.pages import RegistrationFormPage
from forms_ext.submissions.pages import FormPage

from . import texts

SIZES = ("Up to 10", "11 to 50", "51 to 250", "251 or more")
PROFIT = ("For profit", "Not for profit")
STAGES = ("First circles", "Several circles", "The whole organization")
COURSE = ("Taken", "Taking it now", "An equivalent", "Not yet")


def question(kind: str, label: str, *, role: str = "", choices: tuple[str, ...] = (), help: str = "") -> dict[str, Any]:
    """Return the block of one question that must be answered."""
    value: dict[str, Any] = {"label": label, "required": True, "help": help}
    if role:
        value["role"] = role
    if choices:
        value["choices"] = "\n".join(choices)
    return {"type": kind, "value": value}


APPLICATION = (
    question("text", "Your name", role="name"),
    question("email", "Your email address", role="email"),
    question("text", "Your organization", role="organization"),
    question("text", "Your role of leadership", help="For example executive director, or member of the board."),
    question("choice", "How many people work there?", choices=SIZES),
    question("choice", "For profit or not?", choices=PROFIT),
    question("choice", "How far has sociocracy come there?", choices=STAGES),
    question("choice", "Have you taken the course on the foundations?", choices=COURSE),
    question("country", "Your country", role="country"),
    question("time_zone", "Your time zone"),
    question("long_text", "What do you hope to take home?"),
)
REGISTRATION = (
    question("text", "Your name", role="name"),
    question("email", "Your email address", role="email"),
    question("text", "Name on the invoice", role="billing_name"),
    question("long_text", "Address on the invoice", role="billing_address"),
    question("country", "Country of that address", role="country"),
    question("consent", "I have read the cancellation policy and accept it.", role="policy_consent"),
)


UPDATES = (
    question("text", "Your name", role="name"),
    question("email", "Your email address", role="email"),
    question("choice", "What would suit you?", choices=("The next program", "A later one", "I am only curious")),
)


def updates_form() -> FormPage:
    """Return the form of those who want to hear of later programs, not yet published."""
    return FormPage(
        title="Hear of the next program",
        slug="updates",
        introduction=texts.UPDATES_INTRODUCTION,
        submit_label="Write to me",
        thanks=texts.UPDATES_THANKS,
        questions=json.dumps(UPDATES),
    )


def application_form(program: ProgramPage) -> ApplicationFormPage:
    """Return the application form, not yet published."""
    return ApplicationFormPage(
        title="Application",
        slug="apply",
        introduction=texts.APPLICATION_INTRODUCTION,
        submit_label="Send the application",
        thanks=texts.APPLICATION_THANKS,
        questions=json.dumps(APPLICATION),
    )


def registration_form(program: ProgramPage) -> RegistrationFormPage:
    """Return the registration form, not yet published."""
    return RegistrationFormPage(
        title="Registration",
        slug="register",
        introduction=texts.REGISTRATION_INTRODUCTION,
        thanks=texts.REGISTRATION_THANKS,
        questions=json.dumps(REGISTRATION),
    )
