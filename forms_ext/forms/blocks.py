"""The form editor: a flat stream of questions, texts, and markers of steps and sections."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup

from cop_program.fields import OpenStreamField

from . import question_types, roles

MARKS = ("step", "section", "note")


def option_blocks(kind: question_types.QuestionType, names: Sequence[str]) -> list[tuple[str, blocks.Block]]:
    """Return the blocks of those options of `kind` that are in `names`."""
    no_limit = _("Leave empty for no limit.")
    every: dict[str, blocks.Block] = {
        "choices": blocks.TextBlock(label=_("Choices"), help_text=_("One per line, in the order shown."), rows=4),
        "max_length": blocks.IntegerBlock(
            label=_("Maximum characters"),
            required=False,
            min_value=1,
            max_value=20000,
            help_text=format_lazy(
                _("Leave empty for {number}. A role may allow fewer."),
                number=kind.usual_length,
            ),
        ),
        "minimum": blocks.DecimalBlock(label=_("Minimum"), required=False, help_text=no_limit),
        "maximum": blocks.DecimalBlock(label=_("Maximum"), required=False, help_text=no_limit),
    }
    return [(name, every[name]) for name in kind.options if name in names]


def role_block(kind: question_types.QuestionType) -> blocks.Block:
    """Return the block that tells the system which answer this is; the outline of the form shows the choice."""
    choices = [("", ""), *((role, format_lazy(_("(role: {name})"), name=roles.LABELS[role])) for role in kind.roles)]
    help_text = _("What this answer is used for, such as the name on the invoice. Otherwise leave empty.")
    return blocks.ChoiceBlock(choices=choices, required=False, label=_("Role"), help_text=help_text)


class QuestionBlock(blocks.StructBlock):
    """One question; made for each type by `question_block`."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        errors: dict[str, ValidationError] = {}
        if not self.is_deferred_validation:
            if "choices" in cleaned and len(lines(cleaned["choices"])) < 2:
                errors["choices"] = ValidationError(_("Enter at least two different choices, one per line."))
            low, high = cleaned.get("minimum"), cleaned.get("maximum")
            if low is not None and high is not None and low > high:
                errors["maximum"] = ValidationError(_("Enter %(low)s or more, or change the minimum.") % {"low": low})
            role = cleaned.get("role") or ""
            limit = roles.longest(role)
            if limit and (cleaned.get("max_length") or 0) > limit:
                errors["max_length"] = ValidationError(
                    _("Enter %(limit)d or less. Answers with the role “%(role)s” cannot be longer.")
                    % {"limit": limit, "role": roles.LABELS[role]}
                )
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return cleaned


def question_block(kind: question_types.QuestionType) -> QuestionBlock:
    """Return the block by which editors add a question of type `kind`."""
    children: list[tuple[str, blocks.Block]] = [
        ("label", blocks.CharBlock(label=_("Question"), max_length=300, help_text=_("As people see it."))),
        *option_blocks(kind, ["choices"]),
        *([] if kind.always_required else [("required", _required_block())]),
        (
            "help",
            blocks.CharBlock(
                label=_("Help text"), required=False, max_length=500, help_text=_("Appears below the question.")
            ),
        ),
    ]
    settings = option_blocks(kind, ["max_length", "minimum", "maximum"])
    if kind.roles:
        settings.insert(0, ("role", role_block(kind)))
    layout = BlockGroup(children=[name for name, _block in children], settings=[name for name, _block in settings])
    return QuestionBlock(
        [*children, *settings],
        icon=kind.icon,
        label=kind.label,
        label_format="{label} {role}" if kind.roles else "{label}",
        help_text=kind.description,
        group=_("Questions"),
        form_layout=layout,
    )


def _required_block() -> blocks.BooleanBlock:
    return blocks.BooleanBlock(label=_("Required"), required=False, default=True)


def build_blocks() -> list[tuple[str, blocks.Block]]:
    """Return what a form may hold: a block for each registered type, and the marks."""
    title = [("title", blocks.CharBlock(label=_("Heading"), max_length=200))]
    step = blocks.StructBlock(title, icon="arrow-right", label=_("New step"), label_format="{title}", group=_("Layout"))
    section = blocks.StructBlock(
        title, icon="title", label=_("Section heading"), label_format="{title}", group=_("Layout")
    )
    note = blocks.RichTextBlock(
        features=["bold", "italic", "link", "ol", "ul"],
        icon="doc-empty",
        label=_("Text between questions"),
        group=_("Layout"),
    )
    question_types.register_others()
    questions = [(kind.name, question_block(kind)) for kind in question_types.all_types()]
    return [*questions, ("step", step), ("section", section), ("note", note)]


class QuestionsBlock(blocks.StreamBlock):
    """The questions of a form, checked together when it is published: there is one, and no two have the same role."""

    def clean(self, value: Any) -> Any:
        found: dict[int, ValidationError] = {}
        try:
            cleaned, others = super().clean(value), []
        except blocks.StreamBlockValidationError as error:
            cleaned, found, others = value, dict(error.block_errors), error.non_block_errors.as_data()
        if not self.is_deferred_validation:
            if not any(child.block_type not in MARKS for child in value):
                others.append(ValidationError(_("Add at least one question.")))
            found = same_roles(value) | found
        if found or others:
            raise blocks.StreamBlockValidationError(block_errors=found, non_block_errors=others)
        return cleaned


def same_roles(questions: Sequence[Any]) -> dict[int, ValidationError]:
    """Return an error, by its place, for each question whose role another question has as well."""
    places: dict[str, list[int]] = {}
    for place, child in enumerate(questions):
        for role in roles_of([child]):
            places.setdefault(role, []).append(place)
    errors = {}
    for role, found in places.items():
        for place in found if len(found) > 1 else ():
            other = next(one for one in found if one != place)
            message = _("“%(question)s” has the role “%(role)s” as well. Only one question can have it.") % {
                "question": questions[other].value.get("label") or "",
                "role": roles.LABELS[role],
            }
            errors[place] = blocks.StructBlockValidationError(block_errors={"role": ValidationError(message)})
    return errors


class QuestionsField(OpenStreamField):
    """A stream of questions whose types may grow without a migration (docs/decisions/0007-question-types.md)."""

    def __init__(self, block_types: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("collapsed", True)
        super().__init__(QuestionsBlock(build_blocks()) if block_types is None else block_types, **kwargs)


def first_questions(required: Sequence[str]) -> list[dict[str, Any]]:
    """Return, as raw data, what a new form begins with: a question for name, email and each role in `required`."""
    kinds = {role: kind.name for kind in reversed(question_types.all_types()) for role in kind.roles}
    wanted = dict.fromkeys(["name", "email", *required])
    return [
        {"type": kinds[role], "value": {"label": str(roles.QUESTIONS[role]), "required": True, "role": role}}
        for role in wanted
    ]


def lines(text: str | None) -> list[str]:
    """Return the different, non-empty lines of `text`, in order."""
    return list(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def roles_of(questions: Iterable[Any]) -> list[str]:
    """Return the roles that the blocks of a form have, in order; not those that a block's type cannot have."""
    blocks_of_questions = (child for child in questions if child.block_type not in MARKS)
    found = ((child.value.get("role"), question_types.get(child.block_type).roles) for child in blocks_of_questions)
    return [role for role, possible in found if role in possible]


def missing_roles(questions: Iterable[Any], required: Sequence[str]) -> list[str]:
    """Return the roles of `required` that no question has, or that more than one has."""
    found = roles_of(questions)
    return [role for role in required if found.count(role) != 1]


def missing_words(missing: Sequence[str]) -> str:
    """Tell an editor how to fix the roles in `missing`."""
    names = ", ".join(str(roles.LABELS[role]) for role in missing)
    return str(
        format_lazy(
            _("Give each of these roles to exactly one question, in its settings (gear icon): {names}."), names=names
        )
    )


def questions_help(required: Sequence[str]) -> Any:
    """Return the help above the list of questions; `required` are the roles that the form needs."""
    usual = _("Visitors see changes once you publish. A question's role and limits are in its settings (gear icon).")
    if not required:
        return usual
    names = lazy(lambda: ", ".join(str(roles.LABELS[role]) for role in required), str)()
    return format_lazy(
        _(
            "{usual} Before you can publish this form, each of these roles must be given to exactly one question: "
            "{names}."
        ),
        usual=usual, names=names,
    )  # fmt: skip
