"""Every URL name in code and templates resolves, with as many values as the code gives it."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.template.base import Lexer, TokenType
from django.urls import URLResolver, get_resolver

from tests.databases import PROJECT_DIR

PACKAGES = ("cop_program", "forms_ext", "site")
CALLS = {"reverse", "reverse_lazy", "redirect", "resolve_url"}
TAKES_ADDRESSES = {"redirect", "resolve_url"}
NO_VALUES = {"permanent", "preserve_request"}
REGISTERS = ("accounts", "applications", "invoices", "outbox", "rebates", "refunds", "registrations", "submissions")

#: Names that code builds: the file, the expression, and its possible values.
COMPOSED: dict[tuple[str, str], list[str]] = {
    ("forms_ext/programs/admin/dashboard.py", "f'cop_{name}_modeladmin_index'"): [
        f"cop_{name}_modeladmin_index" for name in REGISTERS
    ],
    ("forms_ext/registration/gate.py", "name"): ["forms_ext:open_invitation", "forms_ext:member"],
    ("forms_ext/programs/admin/notices.py", "f'cop_programs:{name}'"): [
        "cop_programs:tell_changes",
        "cop_programs:dont_tell",
    ],
    ("forms_ext/mail/admin/views.py", "f'forms_ext_mail:{name}'"): [
        "forms_ext_mail:templates",
        "forms_ext_mail:template",
    ],
    ("forms_ext/ledger/admin/listing.py", "self.record_url_name"): ["cop_billing:refund", "cop_billing:rebate"],
    ("forms_ext/base/admin/listing.py", "self.detail_url_name"): [
        "cop_admission:person",
        "cop_billing:account",
        "cop_registration:registration",
        "cop_submissions:submission",
        "forms_ext_mail:mail",
    ],
    ("forms_ext/base/admin/listing.py", "model_admin.url_helper.get_action_url_name('index')"): [
        f"cop_{name}_modeladmin_index" for name in REGISTERS
    ],
    ("forms_ext/base/admin/listing.py", "model_admin.url_helper.get_action_url_name('results')"): [
        f"cop_{name}_modeladmin_results" for name in REGISTERS
    ],
    ("cop_program/api/paths.py", "f'wagtailapi_v3:{name}'"): ["wagtailapi_v3:cop_program", "wagtailapi_v3:cop_form"],
    ("cop_program/checks.py", "name"): ["cop_program:set_zone", "wagtailapi_v3:cop_programs"],
    ("site/demo/handout.py", "name"): ["wagtailadmin_home", "demo:mailbox", "demo:rehearsal"],
    ("cop_program/wagtail_hooks.py", "action_class_instance.next_url or 'wagtailadmin_home'"): ["wagtailadmin_home"],
}
#: Not names: URLs that `redirect` is called with.
ADDRESSES = {
    "address",
    "f'{request.path}?sent=1'",
    "f'{reverse('cop_submissions_modeladmin_index')}?page={self.pk}'",
    "page.get_url(request) or '/'",
    "receipt.private_path or f'{address}?receipt={signed}'",
    "request.get_full_path()",
    "self.get_success_url()",
    "self.next_url",
    "self.redirect_url",
    "self.source_form().get_url(request) or '/'",
    "self.place_url('template', self.place.kind.name)",
}


class Use(NamedTuple):
    """A URL name in its place, with the number or the names of its values; None if they are not known."""

    place: str
    name: str
    count: int | None = None
    keys: frozenset[str] | None = None


class Unknown(NamedTuple):
    """An expression that is no plain name."""

    path: str
    text: str


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((PROJECT_DIR / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(PROJECT_DIR).as_posix(), ast.parse(path.read_text())


def namespaces(resolver: URLResolver) -> Iterator[str]:
    for name, (_prefix, below) in resolver.namespace_dict.items():
        yield name
        yield from (f"{name}:{inner}" for inner in namespaces(below))


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def values_of(node: ast.Call) -> tuple[int | None, frozenset[str] | None]:
    """Return how many values a call gives to the name, or their names."""
    named = {one.arg: one.value for one in node.keywords}
    if called(node) in TAKES_ADDRESSES:
        keys = frozenset(str(name) for name in named if name not in NO_VALUES)
        given = node.args[1:]
        if None in named or any(isinstance(one, ast.Starred) for one in given):
            return None, None
        return (None, keys) if keys else (len(given), None)
    if isinstance(kwargs := named.get("kwargs"), ast.Dict):
        return None, frozenset(str(ast.literal_eval(key)) for key in kwargs.keys if key)
    args = named.get("args")
    if args is None:
        return 0, None
    is_known = isinstance(args, ast.List | ast.Tuple) and not any(isinstance(one, ast.Starred) for one in args.elts)
    return (len(args.elts), None) if is_known else (None, None)  # type: ignore[attr-defined]


def constants(tree: ast.Module) -> dict[str, str]:
    """Return the strings that a module gives names to."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    return found


def in_code() -> Iterator[Use | Unknown]:
    known = "|".join(map(re.escape, sorted(set(namespaces(get_resolver())), key=len, reverse=True)))
    looks_like_one = re.compile(rf"(?:{known}):[a-z][\w-]*|\w+_modeladmin_\w+")
    for path, tree in modules():
        strings = constants(tree)
        for node in ast.walk(tree):
            place = f"{path}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call) and called(node) in CALLS and node.args:
                yield from asked(path, place, node, strings)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                yield from assigned(path, place, node)
            elif (
                isinstance(node, ast.Constant) and isinstance(node.value, str) and looks_like_one.fullmatch(node.value)
            ):
                yield Use(place, node.value)
            elif isinstance(node, ast.JoinedStr) and looks_like_one.match(
                "".join(str(one.value) if isinstance(one, ast.Constant) else "x" for one in node.values)
            ):
                yield Unknown(path, ast.unparse(node))


def asked(path: str, place: str, node: ast.Call, strings: dict[str, str]) -> Iterator[Use | Unknown]:
    first = node.args[0]
    count, keys = values_of(node)
    if isinstance(first, ast.Call) and called(first) in CALLS:
        return  # a URL: its own name is checked
    text = strings.get(first.id) if isinstance(first, ast.Name) else getattr(first, "value", None)
    if not isinstance(text, str):
        yield Unknown(path, ast.unparse(first))
    elif not (called(node) in TAKES_ADDRESSES and "/" in text):
        yield Use(place, text, count, keys)


def assigned(path: str, place: str, node: ast.Assign | ast.AnnAssign) -> Iterator[Use | Unknown]:
    """Yield what attributes such as `index_url_name` are set to."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [getattr(target, "attr", getattr(target, "id", "")) for target in targets]
    if not any(name.endswith("url_name") for name in names) or node.value is None:
        return
    if isinstance(node.value, ast.Constant):
        if node.value.value:
            yield Use(place, node.value.value)
    else:
        yield Unknown(path, ast.unparse(node.value))


def in_templates() -> Iterator[Use | Unknown]:
    for path in sorted((PROJECT_DIR / "templates").rglob("*.*")):
        name = path.relative_to(PROJECT_DIR).as_posix()
        for token in Lexer(path.read_text()).tokenize():
            if token.token_type != TokenType.BLOCK or token.contents.split()[0] != "url":
                continue
            _tag, view, *rest = token.split_contents()
            values = rest[: rest.index("as")] if "as" in rest else rest
            keys = frozenset(value.split("=")[0] for value in values if re.match(r"\w+=", value))
            if view[0] in "\"'":
                yield Use(f"{name}:{token.lineno}", view[1:-1], None if keys else len(values), keys or None)
            else:
                yield Unknown(name, view)


def parameters(name: str) -> list[list[str]]:
    """Return the parameters of each URL with `name`; empty if there is none."""
    resolver = get_resolver()
    *spaces, last = name.split(":")
    for space in spaces:
        chosen = resolver.app_dict.get(space, [space])[0]
        if chosen not in resolver.namespace_dict:
            return []
        resolver = resolver.namespace_dict[chosen][1]
    found = resolver.reverse_dict.getlist(last)
    return [params for possibilities, *_rest in found for _result, params in possibilities]


def fits(use: Use, found: list[list[str]]) -> bool:
    if use.keys is not None:
        return any(set(params) == use.keys for params in found)
    return any(use.count in (None, len(params)) for params in found)


@pytest.fixture(scope="module")
def uses() -> list[Use | Unknown]:
    return [*in_code(), *in_templates()]


def test_every_name_leads_somewhere_with_its_values(uses: list[Use | Unknown]) -> None:
    plain = [use for use in uses if isinstance(use, Use)]
    assert len(plain) > 100
    assert "forms_ext_mail:mail" in {use.name for use in plain}
    assert [use for use in plain if not fits(use, parameters(use.name))] == []


def test_every_composed_name_is_listed_with_what_it_can_become(uses: list[Use | Unknown]) -> None:
    unknown = {(use.path, use.text) for use in uses if isinstance(use, Unknown) and use.text not in ADDRESSES}
    assert unknown - set(COMPOSED) == set(), "list them with the names that they can become, or as addresses"
    assert set(COMPOSED) - unknown == set(), "these are no more"
    assert ADDRESSES - {use.text for use in uses if isinstance(use, Unknown)} == set(), "these are no more"
    assert [name for found in COMPOSED.values() for name in found if not parameters(name)] == []


def test_a_name_that_is_none_is_found() -> None:
    assert parameters("forms_ext_mail:outbox") == parameters("nobody:home") == parameters("nothing") == []
    assert fits(Use("", "forms_ext_mail:mail", 1), parameters("forms_ext_mail:mail"))
    assert not fits(Use("", "forms_ext_mail:mail", 2), parameters("forms_ext_mail:mail"))
    assert not fits(Use("", "forms_ext_mail:mail", None, frozenset({"mail"})), parameters("forms_ext_mail:mail"))
