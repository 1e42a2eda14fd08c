"""Decide on many applications at once; each email is shown before it is sent."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages

from ...applications import queries
from ...applications.models import Application
from ...base.admin import selection
from ...base.admin.listing import ListingBulkAction
from ...base.errors import ActionRefused
from . import decisions
from .forms import AcceptForm, DecisionForm, LinkForm
from .listing import applications
from .views import told

State = Application.State
TOLD = 20  # this many refusals are listed one by one


class DecideMany(ListingBulkAction):
    """One decision for the selected applications; those that cannot be decided are listed with the reason."""

    models = [Application]
    listing_admin = applications
    permission = "decide"
    template_name = "forms_ext/admission/admin/bulk_decide.html"
    form_class = DecisionForm
    to_state: ClassVar[str]
    classes: ClassVar[set[str]] = set()

    @classmethod
    def get_queryset(cls, model: type[Application], object_ids: Any) -> QuerySet[Application]:
        rows = queries.with_repeats(Application.objects.filter(pk__in=object_ids).select_related("version"))
        return rows.prefetch_related("program__page")  # one program for all of its applications

    def row(self, application: Application, form: forms.Form) -> dict[str, Any]:
        """Return `application` with the email that would be sent."""
        ends_at = self.link_end(form, application)
        return {
            "application": application,
            "mail": decisions.preview(application, self.to_state, link_ends_at=ends_at, message=told(form)),
        }

    def link_end(self, form: forms.Form, application: Application) -> datetime | None:
        """Return the last day typed for the link, as an instant in the application's program."""
        if isinstance(form, LinkForm) and form.is_bound and form.is_valid():
            return form.ends_at(application.program)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        verb = decisions.VERBS[self.to_state]
        can, cannot = [], []
        for item in context["items"]:
            application = item["item"]
            if self.to_state in decisions.allowed(application):
                can.append(self.row(application, context["form"]))
            else:
                cannot.append(application)
        rows = [row["application"] for row in can]
        return context | {
            "selection": selection.write({row.pk: row.state for row in rows}),  # as shown, without newer ones
            "verb": verb,
            "can": can,
            "cannot": cannot,
            "effects": decisions.effects_of_many(rows, self.to_state),
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Decide one after the other, each in its own transaction, and report those that were refused."""
        if "preview" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        rows, _none = self.get_actionable_objects()
        done, refusals = 0, []
        for application in rows:
            if (state := self.selection.seen.get(application.pk)) in State.values:
                application.state = state
            try:
                decisions.decide(
                    application,
                    self.to_state,
                    by=self.request.user,
                    reason=form.cleaned_data["reason"],
                    message=form.cleaned_data["message"],
                    link_ends_at=self.link_end(form, application),
                )
                done += 1
            except ActionRefused as refused:
                facts = {"name": application.name, "reference": application.reference, "reason": refused}
                refusals.append(_("%(name)s (%(reference)s): %(reason)s") % facts)
        self.say(done, refusals)
        return redirect(self.next_url)

    def say(self, done: int, refusals: list[str]) -> None:
        """Report how many were decided, and the first of the others with their reasons."""
        for words in refusals[:TOLD]:
            messages.error(self.request, words)
        if more := len(refusals[TOLD:]):
            said = ngettext(
                "%(count)d more application stays unchanged.", "%(count)d more applications stay unchanged.", more
            )
            messages.error(self.request, said % {"count": more})
        if done:
            said = ngettext(
                "%(count)d application decided: %(what)s.", "%(count)d applications decided: %(what)s.", done
            )
            messages.success(self.request, said % {"count": done, "what": State(self.to_state).label})


class AcceptMany(DecideMany):
    """Accept."""

    to_state = State.ACCEPTED
    form_class = AcceptForm
    display_name: str | Promise = gettext_lazy("Accept")
    aria_label: str | Promise = gettext_lazy("Accept selected applications")
    action_type = "accept"
    action_priority = 10


class WaitlistMany(DecideMany):
    """Waitlist."""

    to_state = State.WAITLISTED
    display_name: str | Promise = gettext_lazy("Waitlist")
    aria_label: str | Promise = gettext_lazy("Waitlist selected applications")
    action_type = "waitlist"
    action_priority = 20


class DeclineMany(DecideMany):
    """Decline."""

    to_state = State.DECLINED
    display_name: str | Promise = gettext_lazy("Decline")
    aria_label: str | Promise = gettext_lazy("Decline selected applications")
    action_type = "decline"
    action_priority = 30
    classes: ClassVar[set[str]] = {"no"}


def connect() -> None:
    """Register the bulk actions."""
    for action in (AcceptMany, WaitlistMany, DeclineMany):
        hooks.register("register_bulk_action", action)
