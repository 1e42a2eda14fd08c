"""The staff page of a person: answers, decision, notes, one timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cop_program import locales

from ...applications import queries as applications_queries
from ...applications.actions import add_note
from ...applications.models import Application
from ...base import dates, standing
from ...base import person as people
from ...base.admin.views import StaffView
from ...base.errors import ActionRefused
from ...base.permissions import may
from ...base.references import reference_to
from ...mail.rendering import Rendered
from ...submissions.admin.files import AnswerFileView
from .. import actions
from ..models import Invitation
from . import decisions, timeline
from .forms import AcceptForm, DecisionForm, LinkForm, NoteForm, ReasonForm, ReopenForm
from .listing import applications

State = Application.State
#: So many other applications of the same address are shown.
SAME_ADDRESS = 10
#: The form of each panel; the others are decisions.
FORMS: Mapping[str, type[forms.Form]] = {
    "note": NoteForm,
    "link": LinkForm,
    "revoke": ReasonForm,
    State.ACCEPTED: AcceptForm,
    State.SUBMITTED: ReopenForm,
}


@dataclass
class Panel:
    """One action on the person: its texts, its form, and the email that it sends."""

    name: str
    label: str | Promise
    submit: str | Promise
    effects: list[str]
    form: forms.Form
    mail: Rendered | None = None
    is_open: bool = False
    is_destructive: bool = False


def told(form: forms.Form) -> str:
    """Return the message typed for the person, so that the email shows it."""
    return form.cleaned_data.get("message", "") if form.is_bound and form.is_valid() else ""


class PersonFileView(AnswerFileView):
    """A file sent with an application."""

    permissions = [(Application, "review")]
    model = Application


class PersonView(StaffView):
    """One application with everything that belongs to it, and the actions on it."""

    permissions = [(Application, "review")]
    template_name = "forms_ext/admission/admin/person.html"
    header_icon = "user"
    bound: tuple[str, forms.Form] | None = None

    def load(self) -> None:
        rows = Application.objects.select_related("program__page", "version", "entered_by")
        self.application = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.page = self.application.program.page

    def get_page_title(self) -> str:
        return self.application.name

    def get_back(self) -> list[tuple[str, str | Promise]]:
        query = self.request.GET.urlencode()
        return [(applications.url_helper.index_url + (f"?{query}" if query else ""), _("Applications"))]

    @cached_property
    def may_decide(self) -> bool:
        """Tell whether the reader may decide, or only read and add notes."""
        return may(self.request.user, "decide", Application)

    # What can be done ----------------------------------------------------------------------------

    def form(self, name: str, form_class: type[forms.Form]) -> forms.Form:
        """Return the form of the panel `name`: the one with errors, or a new one."""
        if self.bound and self.bound[0] == name:
            return self.bound[1]
        return form_class(prefix=name)

    def link_end(self, form: forms.Form) -> datetime | None:
        """Return the last day typed for the link, so that the email shows it."""
        if isinstance(form, LinkForm) and form.is_bound and form.is_valid():
            return form.ends_at(self.application.program)
        return None

    def panels(self) -> list[Panel]:
        """Return the panels that the status of the application allows."""
        panels = []
        for to_state in decisions.allowed(self.application):
            form = self.form(to_state, FORMS.get(to_state, DecisionForm))
            verb = decisions.VERBS[to_state]
            panels.append(
                Panel(
                    name=to_state,
                    label=verb.label,
                    submit=verb.submit,
                    effects=decisions.effects(self.application, to_state),
                    form=form,
                    mail=decisions.preview(
                        self.application, to_state, link_ends_at=self.link_end(form), message=told(form)
                    ),
                    is_destructive=to_state in {State.DECLINED, State.WITHDRAWN},
                )
            )
        panels += self.link_panels()
        for panel in panels:
            panel.is_open = bool(self.bound and self.bound[0] == panel.name)
        return panels

    def link_panels(self) -> list[Panel]:
        """Return what can be done with the private link."""
        if self.application.state != State.ACCEPTED or self.has_registered or self.application.is_closed:
            return []
        form = self.form("link", LinkForm)
        panels = [
            Panel(
                name="link",
                label=_("Send a new link"),
                submit=_("Send new link"),
                effects=[_("Emails a new invitation link. The old link stops working at once.")],
                form=form,
                mail=decisions.preview_link(self.application, link_ends_at=self.link_end(form)),
            )
        ]
        if self.invitation and self.invitation.revoked_at is None:
            panels.append(
                Panel(
                    name="revoke",
                    label=_("Revoke link"),
                    submit=_("Revoke link"),
                    effects=[_("The link stops working at once. No email is sent. You can send a new link later.")],
                    form=self.form("revoke", ReasonForm),
                    is_destructive=True,
                )
            )
        return panels

    @cached_property
    def invitation(self) -> Invitation | None:
        """The newest invitation."""
        return self.application.invitations.order_by("-pk").first()

    @cached_property
    def has_registered(self) -> bool:
        """Whether an invitation was used."""
        return self.application.invitations.filter(used_at__isnull=False).exists()

    # Doing it ------------------------------------------------------------------------------------

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = request.POST.get("action", "")
        doers: dict[str, Callable[[forms.Form], str]] = {"note": self.note, "link": self.link, "revoke": self.revoke}
        if name != "note" and not self.may_decide:
            raise PermissionDenied
        if name not in doers and name not in State.values:
            return HttpResponse(status=400)
        form = FORMS.get(name, DecisionForm)(request.POST, prefix=name)
        self.bound = (name, form)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(), status=422)
        if "preview" in request.POST:
            return self.render_to_response(self.get_context_data())
        try:
            said = doers[name](form) if name in doers else self.decide(name, form)
        except ActionRefused as refused:
            messages.error(request, str(refused))
            self.load()
            return self.render_to_response(self.get_context_data(), status=409)
        messages.success(request, said)
        return redirect(request.get_full_path())

    def note(self, form: forms.Form) -> str:
        """Save a note."""
        add_note(application=self.application, author=self.request.user, text=form.cleaned_data["text"])
        self.bound = None
        return _("Note saved.")

    def decide(self, to_state: str, form: forms.Form) -> str:
        """Decide the application in the status that the reader saw; someone may have decided it meanwhile."""
        if (seen := self.request.POST.get("seen")) in State.values:
            self.application.state = seen
        decisions.decide(
            self.application,
            to_state,
            by=self.request.user,
            reason=form.cleaned_data["reason"],
            message=form.cleaned_data["message"],
            link_ends_at=self.link_end(form),
        )
        return decisions.VERBS[State(to_state)].done % {"name": self.application.name}

    def link(self, form: forms.Form) -> str:
        """Send a new link."""
        actions.send_link_again(application=self.application, by=self.request.user, ends_at=self.link_end(form))
        return _("A new link is on its way to %(name)s. The old one no longer works.") % {"name": self.application.name}

    def revoke(self, form: forms.Form) -> str:
        """Revoke the link."""
        actions.revoke_link(application=self.application, by=self.request.user, reason=form.cleaned_data["reason"])
        return _("Link revoked.")

    # Showing it ----------------------------------------------------------------------------------

    def neighbours(self) -> dict[str, Any]:
        """Return the URLs of the previous and the next application in the list that the reader came from."""
        query = QueryDict(self.request.GET.urlencode(), mutable=True)
        pks = list(applications.rows(self.request, query).values_list("pk", flat=True))
        if self.application.pk not in pks:
            pks = list(applications.rows(self.request, QueryDict()).values_list("pk", flat=True))
        at = pks.index(self.application.pk)
        return {
            "previous_url": self.person_url(pks[at - 1]) if at else "",
            "next_url": self.person_url(pks[at + 1]) if at + 1 < len(pks) else "",
            "position": at + 1,
            "of_all": len(pks),
        }

    def same_address(self) -> list[Application]:
        """Return the newest other applications of the same address, to this program and others."""
        found = applications_queries.of_address(self.application.email).exclude(pk=self.application.pk)
        return list(found.select_related("program__page").defer("answers")[:SAME_ADDRESS])

    def person_url(self, pk: int) -> str:
        """Return the URL of another person in the same list."""
        query = self.request.GET.urlencode()
        return reverse("cop_admission:person", args=[pk]) + (f"?{query}" if query else "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        reference = reference_to(self.application)
        panels = people.panels(reference, user)
        return (
            super().get_context_data(**kwargs)
            | self.neighbours()
            | {
                "application": self.application,
                "program_page": self.page,
                "answers": decisions.answers(self.application),
                "panels": self.panels() if self.may_decide else [],
                "may_decide": self.may_decide,
                "invitation": self.invitation,
                "link_until": dates.link_until(self.invitation.ends_at, self.application.program)
                if self.invitation
                else "",
                "has_registered": self.has_registered,
                "way_line": standing.line(reference, locales.language()),
                "same_address": self.same_address(),
                "same_address_url": f"{applications.url_helper.index_url}?{urlencode({'q': self.application.email})}",
                "facts": [fact for panel in panels for fact in panel.facts],
                "note_form": self.form("note", NoteForm),
                "notes": self.application.notes.select_related("author"),
                "entries": timeline.of_application(
                    self.application, user, [entry for panel in panels for entry in panel.entries]
                ),
            }
        )
