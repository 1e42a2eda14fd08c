"""Write a ZIP file as a stream."""

import zipfile
from collections.abc import Iterable, Iterator


class Sink:
    """The end of a pipe: no place to seek to."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing to flush."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        data = b"".join(self.parts)
        self.parts.clear()
        return data


def pack(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield a ZIP of `(name, content)`, which are not compressed: PDFs already are."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for name, parts in files:
            with archive.open(name, "w") as member:
                for part in parts:
                    member.write(part)
                    yield sink.take()
    yield sink.take()
