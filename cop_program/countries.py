"""The countries that forms offer: those of django-countries, with its settings, and Kosovo."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import lazy
from django_countries import Countries as AnyCountries
from django_countries.conf import settings

from .locales import babel_locale, language

KOSOVO = "XK"  # not in ISO 3166-1: the code that the EU, banks and CLDR use


def _name() -> str:
    return str(babel_locale(language()).territories[KOSOVO])


class Countries(AnyCountries):
    """A site that sets `COUNTRIES_ONLY` decides alone; `COUNTRIES_OVERRIDE` comes last."""

    @property
    def override(self) -> Mapping[str, Any]:
        own = {} if settings.COUNTRIES_ONLY else {KOSOVO: lazy(_name, str)()}
        return own | dict(settings.COUNTRIES_OVERRIDE)


countries = Countries()
