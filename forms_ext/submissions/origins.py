"""The address of a website as browsers compare it: scheme, host and port, nothing else."""

import re
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
DEFAULT_PORTS = {"https": 443, "http": 80}
OWN_MACHINE = "127.0.0.1"


def parse(text: str) -> str:
    """Return the origin in `text`, such as "https://www.example.org".

    Raise ValidationError, which says how to fix it, if it is none. Wildcards are refused: `*.example.org` would also
    admit anyone who gets a name below it.
    """
    text = text.strip()
    parts, port = _split(text)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValidationError(_("Enter the full URL with https://, such as https://www.example.org."))
    if "*" in text:
        raise ValidationError(_("Wildcards (*) are not allowed. Add each website by its full name."))
    if "@" in parts.netloc or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValidationError(
            _("Enter %(origin)s only. It covers all pages of the website.")
            % {"origin": f"{parts.scheme}://{parts.hostname}"}
        )
    host = _host(parts.hostname)
    if parts.scheme == "http" and not is_own_machine(host):
        raise ValidationError(
            _("Use https:// instead of http://. Pages without encryption can be changed on their way to the reader.")
        )
    return f"{parts.scheme}://{host}" + ("" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}")


def is_own_machine(host: str) -> bool:
    """Tell whether `host` is the reader's own machine, as for a developer."""
    return host in ("localhost", OWN_MACHINE) or host.endswith(".localhost")


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError as error:
        raise ValidationError(_("Enter the full URL with https://, such as https://www.example.org.")) from error


def _host(name: str) -> str:
    """Return the host as browsers send it. Numbers are not accepted, except for the reader's own machine."""
    try:
        host = name.encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    labels = host.removesuffix(".").split(".")
    is_name = all(LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    if host != OWN_MACHINE and (not is_name or (len(labels) < 2 and host != "localhost")):
        raise ValidationError(
            _("“%(name)s” is not a website. Enter a name as in https://www.example.org.") % {"name": name}
        )
    return host.removesuffix(".")
