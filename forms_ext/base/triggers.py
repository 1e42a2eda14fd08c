"""Triggers by which the database itself refuses to change or delete entries and issued documents."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate

from .conf import conf
from .frozen import FrozenModel
from .row_states import may_become_empty

MESSAGE = "What was booked or issued stays as it is: correct it by another row."
_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION cop_frozen_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
)
_INSTALLED = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'cop_frozen_*'",
    "postgresql": (
        "SELECT tgname, relname, tgenabled::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE starts_with(tgname, 'cop_frozen_') AND pg_table_is_visible(tgrelid)"
    ),
}


class Trigger(NamedTuple):
    """One trigger: its name, its table, and the statement that makes it."""

    name: str
    table: str
    statement: str


def frozen_models() -> list[type[FrozenModel]]:
    """Return every model whose rows are frozen."""
    return [model for model in apps.get_models() if issubclass(model, FrozenModel)]


def frozen_columns() -> dict[str, list[str]]:
    """Return the frozen columns of each table of a `FrozenModel`.

    A column that points to a user may become empty: users can be deleted.
    """
    return {
        model._meta.db_table: [
            str(field.column)
            for field in model._meta.concrete_fields
            if field.name not in model.unfrozen and not may_become_empty(model, field.attname)
        ]
        for model in frozen_models()
    }


def _wanted(connection: BaseDatabaseWrapper) -> Iterator[Trigger]:
    """Yield what refuses a change of a frozen column, and a deletion, for each frozen table that there is."""
    is_sqlite = connection.vendor == "sqlite"
    differs = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    tables = set(connection.introspection.table_names())
    for table, columns in frozen_columns().items():
        changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)
        replaced = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608  (names of our tables)
        verbs = [("UPDATE", changed), ("DELETE", "")]
        if is_sqlite:  # INSERT OR REPLACE deletes a row past the trigger of DELETE
            verbs.append(("INSERT", replaced))
        for verb, condition in verbs:
            name = f"cop_frozen_{verb.lower()}_{table}"[:63]
            if is_sqlite:
                when = f"WHEN {condition} " if condition else ""
                then = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            else:
                when = "FOR EACH ROW " + (f"WHEN ({condition}) " if condition else "")
                then = "EXECUTE FUNCTION cop_frozen_refuse()"
            if table in tables:
                yield Trigger(name, table, f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}{then}")


def _installed(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    """Return name and table of our triggers, with their statement on SQLite, with whether they fire on PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute(_INSTALLED[connection.vendor])
        return list(cursor.fetchall())


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that are not there, or that would not refuse."""
    if connection.vendor not in _INSTALLED:
        return []
    found = {name: state for name, _table, state in _installed(connection)}
    return [
        trigger.name
        for trigger in _wanted(connection)
        if found.get(trigger.name) != (trigger.statement if connection.vendor == "sqlite" else "O")
    ]


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take our triggers away."""
    if connection.vendor in _INSTALLED:
        for name, table, _state in _installed(connection):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TRIGGER {name}{on}")


def install(connection: BaseDatabaseWrapper) -> None:
    """Make our triggers anew."""
    remove(connection)
    if connection.vendor in _INSTALLED and conf.COP_FROZEN_TRIGGERS:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(_FUNCTION)
            for trigger in _wanted(connection):
                cursor.execute(trigger.statement)


def before_migrations(sender: AppConfig, *, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Let migrations change the tables and rows."""
    if sender.label == "forms_ext":
        remove(connections[using])


def after_migrations(sender: AppConfig, *, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Refuse changes again, also in tables and columns that are new."""
    if sender.label == "forms_ext":
        install(connections[using])


def connect() -> None:
    """Take the triggers off while tables may change."""
    pre_migrate.connect(before_migrations, dispatch_uid="forms_ext.base.triggers.before")
    post_migrate.connect(after_migrations, dispatch_uid="forms_ext.base.triggers.after")
