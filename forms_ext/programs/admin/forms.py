"""The staff forms about a program."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cop_program.places import LEAST, MOST

from ...base.admin.forms import message_field, reason_field
from ...registration.admin.forms import offer_day_field


class PlacesForm(forms.Form):
    """How many places a program has."""

    number = forms.IntegerField(label=_("Number of places"), min_value=LEAST, max_value=MOST)
    offer_last_day = offer_day_field()


class TransferDaysForm(forms.Form):
    """For how long a hold goes on once its holder says that the transfer is on its way."""

    days = forms.IntegerField(
        label=_("Working days"),
        min_value=0,
        max_value=60,
        help_text=_("Added once to a hold, if its holder says that the transfer is on its way. 0: not offered."),
    )


class ConfirmForm(forms.Form):
    """A program confirmed: whether people can still apply."""

    takes_applications = forms.BooleanField(
        label=_("Keep taking applications"),
        help_text=_("Until the application deadline, while places are left. You can change this later."),
        required=False,
        initial=True,
    )


class CancelProgramForm(forms.Form):
    """A program cancelled."""

    reason = reason_field()
    message = message_field(
        _("Message to everyone"), _("Added to each email as you type it. If empty, nothing is added.")
    )
    sure = forms.BooleanField(label=_("Cancel the program. This cannot be undone."))
