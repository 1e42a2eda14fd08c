"""Watch pages as they are rendered: missing variables in our templates, and text that nobody should read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.template.base import FilterExpression, Node, Variable, VariableDoesNotExist

from tests.databases import PROJECT_DIR

OURS = str((PROJECT_DIR / "templates").resolve())
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)  # Wagtail's texts for its scripts have places to fill
STANDS_IN = {"default", "default_if_none", "yesno"}  # filters of a variable that may be missing


@contextmanager
def missing_variables() -> Iterator[set[str]]:
    """Collect `template: variable` of what our templates show and nobody gave them."""
    found: set[str] = set()
    nodes: list[Node] = []
    expressions: list[tuple[FilterExpression, bool]] = []
    render, resolve, look_up = Node.render_annotated, FilterExpression.resolve, Variable.resolve

    def render_annotated(self: Node, context: Any) -> Any:
        nodes.append(self)
        try:
            return render(self, context)
        finally:
            nodes.pop()

    def resolve_expression(self: FilterExpression, context: Any, ignore_failures: bool = False) -> Any:
        expressions.append((self, ignore_failures))
        try:
            return resolve(self, context, ignore_failures)
        finally:
            expressions.pop()

    def look_up_variable(self: Variable, context: Any) -> Any:
        try:
            return look_up(self, context)
        except VariableDoesNotExist:
            note(self)
            raise

    def note(variable: Variable) -> None:
        expression, ignored = expressions[-1] if expressions else (None, True)
        origin = getattr(getattr(nodes[-1], "origin", None), "name", "") if nodes else ""
        if expression is None or ignored or expression.var is not variable or not is_ours(str(origin)):
            return
        if not STANDS_IN & {function.__name__ for function, _args in expression.filters}:
            found.add(f"{origin.rpartition('/templates/')[2]}: {variable}")

    Node.render_annotated = render_annotated  # type: ignore[method-assign]
    FilterExpression.resolve = resolve_expression  # type: ignore[method-assign]
    Variable.resolve = look_up_variable  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Node.render_annotated = render  # type: ignore[method-assign]
        FilterExpression.resolve = resolve  # type: ignore[method-assign]
        Variable.resolve = look_up  # type: ignore[method-assign]


def is_ours(origin: str) -> bool:
    return origin.startswith(OURS) or "/templates/cop_program/" in origin or "/templates/forms_ext/" in origin


def wrong_with(response: Any) -> str:
    """Say what is wrong with a page that was answered, or nothing."""
    if response.status_code >= 500:
        return f"status {response.status_code}"
    text = SCRIPT.sub("", response.content.decode(errors="replace")) if hasattr(response, "content") else ""
    return next((f"shows {mark!r}" for mark in ("{{", "{%", "%(", "Traceback") if mark in text), "")
