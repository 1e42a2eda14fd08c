"""The database itself refuses to edit what was booked or issued, whoever asks, by whatever path."""

from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.signals import post_migrate

from .frozen import FrozenModel

MESSAGE = "What was booked or issued stays as it is: correct it by another row."


def frozen_tables() -> dict[str, tuple[list[str], str]]:
    """Return the frozen columns of each table of a `FrozenModel`, and the condition on those that are filled once.

    A column that points to a user may become empty: users can be deleted.
    """
    found = {}
    for model in apps.get_models():
        if issubclass(model, FrozenModel):
            fields = [field for field in model._meta.concrete_fields if not field.primary_key]
            kept = [field for field in fields if field.name not in model.unfrozen and not _may_become_empty(field)]
            once = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in model.filled_once)
            more = f"OLD.{model.filled_once[0]} <> '' AND ({once})" if once else ""
            found[model._meta.db_table] = ([str(field.column) for field in kept], more)
    return found


def _may_become_empty(field: Any) -> bool:
    return field.remote_field is not None and field.remote_field.on_delete is models.SET_NULL


def _condition(columns: list[str], more: str, differs: str) -> str:
    changed = [f"OLD.{column} {differs} NEW.{column}" for column in columns]
    return " OR ".join([*changed, f"({more})"] if more else changed)


def _sqlite(table: str, columns: list[str], more: str) -> list[str]:
    condition = _condition(columns, more, "IS NOT")
    return [
        f"DROP TRIGGER IF EXISTS {table}_frozen",
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    ]


def _postgresql(table: str, columns: list[str], more: str) -> list[str]:
    condition = _condition(columns, more, "IS DISTINCT FROM")
    refuse = "FOR EACH ROW"
    return [
        "CREATE OR REPLACE FUNCTION forms_ext_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"DROP TRIGGER IF EXISTS {table}_frozen ON {table}",
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} {refuse} WHEN ({condition}) "
        "EXECUTE FUNCTION forms_ext_frozen()",
        f"DROP TRIGGER IF EXISTS {table}_kept ON {table}",
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {refuse} EXECUTE FUNCTION forms_ext_frozen()",
    ]


STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}


def install(sender: AppConfig, *, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Make the triggers anew after each migrate; rows of SQLite can still be deleted, so that tests can flush."""
    connection = connections[using]
    statements = STATEMENTS.get(connection.vendor)
    if sender.label != "forms_ext" or statements is None:
        return
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, (columns, more) in frozen_tables().items():
            if table in tables:
                for statement in statements(table, columns, more):
                    cursor.execute(statement)


def connect() -> None:
    """Install the triggers whenever the tables may have changed."""
    post_migrate.connect(install, dispatch_uid="forms_ext.base.triggers")
