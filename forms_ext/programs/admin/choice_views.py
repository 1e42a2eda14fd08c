"""The staff pages that change one figure or choice of a program: places, applications, days for a transfer."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cop_program.deadlines import deadline_instant
from cop_program.places import set_number

from ...admission import queries as admission
from ...base import dates
from ...base.admin.views import StaffActionView
from ...base.errors import ActionRefused
from ...registration import queries as registration_queries
from .. import actions
from .forms import PlacesForm, TransferDaysForm
from .views import ProgramPageMixin


class ChoiceView(ProgramPageMixin, StaffActionView):
    """A page that leads back to the program's dashboard."""

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [self.programs_link(), (self.dashboard_url(), self.program.page.title)]

    def get_success_url(self) -> str:
        return self.dashboard_url()


class PlacesView(ChoiceView):
    """Change the number of places."""

    page_title = gettext_lazy("Change number of places")
    submit_label = gettext_lazy("Change number")
    form_class = PlacesForm

    def get_initial(self) -> dict[str, Any]:
        return {"number": self.program.capacity}

    def effects(self) -> Sequence[str]:
        standing = admission.standing(self.program)
        in_use = _("%(taken)d places are taken, %(held)d are held: there cannot be fewer.")
        return [
            in_use % {"taken": standing.taken, "held": standing.held},
            _("New places go at once to the first people in the queue, who get an email."),
            _("The program page and the API show the new number at once."),
        ]

    def perform(self, values: dict[str, Any]) -> str:
        try:
            until = deadline_instant(values["offer_last_day"], dates.hold_zone(self.program))
            set_number(program=self.program, number=values["number"], by=self.request.user, offer_until=until)
        except ValidationError as error:
            raise ActionRefused(error.messages[0]) from error
        n = values["number"]
        return ngettext("The program has %(n)d place.", "The program has %(n)d places.", n) % {"n": n}


class ApplicationsView(ChoiceView):
    """Close applications before their deadline, or reopen them."""

    def get_page_title(self) -> str:
        return _("Close applications") if self.program.takes_applications else _("Reopen applications")

    @property
    def submit_label(self) -> str:  # type: ignore[override]
        return self.get_page_title()

    def effects(self) -> Sequence[str]:
        if self.program.takes_applications:
            return [_("The program page, the form and the API say at once that applications are closed.")]
        return [_("People can apply until the application deadline. In a confirmed program, while places are left.")]

    def perform(self, values: dict[str, Any]) -> str:
        taken = not self.program.takes_applications
        actions.take_applications(program=self.program, taken=taken, by=self.request.user)
        return _("Applications reopened.") if taken else _("Applications closed.")


class TransferDaysView(ChoiceView):
    """Change for how long a hold goes on once its holder says that the transfer is on its way."""

    page_title = gettext_lazy("Change days for a transfer")
    submit_label = gettext_lazy("Save days")
    done_message = gettext_lazy("Days saved.")
    form_class = TransferDaysForm

    def get_initial(self) -> dict[str, Any]:
        return {"days": registration_queries.transfer_days(self.program)}

    def perform(self, values: dict[str, Any]) -> None:
        actions.set_transfer_days(program=self.program, days=values["days"], by=self.request.user)
