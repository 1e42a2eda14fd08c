"""The Babel locale of a language."""

from functools import cache

from babel import Locale, UnknownLocaleError


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
