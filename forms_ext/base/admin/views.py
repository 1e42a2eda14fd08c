"""Base classes of the staff pages in the admin: who has access, and forms whose action may be refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ..errors import ActionRefused
from ..permissions import may

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["ShownEmail", "StaffActionView", "StaffRequest", "StaffView"]


class StaffRequest(HttpRequest):
    """A request in the admin, for the type checker: Wagtail admits only logged-in users."""

    user: "User"


@dataclass(frozen=True)
class ShownEmail:
    """An email that an action will send, as it would go out; private links are masked.

    Where an action mails many people, `audience` names those who get one like it, and `recipients` says how many.
    """

    kind: str
    to: str
    subject: str
    text: str
    html: str
    attachments: Sequence[str] = ()
    audience: str = ""
    recipients: int = 1


class StaffView(WagtailAdminTemplateMixin, View):
    """A staff page: `permissions` lists (model, action) pairs, of which the reader needs one."""

    request: StaffRequest
    permissions: Sequence[tuple[type[Model], str]] = ()
    back: Sequence[tuple[str, str | Promise]] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_access():
            raise PermissionDenied
        self.load()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def has_access(self) -> bool:
        """Tell whether the reader has one of the permissions."""
        return any(may(self.request.user, action, model) for model, action in self.permissions)

    def load(self) -> None:
        """Load what the page is about. Raise Http404 if it does not exist."""

    def get_back(self) -> Sequence[tuple[str, str | Promise]]:
        """Return (url, label) of the pages above this one."""
        return self.back

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the breadcrumbs. A page below others shows its title in its heading instead."""
        above = [{"url": url, "label": label} for url, label in self.get_back()]
        return [*self.breadcrumbs_items, *(above or [{"url": "", "label": self.get_page_title()}])]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"wagtail_heading": "" if self.get_back() else self.get_page_title()}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data())


class StaffActionView(StaffView):
    """A page that describes an action, asks for what it needs, and performs it on POST.

    If the action is refused, the page shows the reason and keeps what was typed. An action that sends emails
    (`shows_emails`) shows them first, and again with what was typed when `preview` is posted.
    """

    template_name = "forms_ext/base/admin/action.html"
    form_class: type[forms.Form] = forms.Form
    submit_label: str | Promise = _("Confirm")
    is_destructive = False
    done_message: str | Promise = ""
    shows_emails = False
    confirmations = frozenset({"sure"})
    """Fields that only confirm the action: its emails are shown without them."""

    def get_initial(self) -> dict[str, Any]:
        """Return the initial values of the form."""
        return {}

    def make_form(self, data: Any = None) -> forms.Form:
        """Return the form."""
        return self.form_class(data, initial=self.get_initial())

    def effects(self) -> Sequence[str | Promise]:
        """Return sentences that say what will happen."""
        return []

    def emails(self, values: dict[str, Any]) -> Sequence[ShownEmail]:
        """Return the emails that `perform` would send with `values`; raise ActionRefused if it would be refused."""
        return []

    def get_success_url(self) -> str:
        """Return the URL to redirect to after the action."""
        raise NotImplementedError

    def perform(self, values: dict[str, Any]) -> str | Promise | None:
        """Perform the action; return what to say instead of `done_message`. Raise ActionRefused if it is refused."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.make_form()
        values = self.values_of(self.make_form(_as_posted(form))) if self.shows_emails else None
        return self.show(form, values=values)

    def values_of(self, form: forms.Form) -> dict[str, Any] | None:
        """Return the values of `form`, or None if more than a confirmation is missing or wrong."""
        return None if set(form.errors) - self.confirmations else form.cleaned_data

    def show(self, form: forms.Form, *, values: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
        """Render the page, with the emails that would be sent with `values`."""
        return self.render_to_response(
            self.get_context_data(
                **self.emails_context(values),
                form=form,
                effects=self.effects(),
                submit_label=self.submit_label,
                is_destructive=self.is_destructive,
                cancel_url=self.get_success_url(),
            ),
            status=status,
        )

    def emails_context(self, values: dict[str, Any] | None) -> Mapping[str, Any]:
        """Return the context for the emails: those that would be sent, or why the action is refused."""
        context: dict[str, Any] = {"shows_emails": self.shows_emails, "emails": None, "refused": ""}
        if self.shows_emails and values is not None:
            try:
                context["emails"] = self.emails(values)
            except ActionRefused as refused:
                context["refused"] = str(refused)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if self.shows_emails and "preview" in request.POST:
            return self.preview(form)
        if not form.is_valid():
            return self.show(form, values=self.values_of(form), status=422)
        try:
            said = self.perform(form.cleaned_data)
        except ActionRefused as refused:
            messages.error(request, str(refused))
            return self.show(form, status=409)
        if text := said or self.done_message:
            messages.success(request, str(text))
        return redirect(self.get_success_url())

    def preview(self, form: forms.Form) -> HttpResponse:
        """Show the emails with what was typed. Nothing is done, and no confirmation is needed."""
        values = self.values_of(form)
        for name in self.confirmations & set(form.errors):
            del form.errors[name]
        return self.show(form, values=values, status=200 if values is not None else 422)


def _as_posted(form: forms.Form) -> dict[str, Any]:
    """Return the initial values of `form` as if they had been posted."""
    return {form.add_prefix(name): form.get_initial_for_field(field, name) for name, field in form.fields.items()}
