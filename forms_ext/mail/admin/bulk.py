"""Try many emails again, or send them once more."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages

from ...base.admin import selection
from ...base.admin.listing import ListingBulkAction
from ...base.errors import ActionRefused
from .. import actions
from ..models import OutgoingMail
from .listing import email_log

State = OutgoingMail.State
TOLD = 20  # this many refusals are listed one by one


class SendMany(ListingBulkAction):
    """One action for the selected emails; those that it refuses are listed with the reason."""

    models = [OutgoingMail]
    listing_admin = email_log
    permission = "change"
    template_name = "forms_ext/mail/admin/bulk_send.html"
    action: ClassVar[Callable[..., Any]]
    states: ClassVar[set[str]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        mails = [item["item"] for item in context["items"]]
        can = [mail for mail in mails if mail.state in self.states]
        return context | {
            "selection": selection.write({mail.pk: mail.state for mail in can}),
            "verb": self.display_name,
            "can": can,
            "cannot": [mail for mail in mails if mail.state not in self.states],
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Do it one after the other, each in its own transaction, and report those that were refused."""
        mails, _none = self.get_actionable_objects()
        done, refusals = 0, []
        for mail in mails:
            try:
                type(self).action(mail=mail, by=self.request.user)
                done += 1
            except ActionRefused as refused:
                refusals.append(f"{mail.recipient_name or mail.recipient}, {mail.subject}: {refused}")
        for words in refusals[:TOLD]:
            messages.error(self.request, words)
        if more := len(refusals[TOLD:]):
            said = ngettext("%(count)d more email is not sent.", "%(count)d more emails are not sent.", more)
            messages.error(self.request, said % {"count": more})
        if done:
            said = ngettext("%(count)d email will be sent now.", "%(count)d emails will be sent now.", done)
            messages.success(self.request, said % {"count": done})
        return redirect(self.next_url)


class TryManyAgain(SendMany):
    """Try again what failed or waits."""

    action = staticmethod(actions.try_again)
    states: ClassVar[set[str]] = {State.FAILED, State.QUEUED}
    display_name: str | Promise = gettext_lazy("Try again")
    aria_label: str | Promise = gettext_lazy("Try to send selected emails again")
    action_type = "try_again"
    action_priority = 10


class SendManyAgain(SendMany):
    """Send once more what was sent."""

    action = staticmethod(actions.send_again)
    states: ClassVar[set[str]] = {State.SENT}
    display_name: str | Promise = gettext_lazy("Send again")
    aria_label: str | Promise = gettext_lazy("Send selected emails once more")
    action_type = "send_again"
    action_priority = 20


def connect() -> None:
    """Register the bulk actions."""
    for action in (TryManyAgain, SendManyAgain):
        hooks.register("register_bulk_action", action)
