"""The form of an email template: it checks fields and private links."""

import difflib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from .. import queries, rendering, secrecy
from ..email_types import PLACEHOLDER, EmailType, all_types, placeholders
from ..models import MailTemplate
from ..rendering import Source


@dataclass(frozen=True)
class Place:
    """Which text is meant: its email type, scope and language."""

    kind: EmailType
    scope: str
    language: str

    def row(self) -> MailTemplate | None:
        """Return the editor's own text for exactly this place, its fields under their new names; or None."""
        row = MailTemplate.objects.filter(kind=self.kind.name, scope=self.scope, language=self.language).first()
        if row is not None:
            row.subject, row.body = self.kind.renewed(row.subject), self.kind.renewed(row.body)
        return row

    def source(self) -> Source:
        """Return the text in use here."""
        return queries.source(self.kind, scope=self.scope, language=self.language)

    def unused(self) -> list[str]:
        """Return how to fix the own text that is not used here."""
        template, _language = queries.chosen(self.kind, scope=self.scope, language=self.language)
        return [secrecy.advice(name) for name in queries.misplaced(template)] if template else []


class TemplateForm(WagtailAdminModelForm):
    """The text of one email type."""

    class Meta:
        model = MailTemplate
        fields = ["subject", "body", "button_label"]

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        source = place.source()
        kwargs.setdefault("instance", MailTemplate(subject=source.subject, body=source.body))
        super().__init__(*args, **kwargs)
        self.place = place
        self.fields["subject"].help_text = _("In one line, say what happened and in which program.")
        self.fields["body"].help_text = _("A link field in a paragraph of its own becomes the button.")
        # Without it, the editor has no accessible name: it is not an element that a label can name.
        self.fields["body"].widget.options["ariaLabel"] = str(self.fields["body"].label)
        self.fields["button_label"].widget.attrs["placeholder"] = str(place.kind.button)
        if not place.kind.links:
            del self.fields["button_label"]

    def check_body_is_readable(self) -> None:
        """Raise BadRequest if what was sent as the text did not come from the editor, which sends JSON."""
        try:
            self.fields["body"].widget.value_from_datadict(self.data, {}, self.add_prefix("body"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadRequest("The text of the mail is not in the editor's format.") from error

    def clean_subject(self) -> str:
        subject = rendering.one_line(self.cleaned_data["subject"])
        self._check_placeholders(subject)
        if used := self.place.kind.secrets & set(placeholders(subject)):
            raise ValidationError(
                _("{%(name)s} is a private link. Use it in the text, not in the subject."),
                params={"name": sorted(used)[0]},
            )
        self._check_not_mistaken(subject)
        return subject

    def clean_body(self) -> str:
        body = rendering.cleaned(self.cleaned_data["body"])
        self._check_placeholders(body)
        for name in secrecy.misplaced(self.place.kind, subject="", body=body):
            self.add_error("body", secrecy.advice(name))
        for name in sorted(self.place.kind.secrets - set(placeholders(body))):
            self.add_error(
                "body",
                ValidationError(
                    _("Add {%(name)s} (%(label)s) to the text. Recipients need this link."),
                    params={"name": name, "label": self.place.kind.fields[name]},
                ),
            )
        return body

    def clean_button_label(self) -> str:
        label = rendering.one_line(self.cleaned_data.get("button_label") or "")
        if "{" in label or "}" in label:
            raise ValidationError(_("The button label cannot contain fields. Write plain text."))
        return label

    def _check_placeholders(self, text: str) -> None:
        known = list(self.place.kind.fields)
        problems = [_unknown(name, known) for name in placeholders(text) if name not in known]
        if not problems and any(brace in PLACEHOLDER.sub("", text) for brace in "{}"):
            problems = [_("A brace is missing. Write fields as {%(name)s}.") % {"name": known[0]}]
        if problems:
            raise ValidationError(problems)

    def _check_not_mistaken(self, subject: str) -> None:
        """Refuse the subject of another email, so that no one takes an acknowledgement for an acceptance."""
        for other in all_types():
            if other.name == self.place.kind.name:
                continue
            theirs = queries.source(other, scope=self.place.scope, language=self.place.language).subject
            if theirs.strip().casefold() == subject.casefold():
                raise ValidationError(
                    _("“%(kind)s” already has this subject. Each email needs its own."),
                    params={"kind": other.label},
                )


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return _("{%(name)s} is not a field of this email. Did you mean {%(close)s}?") % {
            "name": name,
            "close": close[0],
        }
    listed = ", ".join(f"{{{field}}}" for field in known)
    return _("{%(name)s} is not a field of this email. Use any of these: %(known)s.") % {"name": name, "known": listed}


class PreviewForm(forms.Form):
    """Whose values the preview shows."""

    values_of = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, choices: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["values_of"].label = _("Preview with")
        self.fields["values_of"].choices = choices  # type: ignore[attr-defined]
