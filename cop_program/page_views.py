"""Wagtail's views of our pages: what a page refuses when it is saved or published is told in words."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.forms.pages import MoveForm
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.move import MoveChooseDestinationView
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.viewsets.pages import PageViewSet, page_viewset_registry
from wagtail.models import Page

from . import publication, session_records
from .pages.families import Family


class RefusalsInForm:
    """An editor's view that shows, at its field, what turns up only when the page is saved: a place taken meanwhile."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save as one change, or show the form again with what was refused."""
        try:
            with transaction.atomic():
                response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
                return response
        except ValidationError as error:
            for name, found in error.update_error_dict({}).items():
                form.add_error(name if name in form.fields else None, found)
            form.restore_required_fields()
            shown: HttpResponse = self.form_invalid(form)  # type: ignore[attr-defined]
            return shown


class PageEditView(RefusalsInForm, EditView):
    """The editor of a page that is there."""


class PageCreateView(RefusalsInForm, CreateView):
    """The editor of a page that is not there yet."""


class PageWorkflowActionView(WorkflowActionView):
    """Approval from outside the editor: of an incomplete draft it is refused, and the draft stays in moderation."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the button says, or say why not."""
        try:
            with transaction.atomic():
                response: HttpResponse = super().post(request, *args, **kwargs)
                return response
        except ValidationError as error:
            what = {"title": self.object.get_admin_display_title(), "what": publication.words(self.object, error)}
            messages.error(request, _("“%(title)s” cannot be published yet: %(what)s") % what)
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            told: HttpResponse = self.render_modal_json(request, {"step": "success", "redirect": self.redirect_url})
            return told
        return redirect(self.redirect_url)


class PageMoveForm(MoveForm):
    """The form that asks for a new place: one that would take a published session from its program is refused."""

    def clean_new_parent_page(self) -> Page:
        """Return the place. Raise ValidationError if the page cannot be moved there."""
        destination: Page = self.cleaned_data["new_parent_page"]
        session_records.refuse_move(self.page_to_move, destination)
        return destination


class PageMoveView(MoveChooseDestinationView):
    """Where an editor chooses a new place."""

    form_class = PageMoveForm


class FamilyViewSet(PageViewSet):
    """The views of all our page types, and of those that a site makes from them, unless it has views of its own."""

    add_view_class = PageCreateView
    edit_view_class = PageEditView
    move_view_class = PageMoveView
    workflow_action_view_class = PageWorkflowActionView

    def on_register(self) -> None:
        """Register for what these types have in common."""
        page_viewset_registry.register(Family, self)
