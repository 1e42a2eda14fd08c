"""Fields whose migrations hold nothing that a host's settings or another package's version decide.

Blocks, currencies, countries and time zones are left out: they are read from the code, never from a migration, so that
a host with other settings is asked for no migration of ours.

`CountryColumn` and `CountriesColumn` tell the type checker what a country field holds.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django_countries.fields import CountryField as AnyCountryField
from djmoney.models.fields import CurrencyField as AnyCurrencyField
from djmoney.models.fields import MoneyField as AnyMoneyField
from djmoney.utils import get_currency_field_name
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField

from . import amounts, email_addresses
from .countries import Countries
from .zones import current_name, zone_choices

if TYPE_CHECKING:
    from django.db.models import CharField
    from django_countries.fields import Country

# The stubs of django-countries know only the column, a `str`. Annotate a CountryField with what it returns and accepts.
type CountryColumn = "CharField[Country | str, Country]"
type CountriesColumn = "CharField[Sequence[Country | str], Sequence[Country]]"

type Deconstructed = tuple[str, str, list[Any], dict[str, Any]]


class OpenStreamField(StreamField):
    """A `StreamField` that asks for no migration when a block changes or is added.

    A historical model knows no blocks: its values keep what is stored, to be read and changed in `value.raw_data`.
    """

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the stream; without blocks, in a migration, one that keeps what is stored."""
        stored = json.loads(value or "[]") if isinstance(value, str) else value
        if self.stream_block.child_blocks or not isinstance(stored, list):
            return super().to_python(value)
        kept = StreamValue(self.stream_block, stored, is_lazy=True)
        kept._stream_field = self
        return kept

    def deconstruct(self) -> Deconstructed:
        """Leave the blocks out."""
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs


class ZoneField(models.CharField):
    """The name of a time zone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **dict[str, Any](max_length=64, choices=zone_choices) | kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the name of today, if `value` was replaced."""
        return current_name(super().to_python(value) or "") or value

    def deconstruct(self) -> Deconstructed:
        """Leave the zones out."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, list(args), kwargs


class CountryField(AnyCountryField):
    """A country, or `multiple` ones; as wide as the code of any country, or the list of them all, can get."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        width = 2000 if kwargs.get("multiple") else 8
        super().__init__(*args, **dict[str, Any](max_length=width, countries=Countries) | kwargs)

    def deconstruct(self) -> Deconstructed:
        """Leave the countries out."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("countries", None)
        return name, path, list(args), kwargs


class EmailField(models.EmailField):
    """The column of an address that we write to."""

    default_validators = [email_addresses.validate]

    def deconstruct(self) -> Deconstructed:
        """Return Django's own field: the column is the same."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", list(args), kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": email_addresses.EmailFormField} | kwargs)


class CurrencyField(AnyCurrencyField):
    """The currency beside an amount."""

    def deconstruct(self) -> Deconstructed:
        """Leave the currencies out, and the default, which is a setting."""
        name, path, args, kwargs = super().deconstruct()
        for setting in ("choices", "default"):
            kwargs.pop(setting, None)
        return name, path, list(args), kwargs


class MoneyField(AnyMoneyField):
    """An amount with its currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"currency_max_length": 3} | kwargs)

    def add_currency_field(self, cls: type[models.Model], name: str) -> None:
        """Put a `CurrencyField` of ours beside the amount."""
        field = CurrencyField(
            price_field=self,
            max_length=self.currency_max_length,
            default=self.default_currency,
            editable=False,
            choices=self.currency_choices,
            null=self.null,
        )
        field.creation_counter = self.creation_counter - 1
        cls.add_to_class(get_currency_field_name(name, self), field)
        self._currency_field = field

    def formfield(self, **kwargs: Any) -> Any:
        """Return the form field that reads amounts as pages write them."""
        return super().formfield(**{"form_class": amounts.MoneyField} | kwargs)

    def deconstruct(self) -> Deconstructed:
        """Leave out what settings decide."""
        name, path, args, kwargs = super().deconstruct()
        for setting in ("currency_choices", "default_currency", "currency_max_length"):
            kwargs.pop(setting, None)
        return name, path, list(args), kwargs
