"""Somebody who applies, and the words of the questions with choices."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify


@dataclass(frozen=True)
class Applicant:
    """Somebody with an organization, a zone and hopes; the numbers are days from the first meeting."""

    name: str
    organization: str
    role: str
    size: str
    profit: str
    stage: str
    course: str
    country: str
    zone: str
    hopes: str
    applied: int
    hour: int = 17
    address: str = ""
    state: str = "submitted"
    note: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def email(self) -> str:
        first, *_middle, last = slugify(self.name).split("-")
        return f"{first}.{last}@example.org"


YES, NO = "For profit", "Not for profit"
EARLY, SOME, WHOLE = "First circles", "Several circles", "The whole organization"
