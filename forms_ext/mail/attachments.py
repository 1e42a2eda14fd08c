"""Where the file of an attachment comes from: private storage, or a package that draws it when the email is sent."""

from collections.abc import Callable

from ..base import private_files

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
