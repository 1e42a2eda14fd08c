"""The registry of consistency checks, which the packages fill and `cop_audit` runs on the whole database."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

type Check = Callable[[], Iterable[str]]

_checks: dict[str, Check] = {}


class Finding(NamedTuple):
    """One inconsistency: the check that found it, and its message."""

    check: str
    text: str


def check[C: Check](name: str) -> Callable[[C], C]:
    """Register the decorated function as the check `name`; it yields one sentence for each thing that is wrong."""

    def decorate(function: C) -> C:
        _checks[name] = function
        return function

    return decorate


def names() -> list[str]:
    """Return the names of all checks."""
    return list(_checks)


def run_all() -> Iterator[Finding]:
    """Run every check and yield its findings; a check that fails is a finding too."""
    for name, function in list(_checks.items()):
        try:
            for text in function():
                yield Finding(name, text)
        except Exception as error:
            yield Finding(name, f"The check itself failed: {type(error).__name__}: {error}")
