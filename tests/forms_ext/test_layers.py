"""Lower packages know upper ones neither by a string, nor by a literal of their states, nor by a duck.

import-linter holds the imports; this reads what imports do not show. The order is that of `pyproject.toml`.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignObjectRel, Model

ROOT = Path(__file__).parents[2]
#: (file, what it says): why it may.
ALLOWED: dict[tuple[str, str], str] = {("cop_program/journey.py", "Decision"): "the name of a step, for readers"}
LOOKUPS = {"filter", "exclude", "get", "select_related", "prefetch_related", "values", "values_list", "order_by"}
LOOKUPS |= {"only", "defer", "annotate", "aggregate", "F", "Q", "OuterRef", "Prefetch", "getattr", "hasattr"}


def order() -> dict[str, int]:
    """Return the packages with their layer, the lowest first; `cop_program` is below all."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(one["layers"] for one in linter["contracts"] if one.get("containers") == ["forms_ext"])
    found = {"cop_program": -1}
    for number, layer in enumerate(reversed(layers)):
        found |= {name.strip(): number for name in layer.split(":")}
    return found


ORDER = order()


def package_of(model: type[Model]) -> str:
    parts = model.__module__.split(".")
    return parts[0] if parts[0] != "forms_ext" else parts[1]


OURS = [model for label in ("cop_program", "forms_ext") for model in apps.get_app_config(label).get_models()]


def above(package: str) -> list[type[Model]]:
    return [model for model in OURS if ORDER.get(package_of(model), 0) > ORDER[package]]


def ducks(package: str) -> set[str]:
    """Return the names by which rows that `package` may know lead to rows of the packages above."""
    known = [model for model in OURS if ORDER.get(package_of(model), 0) <= ORDER[package]]
    relations = [field for model in known for field in model._meta.get_fields() if isinstance(field, ForeignObjectRel)]
    upper = set(above(package))
    names = {str(relation.get_accessor_name()) for relation in relations if relation.related_model in upper}
    own = {str(field.name) for model in known for field in model._meta.get_fields() if not field.auto_created}
    return names - own - defined_by(package)


@cache
def defined_by(package: str) -> frozenset[str]:
    """Return the attributes and methods that the classes of `package` have themselves."""
    classes = [
        node
        for one, path in modules()
        if one == package
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    body = [node for found in classes for node in found.body]
    fields = {node.target.id for node in body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    return frozenset(fields | {node.name for node in body if isinstance(node, ast.FunctionDef)})


def states(package: str) -> set[str]:
    own = {value for model in OURS if model not in above(package) for value in choices_of(model)}
    return {value for model in above(package) for value in choices_of(model)} - own


def choices_of(model: type[Model]) -> Iterator[str]:
    for field in model._meta.get_fields():
        if getattr(field, "name", "") in {"state", "status", "kind"}:
            yield from (str(value) for value, _label in getattr(field, "flatchoices", None) or ())


def literals(tree: ast.AST) -> Iterator[str]:
    """Yield the strings of the code; docstrings are none."""
    bodies = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {id(node.body[0].value) for node in ast.walk(tree)
            if isinstance(node, bodies) and node.body and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def strings_in(node: ast.AST) -> Iterator[str]:
    yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))


def found_in(tree: ast.AST, package: str) -> Iterator[str]:
    """Yield what a module of `package` says that names a package above it."""
    upper = [name for name, layer in ORDER.items() if layer > ORDER[package]]
    models = [str(model._meta.model_name) for model in above(package)]
    dotted = re.compile(rf"\bforms_ext\.(?:{'|'.join(upper)})\b")
    labels = re.compile(rf"\bforms_ext\.(?:{'|'.join(models)})\b|^[a-z]+_(?:{'|'.join(models)})$", re.IGNORECASE)
    codename = re.compile(rf"^(?:forms_ext\.)?[a-z]+_(?:{'|'.join(models)})$")
    classes = {model.__name__ for model in above(package)}
    for text in literals(tree):
        if dotted.search(text) or labels.search(text) or codename.search(text) or text in classes:
            yield text
    theirs, names = states(package), ducks(package)
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from (text for text in strings_in(node) if text in theirs)
        elif isinstance(node, ast.Attribute) and node.attr in names:
            yield f".{node.attr}"
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for keyword in node.keywords:
                name = keyword.arg or ""
                if called in LOOKUPS and set(name.split("__")) & names:
                    yield name
                if name.rpartition("__")[2] in {"state", "status"}:
                    yield from (text for text in strings_in(keyword.value) if text in theirs)
            if called in LOOKUPS:
                texts = (text for argument in node.args for text in strings_in(argument))
                yield from (text for text in texts if set(text.lstrip("-").split("__")) & names)


def modules() -> Iterator[tuple[str, Path]]:
    for package, layer in ORDER.items():
        folder = ROOT / package if layer < 0 else ROOT / "forms_ext" / package
        yield from ((package, path) for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)


def test_lower_packages_name_no_upper_one() -> None:
    top = max(ORDER.values())
    found = {
        (str(path.relative_to(ROOT)), text)
        for package, path in modules()
        if ORDER[package] < top
        for text in found_in(ast.parse(path.read_text()), package)
    }
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set(), "what is allowed is said no more"


@pytest.mark.parametrize(
    ("package", "code"),
    [
        ("base", 'PERMISSIONS = ["forms_ext.review_application"]'),
        ("base", 'apps.get_model("forms_ext", "Export")'),
        ("base", 'codename__in=["bill_account"]'),
        ("mail", 'start("forms_ext.invoices.tasks.render_invoice")'),
        ("ledger", 'twins.values_list("receipt__number")'),
        ("ledger", "payment.receipt"),
        ("ledger", "account.invoices.all()"),
        ("admission", 'getattr(invitation, "registration", None)'),
        ("admission", 'rows.select_related("invitation__registration")'),
        ("admission", 'here = row.state in {"waiting", "held"}'),
        ("admission", 'rows.filter(state="member")'),
        ("applications", "Invitation.objects.filter(application__invitations__isnull=True)"),
        ("cop_program", "program.registrations.all()"),
        ("cop_program", 'models.ForeignKey("forms_ext.Registration")'),
    ],
)
def test_what_names_an_upper_package_is_found(package: str, code: str) -> None:
    source = code if "codename" not in code else f"filter({code})"
    assert list(found_in(ast.parse(source), package))


@pytest.mark.parametrize(
    ("package", "code"),
    [
        ("registration", 'rows.filter(state="member")'),
        ("registration", "registration.account.invoices.all()"),
        ("invoices", "payment.receipt"),
        ("admission", 'reverse("forms_ext:open_invitation")'),
        ("base", '"""Asked by a reference, such as forms_ext.registration."""'),
    ],
)
def test_what_a_package_may_know_is_not(package: str, code: str) -> None:
    assert not list(found_in(ast.parse(code), package))
