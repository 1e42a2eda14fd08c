"""Form pages: they show the questions and accept the answers."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.forms.models import FormMixin
from wagtail.fields import RichTextField
from wagtail.models import Page

from cop_program.pages.families import Family

from ..base.permissions import may
from ..forms import blocks
from ..forms.blocks import QuestionsField
from ..forms.models import FormVersion
from . import actions, file_question, panels, serving  # noqa: F401  (the file question registers itself)
from .cleaned import CleanSubmission, Receipt
from .models import Submission

__all__ = ["FormPage"]


class AbstractFormPage(Family, FormMixin, models.Model):
    """A page with questions; publishing freezes a `FormVersion`, and the site serves versions only.

    A page type names in `required_roles` the answers that the system needs of it, and may override `closes_at`,
    `is_open`, `why_closed`, `notice_for`, `let_in`, `closes_for`, `initial_answers`, `accept_submission` and, with it,
    `find_sent`.

    An alias has no version and takes no answers: it leads to the form that it is an alias of.
    """

    required_roles: tuple[str, ...] = ()
    sent_template = "forms_ext/forms/sent.html"
    answers_are_submissions = True  # False if another package stores the answers and lists them
    may_be_embedded = True
    is_unfinished = False  # True while the editor saves a draft
    base_form_class = panels.DraftForm
    preview_modes = Page.DEFAULT_PREVIEW_MODES

    questions = QuestionsField(blank=True, verbose_name=_("questions"))
    introduction = RichTextField(_("introduction"), blank=True)
    submit_label = models.CharField(_("button label"), max_length=60, blank=True)
    thanks = RichTextField(_("confirmation text"), blank=True)

    content_panels = panels.panels()

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Raise ValidationError if the form lacks a question that the system needs. A draft may lack it."""
        super().clean()
        missing = blocks.missing_roles(self.questions, self.required_roles)
        if missing and not self.is_unfinished:
            raise ValidationError({"questions": blocks.missing_words(missing)})

    @property
    def posted_to(self) -> str:
        """The path to which the form is sent; what it answers is still this page, with its language links."""
        return reverse("forms_ext:form", args=[self.pk])

    def current_version(self) -> "FormVersion | None":
        """Return the version that the site serves, or None before the first publication."""
        return FormVersion.objects.filter(page_id=self.pk).order_by("-number").first()

    def source_form(self) -> "AbstractFormPage":
        """Return the form that takes the answers: the one that this page is an alias of, else itself."""
        return self.alias_of.specific.source_form() if self.alias_of_id else self

    def closes_at(self) -> datetime | None:
        """Return the instant at which the form closes; None if it never does."""
        return None

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the form takes answers at `moment`."""
        closes_at = self.closes_at()
        return closes_at is None or moment < closes_at

    def why_closed(self) -> str:
        """Say to a visitor why the form takes no answers now."""
        if self.closes_at():
            return gettext("This form is closed. The deadline has passed.")
        return gettext("This form is not accepting answers at the moment.")

    def notice_for(self, request: HttpRequest) -> str:
        """Return what whom `let_in` has let in must know before they write, in a sentence; '' if there is nothing."""
        return ""

    def let_in(self, request: HttpRequest, token: str | None = None) -> bool:
        """Tell whether the sender of `request` may see the form; some forms are shown to invited people only.

        Without its page they are told by the `token` of their invitation link; None means that they come by the page.
        """
        return True

    def closes_for(self, request: HttpRequest) -> datetime | None:
        """Return the instant at which the form closes for whom `let_in` has let in; None where it never does."""
        return self.closes_at()

    def accept_submission(self, submission: CleanSubmission, request: HttpRequest) -> Receipt:
        """Store what was sent by whom `let_in` has let in, in one transaction; raise ActionRefused if it can't be."""
        return actions.submit(page=self, submission=submission)

    def find_sent(self, key: str, request: HttpRequest, token: str | None = None) -> Receipt | None:
        """Return what `accept_submission` has returned for the idempotency `key`, or None; `token` as in `let_in`."""
        return actions.find_sent(key)

    def initial_answers(self, request: HttpRequest) -> dict[str, Any]:
        """Return answers to begin with, by question key."""
        return {}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.lead_to_source(request) or serving.serve(self, request)

    def lead_to_source(self, request: HttpRequest) -> HttpResponse | None:
        """Redirect a visitor of an alias to its source; return None on any other page."""
        return redirect(self.source_form().get_url(request) or "/") if self.alias_of_id else None

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return serving.preview(self, request)

    def get_form_fields(self) -> list[Any]:
        return []

    def get_data_fields(self) -> list[tuple[str, Any]]:
        return []

    def get_submission_class(self) -> type[models.Model]:
        return Submission

    def get_submissions(self) -> models.QuerySet[Any]:
        """Return nothing: answers are listed and deleted only in our own list, behind its permission."""
        return Submission.objects.none()

    def serve_submissions_list_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect from Wagtail's Forms menu to our own listing. Raise PermissionDenied if the user may not read it."""
        if not self.answers_are_submissions or not may(request.user, "view", Submission):
            raise PermissionDenied
        return redirect(f"{reverse('cop_submissions_modeladmin_index')}?page={self.pk}")


class FormPage(AbstractFormPage, Page):
    """A form page that belongs to no program, on any Wagtail site."""

    page_description = _("A form that belongs to no program.")

    page_ptr = models.OneToOneField(
        Page, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="%(app_label)s_%(class)s"
    )

    template = "forms_ext/forms/form.html"

    class Meta:
        verbose_name = _("form page")
        verbose_name_plural = _("form pages")


def form_of(page: Page | None) -> AbstractFormPage | None:
    """Return `page` as the form page that it is, or None if it is none."""
    found = page.specific if page else None
    return found if isinstance(found, AbstractFormPage) else None
