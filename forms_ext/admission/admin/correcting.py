"""Staff correct a mistyped name or email address of an application."""

from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...applications.models import Application
from ...base.admin.forms import CorrectContactForm
from ...base.admin.views import ShownEmail
from ...mail.admin.views import MailingActionView
from .. import actions, invitations
from .listing import applications


class CorrectView(MailingActionView):
    """Correct the name or email address."""

    permissions = [(Application, "decide")]
    page_title = gettext_lazy("Correct name or email")
    submit_label = gettext_lazy("Save correction")
    done_message = gettext_lazy("Correction saved.")
    header_icon = "user"
    form_class = CorrectContactForm

    def load(self) -> None:
        self.application = get_object_or_404(Application.objects.select_related("program__page"), pk=self.kwargs["pk"])

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [
            (applications.url_helper.index_url, _("Applications")),
            (self.get_success_url(), self.application.name),
        ]

    def get_success_url(self) -> str:
        return reverse("cop_admission:person", args=[self.application.pk])

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.application.name, "email": self.application.email}

    def effects(self) -> Sequence[str]:
        effects = [_("Both spellings stay in the history. The answers stay as they were sent.")]
        if invitations.is_used(self.application):
            return [*effects, _("The registration keeps its own name and email address. Correct it on its own page.")]
        effects.append(_("A new email address gets the email that the old one got last."))
        if self.application.state == Application.State.ACCEPTED:
            effects.append(_("The invitation link that went to the old address stops working."))
        return effects

    def emails(self, values: dict[str, Any]) -> Sequence[ShownEmail]:
        is_same = values["email"] == self.application.email
        return [] if is_same else super().emails(values)

    def perform(self, values: dict[str, Any]) -> None:
        actions.correct_contact(application=self.application, by=self.request.user, **values)
