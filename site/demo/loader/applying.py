"""People of the cast apply, through the action that the public form calls."""

from datetime import datetime

from cop_program.clock import at
from demo import people
from forms_ext.applications import actions
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.forms import compiler
from forms_ext.submissions.cleaned import CleanSubmission

from .applicant import Applicant


def answers_of(person: Applicant) -> list[str]:
    """Return the answers of `person` in the order of the questions."""
    course = "Not yet" if person.course == "No" else person.course
    facts = [person.name, person.email, person.organization, person.role, person.size, person.profit, person.stage]
    return [*facts, course, person.country, person.zone, person.hopes]


def apply(form: ApplicationFormPage, person: Applicant, moment: datetime) -> Application:
    """Let `person` apply through `form` at `moment`; where nobody decides, the note is a reviewer's."""
    version = form.current_version()
    if version is None:
        raise LookupError("The application form is not published. Publish it first.")
    compiled = compiler.compile(version)
    keys = [question["key"] for question in compiled.questions]
    answers = dict(zip(keys, answers_of(person), strict=True))
    with at(moment):
        submission = CleanSubmission(version, answers, compiled.role_values(answers))
        application = actions.apply(page=form, submission=submission)
        if person.note and person.state == "submitted":
            actions.add_note(application=application, author=people.by_role("reviewer"), text=person.note)
    return application
