"""The database itself refuses to edit what was booked or issued, whoever asks, by whatever path."""

from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate

FROZEN = {
    "forms_ext_accountrow": (
        ["account_id", "kind", "amount", "amount_currency", "effective_on", "recorded_at", "note", "reverses_id"],
        "",
    ),
    "forms_ext_payment": (["account_id", "row_id", "method", "received_on", "receipt_number", "snapshot"], ""),
    "forms_ext_paymentreversal": (["payment_id", "row_id", "number", "snapshot"], ""),
    "forms_ext_invoice": (
        [
            *["kind", "issuer_id", "series", "sequence_number", "number", "account_id", "corrects_id"],
            *["total", "total_currency", "issued_at", "due_on", "snapshot"],
        ],
        "OLD.pdf_sha256 <> '' AND (NEW.pdf_sha256 <> OLD.pdf_sha256 OR NEW.pdf_path <> OLD.pdf_path)",
    ),
}
MESSAGE = "What was booked or issued stays as it is: correct it by another row."


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
        for table, (columns, more) in FROZEN.items():
            if table in tables:
                for statement in statements(table, columns, more):
                    cursor.execute(statement)


def connect() -> None:
    """Install the triggers whenever the tables may have changed."""
    post_migrate.connect(install, dispatch_uid="forms_ext.billing.triggers")
