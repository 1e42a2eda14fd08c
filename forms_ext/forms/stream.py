"""The editor's side of a form: a flat stream of questions, texts, and marks of steps and sections."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup
from wagtail.fields import StreamField

from . import types

ROLE_LABELS = {
    "name": _("Name"),
    "email": _("Email"),
    "country": _("Country"),
    "organization": _("Organization"),
    "billing_name": _("Billing name"),
    "billing_address": _("Billing address"),
    "policy_consent": _("Consent to the cancellation policy"),
}
MARKS = ("step", "section", "note")


def option_blocks(options: Sequence[str]) -> list[tuple[str, blocks.Block]]:
    """Return the blocks of the options that a question type names."""
    every: dict[str, blocks.Block] = {
        "choices": blocks.TextBlock(label=_("Choices"), help_text=_("One a line."), rows=4),
        "max_length": blocks.IntegerBlock(
            label=_("Most characters"), required=False, min_value=1, max_value=20000, help_text=_("Empty: as usual.")
        ),
        "minimum": blocks.DecimalBlock(label=_("Smallest number"), required=False),
        "maximum": blocks.DecimalBlock(label=_("Largest number"), required=False),
    }
    return [(name, every[name]) for name in options]


class QuestionBlock(blocks.StructBlock):
    """One question; made for each type by `question_block`."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation and "choices" in cleaned and len(lines(cleaned["choices"])) < 2:
            raise blocks.StructBlockValidationError(
                block_errors={"choices": ValidationError(_("Write at least two different choices, one a line."))}
            )
        return cleaned


def question_block(kind: types.QuestionType) -> QuestionBlock:
    """Return the block by which editors add a question of type `kind`."""
    children: list[tuple[str, blocks.Block]] = [
        ("label", blocks.CharBlock(label=_("Question"), max_length=300)),
        *option_blocks([name for name in kind.options if name == "choices"]),
        ("required", blocks.BooleanBlock(label=_("Must be answered"), required=False, default=True)),
        ("help", blocks.CharBlock(label=_("Help"), required=False, max_length=500)),
    ]
    settings = option_blocks([name for name in kind.options if name != "choices"])
    if kind.roles:
        choices = [(role, ROLE_LABELS[role]) for role in kind.roles]
        help_text = _("Which answer that the system needs this is.")
        settings.append(
            ("role", blocks.ChoiceBlock(choices=choices, required=False, label=_("Role"), help_text=help_text))
        )
    layout = BlockGroup(children=[name for name, _block in children], settings=[name for name, _block in settings])
    return QuestionBlock(
        [*children, *settings],
        icon=kind.icon,
        label=kind.label,
        label_format=format_lazy("{} - {{label}}", kind.label),
        group=_("Questions"),
        form_layout=layout,
    )


def build_blocks() -> list[tuple[str, blocks.Block]]:
    """Return what a form may hold: a block for each registered type, and the marks."""
    title = [("title", blocks.CharBlock(label=_("Heading"), max_length=200))]
    step = blocks.StructBlock(
        title, icon="arrow-right", label=_("New step"), label_format=_("Step: {title}"), group=_("Layout")
    )
    section = blocks.StructBlock(
        title, icon="title", label=_("Section heading"), label_format=_("Section: {title}"), group=_("Layout")
    )
    note = blocks.RichTextBlock(
        features=["bold", "italic", "link", "ol", "ul"], icon="doc-empty", label=_("Text"), group=_("Layout")
    )
    questions = [(kind.name, question_block(kind)) for kind in types.all_types()]
    return [*questions, ("step", step), ("section", section), ("note", note)]


class QuestionsField(StreamField):
    """A stream of questions whose types may grow without a migration (docs/decisions/0007-question-types.md)."""

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        kwargs.setdefault("collapsed", True)
        super().__init__(block_types or build_blocks(), **kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs


def lines(text: str | None) -> list[str]:
    """Return the different, non-empty lines of `text`, in order."""
    return list(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def roles_of(questions: Iterable[Any]) -> list[str]:
    """Return the roles that the blocks of a form have, in order."""
    values = (child.value for child in questions if child.block_type not in MARKS)
    return [role for value in values if (role := value.get("role"))]


def missing_roles(questions: Iterable[Any], required: Sequence[str]) -> list[str]:
    """Return the roles of `required` that no question has, or that more than one has."""
    found = roles_of(questions)
    return [role for role in required if found.count(role) != 1]


def missing_words(roles: Sequence[str]) -> str:
    """Say what an editor does about `roles`."""
    names = ", ".join(str(ROLE_LABELS[role]) for role in roles)
    return str(format_lazy(_("Give exactly one question each of these roles (behind its gear): {names}."), names=names))
