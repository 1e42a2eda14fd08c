"""Promises that hold for the mails of every room."""

import re
from itertools import combinations

import pytest
from django.template.defaultfilters import slugify

from forms_ext.mail import actions, kinds
from forms_ext.mail.editing import Place, TemplateForm
from forms_ext.mail.kinds import MailKind

from .kinds import WELCOME

pytestmark = [pytest.mark.django_db]

KINDS = [kind for kind in kinds.all_kinds() if kind.name != WELCOME.name]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: slugify(kind.name))
def test_a_built_in_text_is_a_whole_letter(kind: MailKind) -> None:
    shown = actions.preview(kind=kind.name, fields=kind.sample)
    assert shown.subject
    assert not re.search(r"\{[a-z_]*\}", shown.subject + shown.text)
    assert shown.html.count('class="button"') <= 1
    if kind.secrets:
        assert 'class="button"' in shown.html


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: slugify(kind.name))
def test_the_line_of_the_way_stands_once(kind: MailKind) -> None:
    shown = actions.preview(kind=kind.name, fields={**kind.sample, "way": "Step 2 of 7: Answer"})
    assert shown.text.count("Step 2 of 7") == shown.html.count("Step 2 of 7") == 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: slugify(kind.name))
def test_a_built_in_text_can_be_saved_by_an_editor_as_it_stands(kind: MailKind) -> None:
    form = TemplateForm(place=Place(kind, "", "en"))
    subject, body = form.initial["subject"], form.initial["body"]
    form.cleaned_data = {"subject": subject, "body": body}
    form._errors = {}
    assert form.clean_subject() == subject
    assert form.clean_body()
    assert not form._errors


def test_no_two_subjects_can_be_mistaken_for_each_other() -> None:
    for one, other in combinations(KINDS, 2):
        first, second = (re.sub(r"\W+", " ", str(kind.subject)).casefold() for kind in (one, other))
        assert first != second, (one.name, other.name)
