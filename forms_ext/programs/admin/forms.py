"""The staff forms about a program."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ...base.admin.forms import message_field, reason_field


class CallOffForm(forms.Form):
    """A program cancelled."""

    reason = reason_field()
    message = message_field(
        _("Message to everyone"), _("Added to each email as you type it. If empty, nothing is added.")
    )
    sure = forms.BooleanField(label=_("Call the program off. This cannot be undone."))
