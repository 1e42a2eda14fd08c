"""The form with the options of an export."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cop_program.zones import zone_choices, zone_names

from ..actions import FORMATS, TABLES
from ..options import DELIMITERS, Options
from ..sources import Source


class ExportForm(forms.Form):
    """Format and options."""

    format = forms.ChoiceField(
        label=_("Format"),
        choices=[(name, FORMATS[name][1]) for name in TABLES],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    headings = forms.ChoiceField(
        label=_("Headings"),
        choices=[("labels", _("The questions, as they read now")), ("keys", _("Keys that never change"))],
        initial="labels",
        help_text=_("JSON lines always have keys."),
    )
    date_format = forms.ChoiceField(
        label=_("Dates"),
        choices=[("iso", "2026-12-31"), ("day", "31.12.2026"), ("month", "12/31/2026")],
        initial="iso",
    )
    time_zone = forms.ChoiceField(label=_("Time zone of times"), choices=zone_choices)
    split_choices = forms.TypedChoiceField(
        label=_("Questions with several choices"),
        choices=[("", _("All in one cell")), ("1", _("One column for each choice"))],
        coerce=bool,
        empty_value=False,  # type: ignore[arg-type]  # the stubs know only text
        required=False,
    )
    delimiter = forms.ChoiceField(
        label=_("Between the cells of a CSV"),
        choices=[("tab" if mark == "\t" else mark, label) for mark, label in DELIMITERS.items()],
        initial=",",
        help_text=_("Excel in most of Europe expects the semicolon."),
    )
    bom = forms.BooleanField(
        label=_("Byte order mark at the start of a CSV"),
        initial=True,
        required=False,
        help_text=_("By it, Excel knows that the letters are UTF-8."),
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
        return Options.of(values)


def _current_zone() -> str:
    name = timezone.get_current_timezone_name()
    return name if name in zone_names() else "UTC"
