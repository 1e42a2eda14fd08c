"""The staff pages of exports: options, progress of a background export, its file."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cop_program.clock import now

from ...base import private_files
from ...base.admin.views import StaffView
from ...base.conf import conf
from .. import actions, content
from ..formats import FORMATS
from ..models import Export
from ..options import Options
from ..sources import SOURCES
from .forms import ExportForm

State = Export.State


class SourcePage(StaffView):
    """What the pages of one source share: who may export it, and its name."""

    header_icon = "download"

    def find_source(self, name: str) -> None:
        """Set `source`; refuse readers who may not export it."""
        if name not in SOURCES:
            raise Http404
        self.source = SOURCES[name]
        if not self.source.allows(self.request.user):
            raise PermissionDenied

    def list_url(self, query: str = "") -> str:
        """Return the URL of the list, as it was searched and filtered."""
        url: str = self.source.listing_admin.url_helper.index_url
        return f"{url}?{query}" if query else url


class ExportView(SourcePage, StaffView):
    """Choose a format and take the rows that the list shows."""

    permissions = [(Export, "add")]
    template_name = "forms_ext/exports/admin/export.html"

    def load(self) -> None:
        self.find_source(self.kwargs["name"])
        self.query = self.request.META.get("QUERY_STRING", "")

    def get_page_title(self) -> str:
        return _("Export: %(what)s") % {"what": self.source.label}

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(self.list_url(self.query), self.source.listing_admin.get_menu_label())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.source.rows(self.query, self.request.user)
        count = found.count()
        mine = Export.objects.filter(made_by=self.request.user, source=self.source.name)
        return super().get_context_data(**kwargs) | {
            "source": self.source,
            "count": count,
            "is_large": count > conf.COP_EXPORT_BACKGROUND_ROWS,
            "columns": [] if self.source.is_files else self.source.columns(found),
            "form": kwargs.get("form") or self.make_form(),
            "recent": mine.filter(state__in=[State.WAITING, State.WRITING, State.READY]),
            "list_url": self.list_url(self.query),
        }

    def make_form(self, data: Any = None) -> ExportForm | None:
        """Return the form; files have no options."""
        return None if self.source.is_files else ExportForm(data, source=self.source)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | StreamingHttpResponse:
        form = self.make_form(request.POST)
        if form is not None and not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        export = actions.begin(
            source=self.source,
            format=form.cleaned_data["format"] if form else "zip",
            query=self.query,
            options=form.chosen() if form else Options(),
            by=request.user,
        )
        if export.state == State.WAITING:
            return redirect("cop_exports:job", pk=export.pk)
        headers = {"Content-Disposition": f'attachment; filename="{content.file_name(export)}"'}
        kind = FORMATS[export.format].content_type
        return private_files.unkept(StreamingHttpResponse(content.stream(export), content_type=kind, headers=headers))


class JobPage(SourcePage):
    """What the pages of one background export share: only the person who started it sees them."""

    permissions = [(Export, "add")]

    def load(self) -> None:
        mine = Export.objects.filter(made_by=self.request.user).exclude(state=State.STREAMED)
        self.export = get_object_or_404(mine, pk=self.kwargs["pk"])
        self.find_source(self.export.source)


class JobView(JobPage, StaffView):
    """The progress of an export, and the link to its file."""

    template_name = "forms_ext/exports/admin/export_job.html"

    def get_page_title(self) -> str:
        return _("Export: %(what)s") % {"what": self.source.label}

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(self.list_url(self.export.query), self.source.listing_admin.get_menu_label())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "export": self.export,
            "is_running": self.export.state in {State.WAITING, State.WRITING},
            "is_ready": self.export.has_file(now()),
            "file_url": reverse("cop_exports:file", args=[self.export.pk]),
            "again_url": self.again_url(),
            "rows": ngettext("%(count)d row", "%(count)d rows", self.export.rows) % {"count": self.export.rows},
        }

    def again_url(self) -> str:
        """Return the URL that exports the same rows again, as long as they are known."""
        is_known = self.export.state == State.FAILED and self.export.ends_at is not None
        return f"{reverse('cop_exports:export', args=[self.source.name])}?{self.export.query}" if is_known else ""


class FileView(JobPage, StaffView):
    """The file of an export, until its link expires."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | FileResponse:  # type: ignore[override]
        if not self.export.has_file(now()):
            return redirect("cop_exports:job", pk=self.export.pk)
        kind = FORMATS[self.export.format].content_type
        file = private_files.open(self.export.path)
        name = content.file_name(self.export)
        return private_files.unkept(FileResponse(file, as_attachment=True, filename=name, content_type=kind))
