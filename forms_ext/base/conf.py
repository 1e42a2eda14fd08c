"""The settings of `forms_ext`: each with its type, default and meaning."""

from pathlib import Path
from typing import overload

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Setting[T]:
    """One setting, read from Django's settings each time, so that tests may override it."""

    def __init__(self, default: T, doc: str) -> None:
        self.default = default
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "Setting[T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> "Setting[T] | T":
        if instance is None:
            return self
        value = getattr(settings, self.name, self.default)
        if type(value) is not type(self.default) and not isinstance(value, type(self.default)):
            raise ImproperlyConfigured(
                f"{self.name} must be {type(self.default).__name__}, not {type(value).__name__}. {self.__doc__}"
            )
        return value


class Conf:
    """`conf.COP_OFFER_DAYS` and so on: the value in Django's settings, or the default."""

    # Places and money
    COP_OFFER_DAYS = Setting(3, "Days for which a place that came free is held for the first in the queue.")
    COP_HOLD_GRACE_DAYS = Setting(3, "Days after the end of the personal link until an unpaid hold ends.")
    COP_HOLD_REMIND_DAYS = Setting(2, "Days before the end of a hold when its holder is reminded.")
    COP_INVOICE_FONT = Setting(
        "/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
        "A TrueType file for the scripts that the fonts of invoices lack (Chinese, Japanese, Korean); read if there.",
    )
    # Public forms
    COP_RATE_LIMIT_ADDRESS = Setting(30, "Forms an hour that are taken from one network address; 0 is no limit.")
    COP_RATE_LIMIT_ATTEMPTS = Setting(600, "Posts an hour from one network address, with errors too; 0 is no limit.")
    COP_RATE_LIMIT_FILES = Setting(100, "Files an hour from one network address; 0 is no limit.")
    COP_RATE_LIMIT_RECIPIENT = Setting(
        5,
        "Confirmations an hour that are emailed to one address, and messages an hour to a facilitator from one network "
        "or email address; 0 is no limit.",
    )
    COP_RATE_LIMIT_FACILITATOR = Setting(50, "Messages an hour to one facilitator from anyone; 0 is no limit.")
    COP_TRUSTED_PROXIES = Setting(0, "Proxies in front that append to X-Forwarded-For; 0 reads REMOTE_ADDR.")
    COP_UPLOAD_MAX_BYTES = Setting(10_485_760, "Largest file that a form accepts, in bytes.")
    COP_BODY_MAX_BYTES = Setting(
        0, "Largest body from strangers at addresses that are not ours, in bytes (LimitBodies); 0 leaves them alone."
    )
    COP_UPLOAD_DRAFT_DAYS = Setting(7, "Days until an upload that no answer claimed is deleted.")
    COP_FORM_TOKEN_SECONDS = Setting(14_400, "Age at which the token of a public form is stale.")
    COP_FORM_MIN_SECONDS = Setting(2, "A form that comes back faster than this was filled by a machine.")
    COP_API_ORIGINS: Setting[tuple[str, ...]] = Setting(
        (), "Origins of other web sites whose scripts may send forms by API, as https://www.example.org."
    )
    COP_QUESTION_TYPES: Setting[tuple[str, ...]] = Setting(
        (), "Question types of the site's own, as the dotted paths of their classes."
    )
    # Mail
    COP_MAIL_ATTEMPTS = Setting(8, "How often a mail is tried before it is given up.")
    COP_MAIL_RETRY_SECONDS = Setting(60, "Wait after the first failure; it doubles with each further one.")
    COP_MAIL_CLAIM_SECONDS = Setting(600, "After this long a mail that a worker claimed and left is taken again.")
    COP_MAIL_BATCH = Setting(50, "Mails that one periodic run sends at most.")
    COP_MAILER = Setting("default", "The alias in MAILERS (Django 6.1) through which mails go out.")
    COP_MAIL_FROM = Setting("", "Sender of mails; empty means DEFAULT_FROM_EMAIL.")
    # Exports
    COP_EXPORT_BACKGROUND_ROWS = Setting(50_000, "Exports of more rows than this are written by a worker.")
    COP_EXPORT_LINK_HOURS = Setting(24, "Hours until the file of an export that a worker wrote is deleted.")
    # Files
    COP_PRIVATE_ROOT = Setting(Path("private"), "Folder of private files where STORAGES has no alias `private`.")


conf = Conf()
