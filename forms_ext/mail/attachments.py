"""Where an attachment comes from: private storage, a package that draws it when the email is sent, or its own row."""

from collections.abc import Callable
from email.message import MIMEPart
from email.policy import default

from django.core.mail import EmailMessage

from ..base import private_files
from .models import MailAttachment

_makers: dict[str, Callable[[str], bytes]] = {}


def register(scheme: str, make: Callable[[str], bytes]) -> None:
    """Let `make(name)` provide attachments whose path is `scheme:name`: the same bytes each time."""
    _makers[scheme] = make


def _maker(path: str) -> tuple[Callable[[str], bytes] | None, str]:
    scheme, _colon, name = path.partition(":")
    return _makers.get(scheme), name


def read(path: str) -> bytes:
    """Return the bytes of an attachment. Raise OSError if they are not available now, so that the email is retried."""
    make, name = _maker(path)
    if make is None:
        return private_files.read(path)
    try:
        return make(name)
    except Exception as error:
        raise OSError(f"{path} could not be drawn: {type(error).__name__}") from error


def exists(path: str) -> bool:
    """Tell whether an attachment is available: a file that exists, or one that a package draws."""
    return _maker(path)[0] is not None or private_files.exists(path)


def attach(email: EmailMessage, attachment: MailAttachment) -> None:
    """Add `attachment` to `email`. Raise OSError if its file is not available now."""
    if not attachment.content:
        email.attach(attachment.file_name, read(attachment.storage_path), attachment.content_type)
        return
    kind, *parameters = attachment.content_type.split("; ")
    part = MIMEPart(policy=default)
    part.set_content(
        attachment.content,
        subtype=kind.removeprefix("text/"),
        disposition="attachment",
        filename=attachment.file_name,
        params=dict(parameter.split("=", 1) for parameter in parameters),
    )
    email.attach(part)
