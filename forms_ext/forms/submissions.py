"""What a form hands to the page that asked, and what it gets back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .models import FormVersion


@dataclass(frozen=True)
class CleanSubmission:
    """Valid answers to `version`: JSON values by question key; `roles` holds the values that the system needs."""

    version: FormVersion
    answers: Mapping[str, Any]
    roles: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    idempotency_key: str = ""
    source: str = "page"


@dataclass(frozen=True)
class Receipt:
    """What the sender may quote; `kind` chooses the words of the confirmation."""

    reference: str
    kind: str = "submission"
