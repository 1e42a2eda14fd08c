"""A website that was there before us: its frame, its style sheet, what it asks the browser."""

from pathlib import Path
from typing import Any

from django.conf import settings

TEMPLATES = Path(__file__).parent / "templates"
BASE = "host/base.html"


def engines() -> list[dict[str, Any]]:
    """Return TEMPLATES with the website's own folder before the others."""
    (engine,) = settings.TEMPLATES
    return [engine | {"DIRS": [str(TEMPLATES), *engine["DIRS"]]}]
