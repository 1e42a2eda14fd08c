"""The settings of `forms_ext`: each with its type, default and meaning."""

import os
from pathlib import Path
from typing import Any, overload

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

MENUS = GROUPED, FLAT = "grouped", "flat"


class Setting[T]:
    """One setting, read from Django's settings each time, so that tests may override it."""

    def __init__(self, default: T, doc: str, *, least: int = 0) -> None:
        self.default, self.least = default, least
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "Setting[T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> "Setting[T] | T":
        """Return the value. Raise ImproperlyConfigured if it is not of the default's type."""
        if instance is None:
            return self
        value: T = self.checked(getattr(settings, self.name, self.default))
        return value

    def checked(self, value: Any) -> Any:
        """Return `value` as the type of the default. Raise ImproperlyConfigured if that cannot be."""
        kind = next(kind for kind in NAMES if isinstance(self.default, kind))
        value = converted(value, kind)
        is_one = isinstance(value, kind) and isinstance(value, bool) is (kind is bool)
        if not is_one:
            raise ImproperlyConfigured(f"{self.name} must be {NAMES[kind]}, not {type(value).__name__}.")
        if kind is int and value < self.least:
            raise ImproperlyConfigured(f"{self.name} must be {self.least} or more, not {value}.")
        if kind is tuple and not all(isinstance(part, str) for part in value):
            raise ImproperlyConfigured(f"{self.name} must contain strings only.")
        return value


#: What a setting must be, in words, by the type of its default.
NAMES: dict[type, str] = {
    bool: "True or False",
    int: "a whole number",
    str: "a string",
    tuple: "a list or tuple of strings",
    Path: "a path (string or Path)",
}


def converted(value: Any, kind: type) -> Any:
    """Return `value` as a `kind` if it is as good as one: a list for a tuple, a string for a Path and the reverse."""
    if kind is tuple and isinstance(value, list | tuple):
        return tuple(os.fspath(part) if isinstance(part, os.PathLike) else part for part in value)
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    if kind is str and isinstance(value, Promise | os.PathLike):
        return os.fspath(value) if isinstance(value, os.PathLike) else str(value)
    return value


class Conf:
    """`conf.COP_OFFER_DAYS` and so on: the value in Django's settings, or the default."""

    # Places and money
    COP_OFFER_DAYS = Setting(
        3, "Working days (Monday to Friday) for which a free place is held for the first person in the queue.", least=1
    )
    COP_TRANSFER_DAYS = Setting(
        3,
        "Working days for which a hold goes on, once, if its holder says that the transfer is on its way; 0: never. "
        "Staff can set another number for each program.",
    )
    COP_HOLD_GRACE_DAYS = Setting(3, "Working days after the invitation link expires until an unpaid hold expires.")
    COP_HOLD_REMIND_DAYS = Setting(2, "Days before a hold expires when its holder is reminded.")
    COP_INVOICE_FONTS: Setting[tuple[str, ...]] = Setting(
        (
            "/usr/share/fonts/truetype/noto/NotoSans*-Regular.ttf",
            "/usr/share/fonts/truetype/noto/NotoSerif*-Regular.ttf",
            "/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
        ),
        "Font files (.ttf, .otf; with * and ?) for scripts that the fonts of the package lack, such as Georgian, Thai "
        "and Chinese. Those that exist are used.",
    )
    # The admin
    COP_MENU = Setting(
        GROUPED, 'Menu of the admin: "grouped" puts our entries below one, *Programs*; "flat" at the top level.'
    )
    # Public forms
    COP_RATE_LIMIT_ADDRESS = Setting(30, "Forms accepted per hour from one network address; 0 means no limit.")
    COP_RATE_LIMIT_ATTEMPTS = Setting(
        600, "Form posts per hour from one address, including failed ones; 0 means no limit."
    )
    COP_RATE_LIMIT_FILES = Setting(100, "Files per hour from one network address; 0 means no limit.")
    COP_RATE_LIMIT_RECIPIENT = Setting(
        5,
        "Confirmations per hour emailed to one address, and messages per hour to a facilitator from one network or "
        "email address; 0 means no limit.",
    )
    COP_RATE_LIMIT_FACILITATOR = Setting(50, "Messages per hour to one facilitator from all senders; 0 means no limit.")
    COP_TRUSTED_PROXIES = Setting(
        0, "Number of proxies in front that append to X-Forwarded-For; 0 means that REMOTE_ADDR is used."
    )
    COP_UPLOAD_MAX_BYTES = Setting(10_485_760, "Largest file that a form accepts, in bytes.", least=1)
    COP_BODY_MAX_BYTES = Setting(
        0, "Largest anonymous request body at URLs of other apps, in bytes (LimitBodies); 0 means no limit."
    )
    COP_UPLOAD_DRAFT_DAYS = Setting(7, "Days until an upload that belongs to no sent form is deleted.", least=1)
    COP_FORM_TOKEN_SECONDS = Setting(14_400, "Seconds until the token of a public form expires.", least=1)
    COP_FORM_MIN_SECONDS = Setting(2, "Forms sent faster than this many seconds are treated as spam.")
    COP_API_ORIGINS: Setting[tuple[str, ...]] = Setting(
        (), "Origins of other websites whose scripts may submit forms by API, such as https://www.example.org."
    )
    COP_QUESTION_TYPES: Setting[tuple[str, ...]] = Setting((), "Dotted paths of the site's own question types.")
    # Mail
    COP_MAIL_ATTEMPTS = Setting(8, "Attempts to send an email before it counts as failed.", least=1)
    COP_MAIL_RETRY_SECONDS = Setting(
        60, "Seconds to wait after the first failed attempt; doubled after each further one.", least=1
    )
    COP_MAIL_CLAIM_SECONDS = Setting(
        600, "Seconds until another worker takes over an email whose worker has stopped.", least=1
    )
    COP_MAIL_BATCH = Setting(50, "Maximum number of emails that one scheduler run sends.", least=1)
    COP_MAILER = Setting("default", "Alias in MAILERS (Django 6.1) used to send emails.")
    COP_MAIL_FROM = Setting("", "Sender of emails; if empty, DEFAULT_FROM_EMAIL.")
    # Exports
    COP_EXPORT_BACKGROUND_ROWS = Setting(50_000, "Exports with more rows than this run in the background.")
    COP_EXPORT_LINK_HOURS = Setting(24, "Hours until the file of a background export is deleted.", least=1)
    # The database
    COP_FROZEN_TRIGGERS = Setting(
        True, "The database refuses to change or delete entries and documents. Off only in tests that empty tables."
    )
    # Files
    COP_PRIVATE_ROOT = Setting(Path("private"), "Folder for private files if STORAGES has no alias `private`.")


conf = Conf()
