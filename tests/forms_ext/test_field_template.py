"""The HTML of one question and its error."""

import re

import pytest
from django import forms
from django.template.loader import render_to_string


class Questions(forms.Form):
    email = forms.EmailField(label="Email address", help_text="We answer to it.")
    hopes = forms.CharField(label="Hopes", widget=forms.Textarea, required=False)
    stage = forms.ChoiceField(label="Stage", widget=forms.RadioSelect, choices=[("a", "None"), ("b", "Pilot")])
    policy = forms.BooleanField(label="I accept the policy.")


def written(form: forms.Form) -> str:
    fields = "".join(render_to_string("forms_ext/parts/field.html", {"field": field}) for field in form)
    return render_to_string("forms_ext/parts/error_summary.html", {"form": form}) + fields


def test_help_and_error_are_tied_to_their_field() -> None:
    html = written(Questions({"email": "nobody", "stage": "a", "policy": "on"}))
    described = re.search(r'<input type="email"[^>]*aria-describedby="([^"]+)"', html)
    assert described
    for name in described[1].split():
        assert html.count(f'id="{name}"') == 1
    assert 'aria-invalid="true"' in html


def test_every_link_of_the_summary_leads_to_a_widget() -> None:
    html = written(Questions({}))
    links = re.findall(r'<a href="#([^"]+)"', html)
    assert len(links) == 3
    for target in links:
        assert re.search(rf'<(input|textarea|select)[^>]* id="{target}"', html), target


@pytest.mark.parametrize(("name", "optional"), [("email", False), ("hopes", True), ("stage", False)])
def test_optional_is_said_in_words(name: str, optional: bool) -> None:
    html = render_to_string("forms_ext/parts/field.html", {"field": Questions()[name]})
    assert ("(optional)" in html) is optional


def test_a_form_without_errors_has_no_summary() -> None:
    assert "error-summary" not in written(Questions())
