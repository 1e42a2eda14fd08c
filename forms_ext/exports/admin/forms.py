"""The form with the options of an export."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cop_program.zones import zone_choices, zone_names

from ..formats import fitting
from ..options import DELIMITERS, Options
from ..sources import Source


class ExportForm(forms.Form):
    """Format and options."""

    format = forms.ChoiceField(
        label=_("Format"),
        choices=[(name, format.label) for name, format in fitting(is_files=False).items()],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    headings = forms.ChoiceField(
        label=_("Headings"),
        choices=[("labels", _("Current wording of the questions")), ("keys", _("Permanent keys"))],
        initial="labels",
        help_text=_("JSON lines always use keys."),
    )
    date_format = forms.ChoiceField(
        label=_("Dates"),
        choices=[("iso", "2026-12-31"), ("day", "31.12.2026"), ("month", "12/31/2026")],
        initial="iso",
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    split_choices = forms.TypedChoiceField(
        label=_("Questions with several choices"),
        choices=[("", _("All choices in one cell")), ("1", _("One column for each choice"))],
        coerce=bool,
        empty_value=False,  # type: ignore[arg-type]  # the stubs know only text
        required=False,
    )
    delimiter = forms.ChoiceField(
        label=_("CSV separator"),
        choices=[("tab" if mark == "\t" else mark, label) for mark, label in DELIMITERS.items()],
        initial=",",
        help_text=_("In most of Europe, Excel expects the semicolon."),
    )
    bom = forms.BooleanField(
        label=_("Byte order mark in the CSV"),
        initial=True,
        required=False,
        help_text=_("Tells Excel that the file is UTF-8."),
    )

    def __init__(self, data: Any = None, *, source: Source, **kwargs: Any) -> None:
        kwargs["initial"] = {"time_zone": _current_zone()} | kwargs.get("initial", {})
        super().__init__(data, **kwargs)
        if not source.has_answers:
            del self.fields["split_choices"]

    def chosen(self) -> Options:
        """Return the chosen options."""
        values = dict(self.cleaned_data)
        if values["delimiter"] == "tab":
            values["delimiter"] = "\t"
        return Options.from_data(values)


def _current_zone() -> str:
    name = timezone.get_current_timezone_name()
    return name if name in zone_names() else "UTC"
