"""Private files, such as uploads and PDFs. Only views that check permissions read them; no URL serves them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import batched
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.core.files.utils import validate_file_name
from django.http.response import HttpResponseBase
from django.utils import timezone

from . import consistency
from .conf import conf

MAX_PATH = 255
SETTLED = timedelta(days=1)

type Known = Callable[[list[str]], Iterable[str]]

_folders: dict[str, Known] = {}


def register(folder: str, known: Known) -> None:
    """Let the audit look through `folder`; `known` returns those of some paths below it that a row names."""
    _folders[folder] = known


def storage() -> Storage:
    """Return the storage `private` of `STORAGES`, or a folder beside the media files if a site has none."""
    if "private" in settings.STORAGES:
        return storages["private"]
    return FileSystemStorage(location=conf.COP_PRIVATE_ROOT, base_url=None, file_permissions_mode=0o600)


def save(name_hint: str, content: "bytes | File[Any]") -> str:
    """Store `content` at a free path near `name_hint` ("invoices/2026-0001.pdf"); return the path.

    Raise SuspiciousFileOperation if `name_hint` is absolute or leads out of the storage.
    """
    if name_hint.startswith("/") or "\\" in name_hint:
        raise SuspiciousFileOperation("A private path is relative.")
    validate_file_name(name_hint, allow_relative_path=True)
    file = ContentFile(content) if isinstance(content, bytes) else content
    return storage().save(name_hint, file, max_length=MAX_PATH)


def open(path: str) -> "File[Any]":
    """Open the file that `save` stored under `path`, for reading bytes."""
    return storage().open(path, "rb")


def read(path: str) -> bytes:
    """Return the bytes that `save` stored under `path`."""
    with open(path) as file:
        content: bytes = file.read()
        return content


def exists(path: str) -> bool:
    """Tell whether `path` is there."""
    return bool(path) and storage().exists(path)


def delete(path: str) -> None:
    """Remove `path`, if it is there."""
    storage().delete(path)


def clear(folder: str) -> None:
    """Remove the files right below `folder`, if it is there."""
    with suppress(FileNotFoundError):
        for name in storage().listdir(folder)[1]:
            storage().delete(f"{folder}/{name}")


def unkept[Response: HttpResponseBase](response: Response) -> Response:
    """Let no cache keep a private file that is handed out, no browser guess its type, and no link tell its address."""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _below(folder: str) -> Iterator[str]:
    """Yield the paths of the files below `folder`, at any depth."""
    with suppress(FileNotFoundError):
        folders, names = storage().listdir(folder)
        yield from (f"{folder}/{name}" for name in sorted(names))
        for name in sorted(folders):
            yield from _below(f"{folder}/{name}")


@consistency.check("base.files")
def files_have_rows() -> Iterator[str]:
    """Every private file that is older than a day is named by a row: a database that was lost or is older has none."""
    settled = timezone.now() - SETTLED
    for folder, known in _folders.items():
        for paths in batched(_below(folder), 500):
            for path in sorted(set(paths) - set(known(list(paths)))):
                if storage().get_modified_time(path) < settled:
                    yield f"The private file {path} belongs to no row. Is the database older?"
