"""Form fields that several staff forms share."""

import re
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from ..fields import TextField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: The longest message from staff to a person.
MESSAGE_LENGTH = 2000


def day_input() -> forms.DateInput:
    """Return the browser's own date picker, which needs no script and works with a keyboard."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def new_key() -> str:
    """Return a key that identifies a double click."""
    return uuid.uuid4().hex


def known_key(text: str) -> str:
    """Return `text` if `new_key` may have made it, otherwise a new key."""
    return text if re.fullmatch(r"[0-9a-f]{32}", text) else new_key()


def reason_field(*, max_length: int = 2000, help_text: "StrOrPromise" = "", **options: Any) -> forms.CharField:
    """Return the field for what staff write for colleagues; `help_text` is added to its help."""
    alone = _("For colleagues only. Never shown to the person.")
    return TextField(
        **{"label": _("Reason"), "required": False, "widget": AdminAutoHeightTextInput} | options,
        max_length=max_length,
        help_text=format_lazy("{} {}", alone, help_text) if help_text else alone,
    )


def message_field(label: "StrOrPromise" = "", help_text: "StrOrPromise" = "") -> forms.CharField:
    """Return the field for the message to the person in the email."""
    return TextField(
        label=label or _("Message to the person"),
        max_length=MESSAGE_LENGTH,
        required=False,
        widget=AdminAutoHeightTextInput,
        help_text=help_text or _("Added to the email as you type it. If empty, nothing is added."),
    )


class CorrectContactForm(forms.Form):
    """A person's name and email address, to correct what was mistyped."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Email"), max_length=254)
    reason = reason_field()
