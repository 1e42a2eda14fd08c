"""Pages of the staff in Wagtail's admin: who may come, and forms whose action may be refused."""

from collections.abc import Sequence
from typing import Any

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

from .errors import ActionRefused
from .registers import may

__all__ = ["StaffActionView", "StaffView"]


class StaffView(WagtailAdminTemplateMixin, View):
    """A page of the staff: `permissions` names (model, action) pairs, of which the reader needs one."""

    permissions: Sequence[tuple[type[Model], str]] = ()
    back: Sequence[tuple[str, str | Promise]] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        if not self.has_access():
            raise PermissionDenied
        self.load()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def has_access(self) -> bool:
        """Tell whether the reader has one of the permissions."""
        return any(may(self.request.user, action, model) for model, action in self.permissions)

    def load(self) -> None:
        """Fetch what the page is about; 404 where there is no such thing."""

    def get_back(self) -> Sequence[tuple[str, str | Promise]]:
        """Return (url, label) of the pages above this one."""
        return self.back

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way up; a page below others says in its own heading where it leads."""
        above = [{"url": url, "label": label} for url, label in self.get_back()]
        return [*self.breadcrumbs_items, *(above or [{"url": "", "label": self.get_page_title()}])]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"wagtail_heading": "" if self.get_back() else self.get_page_title()}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data())


class StaffActionView(StaffView):
    """A page that says what an action will do, asks what it needs, and does it on POST.

    An action that the state forbids shows its reason; the page stays as it is, with what was typed.
    """

    template_name = "forms_ext/staff/action.html"
    form_class: type[forms.Form] = forms.Form
    submit_label: str | Promise = _("Do it")
    is_destructive = False
    done_message: str | Promise = ""

    def get_initial(self) -> dict[str, Any]:
        """Return what stands in the form at first."""
        return {}

    def make_form(self, data: Any = None) -> forms.Form:
        """Return the form."""
        return self.form_class(data, initial=self.get_initial())

    def effects(self) -> Sequence[str | Promise]:
        """Return sentences: what will happen."""
        return []

    def get_success_url(self) -> str:
        """Return where to go once it is done."""
        raise NotImplementedError

    def perform(self, values: dict[str, Any]) -> str | Promise | None:
        """Do it; ActionRefused where it cannot be done. May return what to say afterwards."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.make_form())

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        """Render the page."""
        return self.render_to_response(
            self.get_context_data(
                form=form,
                effects=self.effects(),
                submit_label=self.submit_label,
                is_destructive=self.is_destructive,
                cancel_url=self.get_success_url(),
            ),
            status=status,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            said = self.perform(form.cleaned_data)
        except ActionRefused as refused:
            messages.error(request, str(refused))
            return self.show(form, status=409)
        if text := said or self.done_message:
            messages.success(request, str(text))
        return redirect(self.get_success_url())
