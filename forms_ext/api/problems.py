"""Errors of the API as RFC 9457 describes them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ..base.errors import ActionRefused
from ..submissions import guards

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Stop an operation and answer with `response`."""

    def __init__(self, status: int, detail: str, errors: Sequence[dict[str, str]] = (), **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.headers = status, detail, errors, headers

    def response(self) -> HttpResponse:
        """Return the problem document, in ASCII, so that it can name whatever was sent."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": str(self.detail),
        }
        if self.errors:
            document["errors"] = list(self.errors)
        headers = {name.replace("_", "-"): value for name, value in self.headers.items()}
        return HttpResponse(json.dumps(document), status=self.status, content_type=CONTENT_TYPE, headers=headers)


def pointer(key: str) -> str:
    """Return the JSON pointer to the answer `key` in the request, as a URI fragment."""
    return "#/answers/" + key.replace("~", "~0").replace("/", "~1")


def error(key: str, code: str, detail: str) -> dict[str, str]:
    """Return the error entry for one question."""
    return {"pointer": pointer(key), "code": code, "detail": detail}


def missing() -> Problem:
    """Return the one answer to whatever is wrong with a form's address or a private link."""
    return Problem(404, _("This form does not exist or you do not have access to it."))


@contextmanager
def refusals(request: HttpRequest) -> Iterator[None]:
    """Turn what actions and guards refuse inside the block into Problems."""
    try:
        yield
    except guards.TooMany as refused:
        raise Problem(429, refused.words(request), Retry_After=refused.retry_after) from None
    except ActionRefused as refused:
        raise Problem(409, str(refused)) from None
