"""The language in use, and the Babel locale of a language."""

from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils import translation


@cache
def babel_locale(language: str) -> Locale:
    """Return the Babel locale of a Django language code; English lists and dates are written as in "7 and 28 May".

    If Babel does not know the code, the locale is that of its language, otherwise English.
    """
    for code in (language.replace("-", "_"), language.split("-")[0]):
        try:
            return Locale.parse("en_GB" if code == "en" else code)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en_GB")


def language() -> str:
    """Return the language in use; English, that of the code, where translations are switched off."""
    return translation.get_language() or "en"
