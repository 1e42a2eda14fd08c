"""The signed, dated token of a public form. It replaces the CSRF cookie."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse

from cop_program.clock import now

from ..base.conf import conf
from .cleaned import Receipt

SALT = "forms_ext.submissions.token"
RECEIPT_SALT = "forms_ext.submissions.receipt"
SENT_SALT = "forms_ext.submissions.sent"
SENT_COOKIE = "cop_sent"
RECEIPT_SECONDS = 900


@dataclass(frozen=True)
class Token:
    """For which page, version and person it was made, its age in seconds, and what makes a double click harmless."""

    page_id: int
    version_id: int
    nonce: str
    age: float
    subject: str = ""

    @property
    def is_stale(self) -> bool:
        return not -60 <= self.age <= conf.COP_FORM_TOKEN_SECONDS

    @property
    def is_hasty(self) -> bool:
        return self.age < conf.COP_FORM_MIN_SECONDS


def make(page_id: int, version_id: int, nonce: str = "", subject: str = "") -> str:
    """Return a new token; `nonce` is kept when a form is shown again, `subject` is the person it is shown to."""
    data = [page_id, version_id, nonce or secrets.token_urlsafe(18), now().timestamp(), subject]
    return signing.dumps(data, salt=SALT, compress=False)


def read(text: Any, page_id: int) -> Token | None:
    """Return the token in `text`, or None if it is missing, altered or another page's."""
    try:
        page, version, nonce, made, subject = signing.loads(str(text or ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Token(page, version, nonce, now().timestamp() - made, subject) if page == page_id else None


def sign_receipt(page_id: int, receipt: Receipt, nonce: str = "") -> str:
    """Return what the URL of the confirmation contains: no personal data.

    A frame of another website has no cookie, so there the `nonce` tells for a while that this browser sent the form.
    """
    data = [page_id, receipt.reference, receipt.is_mailed, nonce, now().timestamp()]
    return signing.Signer(salt=RECEIPT_SALT).sign_object(data)


def read_receipt(text: str, page_id: int) -> tuple[Receipt, str] | None:
    """Return the receipt in the URL of a confirmation and its nonce, '' if it is older than a while; or None."""
    try:
        page, reference, is_mailed, nonce, made = signing.Signer(salt=RECEIPT_SALT).unsign_object(text)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    is_fresh = now().timestamp() - made < RECEIPT_SECONDS
    return (Receipt(reference, is_mailed), nonce if is_fresh else "") if page == page_id else None


def idempotency_key(page_id: int, nonce: str) -> str:
    """Return the key under which the answers sent with a token are stored, once."""
    return f"{page_id}:{nonce}"


def nonce_of(request: HttpRequest, page_id: int) -> str:
    """Return the nonce of a post, or of what this browser sent to the page before; '' if there is none."""
    if request.method == "POST":
        token = read(request.POST.get("_token"), page_id)
        return token.nonce if token else ""
    try:
        page, nonce = signing.Signer(salt=SENT_SALT).unsign_object(request.COOKIES.get(SENT_COOKIE, ""))
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(nonce) if page == page_id else ""


def remember_sent(request: HttpRequest, response: HttpResponse, page_id: int, nonce: str, *, path: str) -> None:
    """Let the browser know until it is closed that it has sent the form at `path`."""
    response.set_cookie(
        SENT_COOKIE,
        signing.Signer(salt=SENT_SALT).sign_object([page_id, nonce]),
        path=path,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )
