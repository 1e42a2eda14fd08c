"""The options of an export."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

DELIMITERS = {",": _("Comma"), ";": _("Semicolon"), "\t": _("Tab")}
DATE_FORMATS = {"iso": "%Y-%m-%d", "day": "%d.%m.%Y", "month": "%m/%d/%Y"}


@dataclass(frozen=True)
class Options:
    """How values are written; JSON lines use only the time zone, XLSX neither delimiter nor BOM."""

    delimiter: str = ","
    bom: bool = False
    date_format: str = "iso"
    split_choices: bool = False
    time_zone: str = "UTC"
    headings: str = "labels"  # or "keys"

    def __post_init__(self) -> None:
        if self.delimiter not in DELIMITERS or self.date_format not in DATE_FORMATS:
            raise ValueError("Unknown delimiter or date format.")
        if self.headings not in {"labels", "keys"}:
            raise ValueError("Unknown headings.")
        ZoneInfo(self.time_zone)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Options":
        """Return the options among `data`."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})

    def as_json(self) -> dict[str, Any]:
        """Return the options as JSON data."""
        return asdict(self)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which instants are written."""
        return ZoneInfo(self.time_zone)

    @property
    def moment_format(self) -> str:
        """The format of an instant: the date, and the time in 24 hours."""
        return f"{DATE_FORMATS[self.date_format]} %H:%M:%S"

    def day(self, value: date) -> str:
        """Return a date as text; `strftime` would not pad the years before 1000."""
        if self.date_format == "iso":
            return f"{value.year:04}-{value.month:02}-{value.day:02}"
        if self.date_format == "day":
            return f"{value.day:02}.{value.month:02}.{value.year:04}"
        return f"{value.month:02}/{value.day:02}/{value.year:04}"

    def moment(self, value: datetime) -> str:
        """Return an instant as text, in the chosen zone, to the second."""
        local = value.astimezone(self.zone)
        return f"{self.day(local)} {local.hour:02}:{local.minute:02}:{local.second:02}"
