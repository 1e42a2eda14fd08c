"""Prepare a data folder for the demo's site: tables, pages and people, the handout."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from . import handout
from .loader import load
from .serving import port_is_free

HOST = "127.0.0.1"


def address(port: int) -> str:
    """Return the address of the site at `port`; raise CommandError if the port is in use."""
    if not port_is_free(HOST, port):
        raise CommandError(f"Port {port} is in use. Choose another: PORT={port + 1}")
    return f"http://{HOST}:{port}"


def prepare(base_url: str, say: Callable[[str], object]) -> dict[str, Any]:
    """Make what is missing and return the handout of the site at `base_url`."""
    settings.WAGTAILADMIN_BASE_URL = base_url
    executor = MigrationExecutor(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("==> Creating the database tables (about 15 seconds the first time)")
        call_command("migrate", verbosity=0, interactive=False)
    load(say=say)
    return handout.write(base_url)
