"""Each message with placeholders gets a value for every one of them, if code fills it at once."""

import ast
import re
from collections.abc import Iterator

from tests.site.test_view_names import called, modules

GETTEXT = {"_", "gettext", "ngettext", "pgettext", "gettext_lazy", "ngettext_lazy"}
PLACE = re.compile(r"%\((\w+)\)[sd]|%(?!%|\(\w+\)[sd])")


def sentences(node: ast.expr | None) -> Iterator[str]:
    """Yield the texts that `node` may be."""
    if isinstance(node, ast.IfExp):
        yield from sentences(node.body)
        yield from sentences(node.orelse)
    elif isinstance(node, ast.Call) and called(node) in GETTEXT:
        yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def meant(function: ast.FunctionDef, node: ast.expr) -> ast.expr | None:
    """Return what `node` is, or what the variable that it names was set to last."""
    if not isinstance(node, ast.Name):
        return node
    values = [
        one.value
        for one in ast.walk(function)
        if isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "") == node.id and one.lineno < node.lineno
    ]
    return max(values, key=lambda value: value.lineno, default=None)


def filled() -> Iterator[tuple[str, str, set[str]]]:
    """Yield the place, the sentence and the names of its values of all that is filled from a dict in one function."""
    for path, tree in modules():
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for node in ast.walk(function):
                if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)):
                    continue
                values = meant(function, node.right)
                if isinstance(values, ast.Dict) and all(isinstance(key, ast.Constant) for key in values.keys):
                    keys = {str(key.value) for key in values.keys if isinstance(key, ast.Constant)}
                    yield from ((f"{path}:{node.lineno}", text, keys) for text in sentences(meant(function, node.left)))


def test_every_sentence_gets_its_values() -> None:
    found = list(filled())
    assert len(found) > 80
    wrong = [
        (place, text, keys) for place, text, keys in found if not {place[1] for place in PLACE.finditer(text)} <= keys
    ]
    assert wrong == []
