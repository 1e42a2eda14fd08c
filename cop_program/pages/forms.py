"""The editors' forms: figures of a translation are read-only, and a session's times are in the home time zone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm

from .. import formatting, locales, places
from ..models.program import was_public


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
    """Lets a draft lack things, and shows an editor of a translation the figures of the source page, to read only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.source_page() is not None:
            for name in self.instance.shared_fields:
                if name in self.fields:
                    self.fields[name].disabled = True

    def defer_required_fields(self) -> None:
        """Let a draft lack things, but figures that people count on.

        The row of an unpublished page holds what its draft holds, and people may have applied while it was public.
        """
        super().defer_required_fields()
        if self.instance.first_published_at and not self.instance.live:
            for name in [name for name in self.deferred_required_fields if name in self.instance.shared_fields]:
                self.deferred_required_fields.remove(name)
                self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        """Tell the page whether a draft is saved."""
        self.instance.is_unfinished = self.is_deferred_validation
        cleaned: dict[str, Any] = super().clean()
        return cleaned


ENTER_PLACES = gettext_lazy("Enter the number of places.")


class PlacesBoundField(forms.BoundField):
    """Holds, beside the number, the one that the editor was shown."""

    def as_widget(self, widget: Any = None, attrs: Any = None, only_initial: bool = False) -> SafeString:
        """Return the input, and the hidden one after it."""
        shown = super().as_widget(widget, attrs, only_initial)
        if widget is not None or only_initial:
            return shown
        return format_html("{}{}", shown, self.as_hidden(only_initial=True))


class PlacesField(forms.IntegerField):
    """The number of places; a form that was open meanwhile does not undo what somebody else has changed."""

    bound_field_class = PlacesBoundField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=places.LEAST, max_value=places.MOST, show_hidden_initial=True, **kwargs)


class ProgramPageForm(TranslatedForm):
    """The form of a program page, with the number of places beside it: state of the program, no content of the page."""

    capacity = PlacesField(label=gettext_lazy("Places"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("capacity"):
            field.initial = self.instance.capacity
            field.disabled = bool(self.instance.pk) and not self._may_set_places()

    def clean(self) -> dict[str, Any]:
        """Hand the number of places to the page, which sets it when it is saved."""
        cleaned = super().clean()
        self.instance.asks_for_places = True
        if self.is_deferred_validation and "home_zone" in cleaned:  # a draft has a zone, too: times are shown in it
            cleaned["home_zone"] = cleaned["home_zone"] or self.instance._meta.get_field("home_zone").get_default()
        number = cleaned.get("capacity")
        if number is not None and self._sets_places():
            self.instance.capacity = number
        if "capacity" not in self.fields and not self.is_deferred_validation and self.instance.capacity is None:
            self.add_error(None, ENTER_PLACES)
        return cleaned

    def _may_set_places(self) -> bool:
        page = self.instance
        return page.source_page() is None and (self.for_user is None or places.may_set(self.for_user, page))

    def _sets_places(self) -> bool:
        """Tell whether saving sets the number: of a public program not by autosave, which saves half a number, too."""
        if self.fields["capacity"].disabled:
            return False
        if not was_public(self.instance):
            return True
        return "capacity" in self.changed_data and not self.instance.is_autosaved


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
                    help_text=_("In the program's home time zone: {zone}. Readers see their own time.").format(
                        zone=f"{formatting.generic_name(zone, locales.language())} ({zone.replace('_', ' ')})"
                    ),
                )
