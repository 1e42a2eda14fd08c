"""Decisions on many applications at once, each mail shown before it goes."""

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages

from cop_program.keys import keys

from ..applications.models import Application
from ..base.errors import ActionRefused
from ..base.registers import RegisterBulkAction
from . import deciding
from .register import applications
from .staff_forms import AcceptForm, DecisionForm, LinkForm
from .staff_views import told

State = Application.State


class DecideMany(RegisterBulkAction):
    """One decision for the applications that were ticked; those that refuse it are told with their reasons."""

    models = [Application]
    register = applications
    permission = "decide"
    template_name = "forms_ext/staff/bulk_decide.html"
    form_class = DecisionForm
    to_state: ClassVar[str]
    classes: ClassVar[set[str]] = set()

    @classmethod
    def get_queryset(cls, model: type[Application], object_ids: Any) -> QuerySet[Application]:
        rows = Application.objects.filter(pk__in=keys(object_ids)).select_related("version")
        rows = rows.prefetch_related("program__page")  # one program for all of its applications
        if not rows:
            raise Http404
        return rows

    def row(self, application: Application, form: forms.Form) -> dict[str, Any]:
        """Return `application` beside the mail that would go out."""
        ends_at = self.link_end(form, application)
        return {
            "application": application,
            "mail": deciding.preview(application, self.to_state, link_ends_at=ends_at, message=told(form)),
        }

    def link_end(self, form: forms.Form, application: Application) -> datetime | None:
        """Return the last day of the link that was typed, as an instant of the application's program."""
        if isinstance(form, LinkForm) and form.is_bound and form.is_valid():
            return form.ends_at(application.program.page)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        verb = deciding.VERBS[self.to_state]
        can, cannot = [], []
        for item in context["items"]:
            application = item["item"]
            if self.to_state in deciding.allowed(application):
                can.append(self.row(application, context["form"]))
            else:
                cannot.append(application)
        rows = [row["application"] for row in can]
        shown = urlencode(
            {"id": [row.pk for row in rows], "seen": [f"{row.pk}-{row.state}" for row in rows], "next": self.next_url},
            doseq=True,
        )
        return context | {
            "submit_url": f"{self.request.path}?{shown}",  # decides what was shown, not what has come since
            "verb": verb,
            "can": can,
            "cannot": cannot,
            "effects": deciding.effects_of_many(rows, self.to_state),
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Decide one after the other, each in a transaction of its own, and say which refused and why."""
        if "preview" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        rows, _none = self.get_actionable_objects()
        seen = dict(pair.split("-", 1) for pair in self.request.GET.getlist("seen") if "-" in pair)
        done = 0
        for application in rows:
            if (state := seen.get(str(application.pk))) in State.values:
                application.state = state
            try:
                deciding.decide(
                    application,
                    self.to_state,
                    by=self.request.user,
                    reason=form.cleaned_data["reason"],
                    message=form.cleaned_data["message"],
                    link_ends_at=self.link_end(form, application),
                )
                done += 1
            except ActionRefused as refused:
                said = _("%(name)s (%(reference)s): %(reason)s")
                messages.error(
                    self.request,
                    said % {"name": application.name, "reference": application.reference, "reason": refused},
                )
        if done:
            said = ngettext(
                "%(count)d application decided: %(what)s.", "%(count)d applications decided: %(what)s.", done
            )
            messages.success(self.request, said % {"count": done, "what": State(self.to_state).label})
        return redirect(self.next_url)


class AcceptMany(DecideMany):
    """Accept."""

    to_state = State.ACCEPTED
    form_class = AcceptForm
    display_name: str | Promise = gettext_lazy("Accept")
    aria_label: str | Promise = gettext_lazy("Accept the selected applications")
    action_type = "accept"
    action_priority = 10


class WaitlistMany(DecideMany):
    """Put on the waiting list."""

    to_state = State.WAITLISTED
    display_name: str | Promise = gettext_lazy("Put on the waiting list")
    aria_label: str | Promise = gettext_lazy("Put the selected applications on the waiting list")
    action_type = "waitlist"
    action_priority = 20


class DeclineMany(DecideMany):
    """Decline."""

    to_state = State.DECLINED
    display_name: str | Promise = gettext_lazy("Decline")
    aria_label: str | Promise = gettext_lazy("Decline the selected applications")
    action_type = "decline"
    action_priority = 30
    classes: ClassVar[set[str]] = {"no"}


def connect() -> None:
    """Register the bulk actions."""
    for action in (AcceptMany, WaitlistMany, DeclineMany):
        hooks.register("register_bulk_action", action)
