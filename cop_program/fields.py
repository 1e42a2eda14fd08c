"""A stream field whose migrations do not hold its blocks; what a country field holds, for the type checker."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wagtail.fields import StreamField

if TYPE_CHECKING:
    from django.db.models import CharField
    from django_countries.fields import Country

# The stubs of django-countries know only the column, a `str`. Annotate a CountryField with what it returns and accepts.
type CountryColumn = "CharField[Country | str, Country]"
type CountriesColumn = "CharField[Sequence[Country | str], Sequence[Country]]"


class OpenStreamField(StreamField):
    """A `StreamField` that asks for no migration when a block changes or is added (wagtail8.md, section 1)."""

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Leave the blocks out."""
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
