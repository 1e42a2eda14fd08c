"""Receivers of Django's signals."""

from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate

from . import (
    checks,  # noqa: F401
    deployment_checks,  # noqa: F401
    events,
    groups,
    integrity,  # noqa: F401
    limits,  # noqa: F401
    periodic,
    triggers,
)


def make_groups(sender: AppConfig, *, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Create the groups of the roles once every app is migrated and has sent its signal.

    Only then the tables match the models, and the permissions of all apps exist. After `migrate wagtailcore` alone,
    neither is certain.
    """
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if using != DEFAULT_DB_ALIAS or sender.label != last.label:
        return
    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        groups.create_groups()


def publish_scheduled() -> None:
    """Publish and unpublish the pages whose time has come, as the command that a site may run itself."""
    call_command("publish_scheduled")


def connect() -> None:
    """Connect the receivers of this package."""
    periodic.register(publish_scheduled)
    periodic.register(events.number)
    post_migrate.connect(make_groups, dispatch_uid="forms_ext.base.make_groups")
    triggers.connect()
