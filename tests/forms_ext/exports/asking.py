"""Helpers that request an export and read it."""

import csv
import io
from typing import Any

from django.urls import reverse

CSV = {"format": "csv", "headings": "keys", "date_format": "iso", "time_zone": "UTC", "delimiter": ","}


def url(name: str, query: str = "") -> str:
    return f"{reverse('cop_exports:export', args=[name])}?{query}"


def body(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def lines(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))
