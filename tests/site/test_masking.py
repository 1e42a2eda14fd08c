"""No log contains a link that opens a private page, however mangled the requested URL is."""

import io
import logging
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from config.gunicorn import MaskingLogger, access_log_format
from config.masking import MaskPersonalLinks, mask_path
from django.http import HttpRequest
from django.utils.encoding import iri_to_uri
from gunicorn.config import Config

TOKEN = "SG2lT6aSEp_CK2Xg7SNuDv2t2rWpWsrDB3ymPHuMbt8"  # invented; the same in each process that runs tests


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/go/r/0123456789abcdefghijklmnop/", "/go/r/***/"),
        ("/go/r/0123456789abcdefghijklmnop", "/go/r/***"),
        ("/go/member/7:1:1sX2Yz:AbCdEfGhIjKlMnOp_-xyz/invoices/3/", "/go/member/***/invoices/3/"),
        ("/go/invitation/short/", "/go/invitation/***/"),
        ("/go/invitation/é/", "/go/invitation/***/"),
        ("/go/invitation/Ã©\x80/", "/go/invitation/***/"),
        ("/go/invitation/ab/cd ef'gh\"ij/", "/go/invitation/***/"),
        ("//go/invitation/short/", "//go/invitation/***/"),
        ("/GO/Invitation/short/", "/GO/Invitation/***/"),
        ("/fr/go/invitation/short/?token=secret", "/fr/go/invitation/***/"),
        ("%2Fgo%2Finvitation%2Fshort", "%2Fgo%2Finvitation%2F***"),
        ("/go/contact/12/", "/go/contact/12/"),
        ("/programs/nurturing-healthy-culture-2024/", "/programs/nurturing-healthy-culture-2024/"),
        ("/programs/?token=secret", "/programs/"),
    ],
)
def test_logs_mask_what_opens_a_personal_page(path: str, shown: str) -> None:
    assert mask_path(path) == shown


def access_log(path: str, query: str) -> str:
    """Return the line that gunicorn writes for a request, by its own logger with our settings."""
    config = Config()
    config.set("accesslog", "-")
    config.set("access_log_format", access_log_format + " %(r)s %(q)s %(f)s")
    config.set("logger_class", MaskingLogger)
    logger = MaskingLogger(config)
    written = io.StringIO()
    logger.access_log.handlers = [logging.StreamHandler(written)]
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path.encode().decode("latin-1"),
        "RAW_URI": f"{quote(path)}?{query}",
        "QUERY_STRING": query,
        "HTTP_REFERER": f"https://cop.example.org{quote(path)}",
        "SERVER_PROTOCOL": "HTTP/1.1",
    }
    response = SimpleNamespace(status="404 Not Found", sent=100, headers=[])
    elapsed = SimpleNamespace(seconds=0, microseconds=1)
    logger.access(response, SimpleNamespace(headers=[]), environ, elapsed)
    return written.getvalue()


@pytest.mark.parametrize("token", [TOKEN, TOKEN[:9], f"{TOKEN[:15]}é", f"é{TOKEN[:15]}", f"{TOKEN} x", f"x/{TOKEN}"])
def test_the_access_log_holds_no_link_and_no_query(token: str) -> None:
    line = access_log(f"/go/invitation/{token}/", f"next={TOKEN}")
    assert "GET /go/invitation/***/ 404" in line
    assert TOKEN[:9] not in line
    assert quote("é") not in line


@pytest.mark.parametrize("token", [TOKEN, TOKEN[:9], f"{TOKEN[:15]}é"])
def test_no_other_log_holds_a_link_either(token: str) -> None:
    request = HttpRequest()
    request.path = f"/go/invitation/{token}/"
    for words in (request.path, iri_to_uri(request.path), f"{request.path}?next={TOKEN}"):
        record = logging.LogRecord("django.request", logging.WARNING, "", 1, "Not Found: %s", (words,), None)
        MaskPersonalLinks().filter(record)
        assert record.getMessage() == "Not Found: /go/invitation/***/"


def test_probes_of_a_balancer_do_not_fill_the_access_log() -> None:
    assert access_log("/health/ready/", "") == ""
