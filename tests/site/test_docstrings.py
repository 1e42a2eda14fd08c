"""The docstring of a public function names the errors that the function raises."""

import ast
import builtins
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
MODULES = sorted(
    path
    for package in ("cop_program", "forms_ext")
    for path in (REPOSITORY / package).rglob("*.py")
    if not {"admin", "management", "migrations"} & set(path.parts)
)
ABSTRACT = {"NotImplementedError"}  # left to subclasses


def _is_endpoint(function: ast.FunctionDef) -> bool:
    """Tell whether `function` is one of the API, whose docstring its readers see; problems are declared there."""
    return any(ast.unparse(decorator).startswith("router.") for decorator in function.decorator_list)


def _is_caught(name: str, handlers: list[ast.ExceptHandler]) -> bool:
    """Tell whether one of `handlers` stops the error `name`: one that raises again does not."""
    for handler in handlers:
        caught = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else set()
        known = getattr(builtins, name, Exception)
        if caught & {name, "Exception"} or any(issubclass(known, getattr(builtins, one, ())) for one in caught):
            return not any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
    return False


def _is_override(name: str, function: ast.FunctionDef) -> bool:
    """Tell whether `function` is a method without a docstring: its base class describes it."""
    return "." in name and ast.get_docstring(function) is None


class Module:
    """The functions of a module and the errors that each raises, by itself or through a private one beside it."""

    def __init__(self, source: str) -> None:
        self.functions: dict[str, ast.FunctionDef] = {}
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef):
                self.functions[node.name] = node
            elif isinstance(node, ast.ClassDef):
                methods = (part for part in node.body if isinstance(part, ast.FunctionDef))
                self.functions |= {f"{node.name}.{method.name}": method for method in methods}

    def raised(self, name: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """Return the names of the errors that the function `name` raises."""
        return self._below(self.functions[name].body, seen | {name}) - ABSTRACT

    def _below(self, nodes: list[ast.stmt], seen: frozenset[str]) -> set[str]:
        return {error for node in nodes for error in self._in(node, seen)}

    def _in(self, node: ast.AST, seen: frozenset[str]) -> set[str]:
        if isinstance(node, ast.FunctionDef):
            return set()
        if isinstance(node, ast.Try):
            tried = self._below(node.body, seen)
            rest = [*node.orelse, *node.finalbody, *(line for handler in node.handlers for line in handler.body)]
            return {error for error in tried if not _is_caught(error, node.handlers)} | self._below(rest, seen)
        errors: set[str] = set()
        if isinstance(node, ast.Raise) and node.exc is not None:
            errors |= self._classes(node.exc)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = node.func.id
            if called.startswith("_") and called in self.functions and called not in seen:
                errors |= self.raised(called, seen)
        for child in ast.iter_child_nodes(node):
            errors |= self._in(child, seen)
        return errors

    def _classes(self, raised: ast.expr) -> set[str]:
        """Return the class that `raise` names; for a function that makes the error, what it returns."""
        named = raised.func if isinstance(raised, ast.Call) else raised
        name = named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")
        maker = self.functions.get(name)
        if maker is not None and maker.returns is not None:
            return {node.id for node in ast.walk(maker.returns) if isinstance(node, ast.Name)}
        return {name} if name[:1].isupper() else set()

    def silent(self) -> list[str]:
        """Return "function: Error" for what a public function raises and does not say."""
        return [
            f"{name}: {error}"
            for name, function in self.functions.items()
            if not function.name.startswith("_") and not _is_endpoint(function) and not _is_override(name, function)
            for error in sorted(self.raised(name))
            if error not in (ast.get_docstring(function) or "")
        ]


def test_public_functions_say_which_errors_they_raise() -> None:
    """In every module outside the admin, whose views answer errors themselves."""
    silent = {str(path.relative_to(REPOSITORY)): Module(path.read_text()).silent() for path in MODULES}
    assert {path: found for path, found in silent.items() if found} == {}


def test_errors_are_found_through_private_functions_and_what_is_caught_is_not_asked_for() -> None:
    source = '''
def _refuse(text) -> ActionRefused:
    return ActionRefused(text)

def _check(value):
    if not value:
        raise _refuse("No value.")

def silent(value):
    """Do it."""
    _check(value)

def said(value):
    """Do it. Raise ActionRefused if there is no value."""
    _check(value)

def caught(value):
    """Do it."""
    try:
        _check(value)
    except ActionRefused:
        return None

def passed_on(value):
    """Do it."""
    try:
        _check(value)
    except ActionRefused:
        clean_up()
        raise
'''
    assert Module(source).silent() == ["silent: ActionRefused", "passed_on: ActionRefused"]
