"""The staff forms about an application."""

from datetime import date, datetime

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from cop_program.deadlines import deadline_instant
from cop_program.models import Program

from ...base import dates
from ...base.admin.forms import day_input, message_field, reason_field
from ...base.fields import TextField


class NoteForm(forms.Form):
    """A note for colleagues."""

    text = TextField(
        label=_("Note"), max_length=4000, widget=AdminAutoHeightTextInput, help_text=_("For colleagues only.")
    )


class ReasonForm(forms.Form):
    """A reason, kept in the history."""

    reason = reason_field()


class DecisionForm(ReasonForm):
    """A decision, with a message to the person."""

    message = message_field()


class ReopenForm(forms.Form):
    """Why a withdrawn application is reopened, and a message to the person."""

    reason = reason_field(required=True)
    message = message_field()


class LinkForm(forms.Form):
    """When a private link ends."""

    link_ends_on = forms.DateField(
        label=_("Last day of the link"),
        required=False,
        widget=day_input(),
        help_text=_("The link works until the end of this day. If empty: until the registration deadline."),
    )

    def ends_at(self, program: Program) -> datetime | None:
        """Return the end of the chosen day, in the time zone of the registration deadline of `program`."""
        day: date | None = self.cleaned_data.get("link_ends_on")
        return deadline_instant(day, dates.link_zone(program))


class AcceptForm(DecisionForm, LinkForm):
    """An acceptance."""


class ProgramForm(forms.Form):
    """The program to add an application to."""

    program = forms.ModelChoiceField(
        label=_("Program"),
        queryset=Program.objects.select_related("page").order_by("-page__starts_on"),
        empty_label=None,
    )
