"""Serve the files among answers to staff. Each package with answers registers its model and who may read them."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ...base import history, private_files
from ...base.admin.views import StaffView
from ...base.filenames import safe_name
from ..actions import DOWNLOADED
from ..files import ALLOWED
from ..models import AnswerSet, Upload


def response(upload: Upload) -> FileResponse:
    """Return the file of `upload` as a download that no browser opens or keeps; 404 if the storage lost it."""
    try:
        file = private_files.open(upload.storage_path)
    except FileNotFoundError:
        raise Http404(_("The file is no longer in storage.")) from None
    name = safe_name(upload.file_name, ALLOWED.get(upload.content_type, ".bin"))
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=upload.content_type)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return private_files.unkept(answer)


class AnswerFileView(StaffView):
    """The file that answers the question `key` of one set of answers; the history records each download."""

    http_method_names = ["get", "head", "options"]
    model: type[AnswerSet]

    def load(self) -> None:
        self.answered = get_object_or_404(self.model, pk=self.kwargs["pk"])
        answer = self.answered.answers.get(self.kwargs["key"])
        token = answer.get("upload", "") if isinstance(answer, dict) else ""
        self.upload = get_object_or_404(Upload, token=token)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:  # type: ignore[override]
        answer = response(self.upload)
        if request.method == "GET":
            user: Any = request.user
            history.record(self.answered, DOWNLOADED, user=user, question=self.kwargs["key"])
        return answer
