"""What a form hands to its page, and what it gets back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.db.models import Model

from cop_program import locales
from cop_program.journey import Standing

from ..forms import compiler, roles
from ..forms.models import FormVersion
from .models import AnswerSet


@dataclass(frozen=True)
class CleanSubmission:
    """Valid answers to `version`: JSON values by question key; `roles` has the values that the system needs."""

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
            language=locales.language()[:12],
            idempotency_key=key,
            source=source,
        )

    def columns(self, model: type[Model]) -> dict[str, str]:
        """Return what the columns of `model` hold that store answers by their role; '' where nothing was answered."""
        return {name: str(self.roles.get(role) or "") for role, name in roles.columns(model).items()}


@dataclass(frozen=True)
class Receipt:
    """What the sender may quote.

    `is_mailed` is False if an application is confirmed on the page alone, since its address has got enough emails.
    A person who has registered goes on to their private page at `private_path`. `state` is that of the registration,
    and `standing` where the person stands in the journey. `recipient` is the address that the confirmation is emailed
    to, and `stored` is what was sent: both are shown only to the person who sent the form.
    """

    reference: str
    is_mailed: bool = True
    state: str = ""
    private_path: str = ""
    standing: Standing | None = None
    recipient: str = ""
    stored: AnswerSet | None = None

    @property
    def answered(self) -> list[tuple[str, str]]:
        """The questions that were answered, as they were asked, each with its answer."""
        if self.stored is None:
            return []
        shown = compiler.compile(self.stored.version).display(self.stored.answers)
        return [(answer.question, answer.text) for answer in shown if answer.text]
