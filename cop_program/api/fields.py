"""The parts of a program's document as fields of Wagtail's own page endpoints, v3 and v2."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.fields import Field
from wagtail.api import APIField

if TYPE_CHECKING:
    from ..models import ProgramPage

PARTS = (
    "status",
    "deadlines",
    "fee",
    "deposit",
    "balance",
    "rebate",
    "places",
    "next_step",
    "facilitators",
    "sessions",
    "schedule",
    "api_url",
    "application_api_url",
    "registration_api_url",
    "calendar_url",
)


class PartField(Field):
    """One part of the document, which is made once per page object."""

    #: Make the document of a page for a request. `reading` registers itself, since it knows the page types.
    read: ClassVar[Callable[..., dict[str, Any]]]

    def get_attribute(self, instance: "ProgramPage") -> "ProgramPage":
        """Pass on the whole page."""
        return instance

    def to_representation(self, value: "ProgramPage") -> Any:
        """Return the part named like this field."""
        document = getattr(value, "_cop_document", None)
        if document is None:
            document = self.read(value, self.context.get("request"))
            value._cop_document = document
        return document.get(self.field_name)


def parts() -> list[APIField]:
    """Return an API field for each part."""
    return [APIField(name, serializer=PartField()) for name in PARTS]
