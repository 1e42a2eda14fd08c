"""What a form hands to its page, and what it gets back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import get_language

from ..forms import compiler
from ..forms.models import FormVersion


@dataclass(frozen=True)
class CleanSubmission:
    """Valid answers to `version`: JSON values by question key; `roles` holds the values that the system needs."""

    version: FormVersion
    answers: Mapping[str, Any]
    roles: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    idempotency_key: str = ""
    source: str = "page"

    @classmethod
    def sent(cls, version: FormVersion, answers: Mapping[str, Any], *, key: str, source: str = "page") -> Self:
        """Return what a visitor sent just now, in the language in which they read."""
        return cls(
            version=version,
            answers=answers,
            roles=compiler.compile(version).role_values(answers),
            language=(get_language() or "en")[:12],
            idempotency_key=key,
            source=source,
        )


@dataclass(frozen=True)
class Receipt:
    """What the sender may quote; `kind` chooses the words of the confirmation.

    `is_mailed` is False if an application is confirmed on the page alone: its address has got enough mails.
    """

    reference: str
    kind: str = "submission"
    is_mailed: bool = True
