"""Staff add an application for someone who emailed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from cop_program.models import Program

from ...applications import actions as applications_actions
from ...applications import queries
from ...applications.models import Application
from ...applications.pages import ApplicationFormPage
from ...base.admin.forms import known_key
from ...base.admin.views import StaffActionView, StaffView
from ...base.errors import ActionRefused
from ...forms import compiler
from .forms import ProgramForm
from .listing import applications


class AnywayForm(forms.Form):
    """Ask whether to add an application although the program takes none."""

    prefix = "closed"
    anyway = forms.BooleanField(
        label=_("Add the application anyway"),
        error_messages={"required": _("Select this box to add the application anyway.")},
    )


class ChooseProgramView(StaffActionView):
    """Choose the program."""

    permissions = [(Application, "decide")]
    form_class = ProgramForm
    page_title = _("Add application")
    header_icon = "form"
    submit_label = _("Continue")

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(applications.url_helper.index_url, _("Applications"))]

    def get_success_url(self) -> str:
        return applications.url_helper.index_url

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        return redirect(reverse("cop_admission:enter_for", args=[form.cleaned_data["program"].pk]))


class EnterView(StaffView):
    """The program's application form, filled in by staff."""

    permissions = [(Application, "decide")]
    template_name = "forms_ext/admission/admin/add_application.html"
    page_title = _("Add application")
    header_icon = "form"

    def load(self) -> None:
        self.program = get_object_or_404(Program.objects.select_related("page"), pk=self.kwargs["program"])
        page = ApplicationFormPage.objects.child_of(self.program.page).first()
        version = page.current_version() if page else None
        if version is None:
            raise Http404(_("This program has no published application form."))
        self.language = page.locale.language_code if page else ""
        self.version, self.plan = version, compiler.compile(version)
        self.closed = queries.why_closed(self.program)

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(applications.url_helper.index_url, _("Applications"))]

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        """Render the form."""
        key = known_key(self.request.POST.get("key", ""))
        context = self.get_context_data(
            form=form,
            program_page=self.program.page,
            key=key,
            closed=self.closed,
            sure_form=self.sure_form(),
            is_mailed=queries.is_running(self.program),
        )
        return self.render_to_response(context, status=status)

    def sure_form(self) -> AnywayForm | None:
        """Return the form that asks whether to add the application to a closed program; None if it is open."""
        if not self.closed:
            return None
        return AnywayForm(self.request.POST if self.request.method == "POST" else None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.plan.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        cleaned = self.plan.clean(request.POST, request.FILES)
        sure = self.sure_form()
        if not cleaned.errors and (sure is None or sure.is_valid()):
            try:
                application = applications_actions.enter_on_behalf(
                    program=self.program,
                    version=self.version,
                    language=self.language,
                    answers=cleaned.answers,
                    entered_by=self.request.user,
                    although_closed=sure is not None,
                    idempotency_key=f"staff:{known_key(request.POST.get('key', ''))}",
                )
            except (ActionRefused, ValidationError) as refused:
                messages.error(request, " ".join(getattr(refused, "messages", [str(refused)])))
                return self.show(self.plan.form(request.POST, request.FILES), status=409)
            messages.success(request, _("Application added."))
            return redirect(reverse("cop_admission:person", args=[application.pk]))
        messages.error(request, _("The application was not saved. Fix the errors below."))
        return self.show(self.plan.form(request.POST, request.FILES, errors=cleaned.errors), status=422)
