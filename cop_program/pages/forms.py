"""The editors' forms: figures of a translation are read-only, and a session's times are in the home time zone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from .. import formatting


class ZonedDateTimeField(forms.DateTimeField):
    """A date and time on the clock of `zone`."""

    def __init__(self, *, zone: str, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        """Read the clock of the zone."""
        with timezone.override(ZoneInfo(self.zone)):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Write the clock of the zone."""
        with timezone.override(ZoneInfo(self.zone)):
            return super().prepare_value(value)


class TranslatedForm(WagtailAdminPageForm):
    """Shows an editor of a translation the figures of the source page; they can't be typed here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.source_page() is not None:
            for name in self.instance.shared_fields:
                if name in self.fields:
                    self.fields[name].disabled = True


class SessionPageForm(TranslatedForm):
    """Shows and reads the two times in the home zone of the program above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = getattr(self.parent_page, "specific", None)
        self.instance.program_page_above = parent
        zone = getattr(parent, "home_zone", "") or "UTC"
        for name in ("starts_at", "ends_at"):
            if old := self.fields.get(name):
                self.fields[name] = ZonedDateTimeField(
                    zone=zone,
                    label=old.label,
                    required=old.required,
                    disabled=old.disabled,
                    widget=old.widget,
                    help_text=_("In the program's home zone: {zone}. Readers see their own time.").format(
                        zone=f"{formatting.generic_name(zone, get_language() or 'en')} ({zone.replace('_', ' ')})"
                    ),
                )
