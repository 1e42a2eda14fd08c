"""Rows whose states events keep: packages name their models, an event holds digests of the columns that it has set.

The audit finds a row that no event made or changed as it is now.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import models

from .chains import plain
from .references import reference_to

#: What is derived from other columns and has a check of its own.
_DERIVED = {"search_text"}

#: The columns that were set, by row; the rows are models of any kind.
type Changed = Mapping[Any, Iterable[str]]
#: A digest for each column of each row; None for a row that is gone.
type Digests = dict[str, dict[str, str] | None]


class Watched(NamedTuple):
    """A model, its watched columns, and whether each row is made by an event."""

    model: type[models.Model]
    columns: tuple[str, ...]
    is_made_by_events: bool


_watched: dict[str, Watched] = {}


def watch(model: type[models.Model], *only: str, but: Iterable[str] = (), is_made_by_events: bool = True) -> None:
    """Let events keep the columns of `model`: `only` those, or all but the named ones.

    Without `is_made_by_events`, a row that no event has changed is none of the audit's business.
    """
    left_out = {model._meta.pk.attname, *_DERIVED, *but}
    names = only or tuple(field.name for field in model._meta.concrete_fields if field.name not in left_out)
    columns = tuple(_attname(model, name) for name in names)
    _watched[str(model._meta.model_name)] = Watched(model, columns, is_made_by_events)


def watched() -> list[Watched]:
    """Return all models that are watched."""
    return list(_watched.values())


def _attname(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).attname)  # type: ignore[union-attr]


def _watched_row(row: models.Model) -> Watched:
    try:
        return _watched[str(row._meta.model_name)]
    except KeyError:
        raise LookupError(f"Name {row._meta.label} with base.row_states.watch first.") from None


def digests(
    salt: str, *, made: Iterable[models.Model] = (), changed: Changed | None = None, gone: Iterable[models.Model] = ()
) -> Digests:
    """Return what an event keeps of rows: the digests of their columns as the database has them now.

    Raise LookupError if a model or a column is not watched.
    """
    wanted: dict[models.Model, tuple[str, ...]] = {row: _watched_row(row).columns for row in made}
    for row, names in (changed or {}).items():
        columns = tuple(_attname(type(row), name) for name in names)
        if unknown := set(columns) - set(_watched_row(row).columns):
            raise LookupError(f"{row._meta.label}.{min(unknown)} is not watched.")
        wanted[row] = tuple(dict.fromkeys((*wanted.get(row, ()), *columns)))
    found: Digests = {}
    for model in dict.fromkeys(type(row) for row in wanted):
        rows = {row.pk: (reference_to(row), columns) for row, columns in wanted.items() if type(row) is model}
        names = tuple(dict.fromkeys(name for _reference, columns in rows.values() for name in columns))
        for values in models.QuerySet(model).filter(pk__in=rows).values("pk", *names):
            reference, columns = rows[values["pk"]]
            found[reference] = {name: digest(salt, reference, name, values[name]) for name in columns}
    return found | dict.fromkeys(reference_to(row) for row in gone if _watched_row(row))


def digest(salt: str, reference: str, column: str, value: Any) -> str:
    """Return the salted digest of one value of one row."""
    text = json.dumps([salt, reference, column, plain(value)], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:20]


def may_become_empty(model: type[models.Model], column: str) -> bool:
    """Tell whether `column` of `model` becomes empty when what it points to is deleted."""
    remote = next(field for field in model._meta.concrete_fields if field.attname == column).remote_field
    return remote is not None and remote.on_delete is models.SET_NULL
