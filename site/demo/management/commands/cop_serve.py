"""`make run`, once the environment is ready: migrate, load the demo once, serve until stopped."""

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from demo import handout
from demo.preparing import HOST, address, prepare
from demo.serving import Child, Supervisor


class Command(BaseCommand):
    """Serve the demo on loopback: web server, worker, scheduler."""

    help = __doc__
    requires_system_checks = []

    def say(self, text: str) -> None:
        print(text, flush=True)

    def handle(self, *args: Any, **options: Any) -> None:
        port = int(os.environ.get("PORT") or 8000)
        base_url = address(port)
        content = prepare(base_url, self.say)
        connections.close_all()
        self.say("==> Starting the web server and the worker")
        supervisor = Supervisor(self.children(), self.environment(port, base_url), say=self.say)
        status = supervisor.run(lambda: self.say(handout.as_text(content)), base_url + "/")
        self.say("==> Stopped")
        sys.exit(status)

    def children(self) -> list[Child]:
        """Return what runs beside each other."""
        manage = [sys.executable, str(Path(settings.SITE_DIR) / "manage.py")]
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
        return [
            Child("web server", gunicorn),
            Child(
                "worker",
                [*manage, "db_worker", "--queue-name", "*", "--interval", "1", "--no-reload", "--no-startup-delay"],
            ),
            Child("scheduler", [*manage, "crontask", "--no-heartbeat"]),
        ]

    def environment(self, port: int, base_url: str) -> dict[str, str]:
        """Return the environment of the children."""
        return os.environ | {
            "PORT": str(port),
            "HOST": HOST,
            "BASE_URL": base_url,
            "DATA_DIR": str(settings.DATA_DIR),
            "PYTHONPATH": os.pathsep.join([str(settings.SITE_DIR), str(settings.PROJECT_DIR)]),
            "PYTHONUNBUFFERED": "1",
        }
