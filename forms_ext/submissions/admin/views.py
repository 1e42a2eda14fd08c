"""The staff's pages of one submission, and of forms in other websites."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from ...base.admin.views import StaffActionView, StaffView
from ...base.permissions import may
from ...base.timeline import logged
from ...forms import compiler
from .. import actions, embedding, files, frames
from ..models import EmbeddingSite, Submission
from .files import AnswerFileView
from .listing import submissions


class SubmissionPage(StaffView):
    """What the pages of one submission share."""

    permissions = [(Submission, "view")]
    header_icon = "clipboard-list"

    def load(self) -> None:
        rows = Submission.objects.select_related("page", "version")
        self.submission = get_object_or_404(rows, pk=self.kwargs["pk"])

    def listing(self) -> tuple[str, str | Promise]:
        """Return the URL and the name of the list."""
        return submissions.url_helper.index_url, submissions.get_menu_label()


class SubmissionView(SubmissionPage, StaffView):
    """One submission: its answers and its history."""

    template_name = "forms_ext/submissions/admin/submission.html"

    def get_page_title(self) -> str:
        return self.submission.title or self.submission.reference

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [self.listing()]

    def file_url(self, key: str) -> str:
        """Return the URL of the file that answers the question `key`."""
        return reverse("cop_submissions:file", args=[self.submission.pk, key])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission = self.submission
        return super().get_context_data(**kwargs) | {
            "submission": submission,
            "answers": compiler.compile(submission.version).display(submission.answers, self.file_url),
            "may_delete": may(self.request.user, "delete", Submission),
            "entries": sorted(logged(submission), key=lambda entry: entry.at, reverse=True),
        }


class DeleteView(SubmissionPage, StaffActionView):
    """Delete one submission."""

    permissions = [(Submission, "delete")]
    page_title = gettext_lazy("Delete answers")
    submit_label = gettext_lazy("Delete permanently")
    done_message = gettext_lazy("Answers deleted.")
    is_destructive = True

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [self.listing(), (self.submission_url(), self.submission.title or self.submission.reference)]

    def submission_url(self) -> str:
        """Return the URL of the submission."""
        return reverse("cop_submissions:submission", args=[self.submission.pk])

    def effects(self) -> list[str]:
        sentences = [
            _("Deletes what %(title)s sent through “%(form)s” (%(reference)s). This cannot be undone.")
            % {
                "title": self.submission.title,
                "form": self.submission.page.title,
                "reference": self.submission.reference,
            }
        ]
        if files.tokens_of(self.submission.answers):
            sentences.append(_("Deletes the files sent with it."))
        return [*sentences, _("The history keeps the reference and who deleted it.")]

    def get_success_url(self) -> str:
        return self.submission_url() if self.submission.pk else self.listing()[0]

    def perform(self, values: dict[str, Any]) -> None:
        actions.delete(submission=self.submission, by=self.request.user)


class SubmissionFileView(AnswerFileView):
    """A file sent with a form."""

    permissions = [(Submission, "view")]
    model = Submission


class EmbeddingView(StaffView):
    """Forms in other websites: who may show them, and which there are."""

    permissions = [(EmbeddingSite, "view")]
    template_name = "forms_ext/submissions/admin/embedding.html"
    page_title = gettext_lazy("Embedded forms")
    header_icon = "code"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "sites": EmbeddingSite.objects.all(),
            "forms": embedding.listed(),
            "may_add": may(self.request.user, "add", EmbeddingSite),
            "may_change": may(self.request.user, "change", EmbeddingSite),
        }


class CodeView(StaffView):
    """What an editor of another website pastes to show one form."""

    permissions = [(EmbeddingSite, "view")]
    template_name = "forms_ext/submissions/admin/embedding_code.html"
    header_icon = "code"

    def load(self) -> None:
        self.form_page = get_object_or_404(Page, pk=self.kwargs["pk"])
        if not embedding.may_be_framed(self.form_page):
            raise Http404

    def get_page_title(self) -> str:
        return _("Code for “%(title)s”") % {"title": embedding.name_of(self.form_page)}

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(reverse("cop_embedding:index"), EmbeddingView.page_title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "code": embedding.embed_code(self.form_page, self.request),
            "sites": EmbeddingSite.objects.all(),
            "frame_url": frames.path(self.form_page),
            "is_restricted": bool(self.form_page.get_view_restrictions()),
        }
