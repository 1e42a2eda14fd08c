"""What a text can be for: for everything, or for one thing of a kind that a package above declares ("program:3")."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

type Names = Callable[[], Iterable[tuple[str, str]]]

_kinds: list[Names] = []


def register(names: Names) -> None:
    """Let texts be written for what `names` returns: each scope with its name, in the order in which it is shown."""
    if names not in _kinds:
        _kinds.append(names)


def scopes() -> list[tuple[str, str]]:
    """Return each scope with its name, that of all texts first."""
    return [("", _("All programs")), *(scope for names in _kinds for scope in names())]
