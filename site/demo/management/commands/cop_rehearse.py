"""`make rehearse`: run a copy of a program with invented people, from the first application to the end, and report."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.preparing import address, prepare
from demo.rehearsal import record, report, running, stages
from demo.rehearsal.record import Record


class Command(BaseCommand):
    """Rehearse a program in a development site; the site's clock moves with it."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--program", default="", metavar="SLUG", help="program to copy (default: the latest)")
        parser.add_argument("--stop-at", default="", choices=["", *stages.ALL], help="stop after this stage")
        parser.add_argument("--serve", action="store_true", help="then serve the site, as `make run` does")

    def say(self, text: str) -> None:
        print(text, flush=True)

    def handle(self, *args: Any, program: str, stop_at: str, serve: bool, **options: Any) -> None:
        port = int(os.environ.get("PORT") or 8000)
        try:
            running.check()
            if (settings.DATA_DIR / "demo.json").exists():
                self.say(f"==> Using the site in {settings.DATA_DIR}. Its clock moves with the rehearsal")
            prepare(address(port) if serve else f"http://127.0.0.1:{port}", self.say)
            with running.alone():
                made = self.rehearse(program, stop_at)
        except running.Refused as refused:
            raise CommandError(str(refused)) from None
        if serve:
            call_command("cop_serve")
        if made.unplanned or made.audit:
            sys.exit(1)

    def rehearse(self, program: str, stop_at: str) -> Record:
        """Go on with the rehearsal that has not reached its end, or start another; stop after `stop_at`."""
        made = record.load()
        if program or made is None or made.next_stage is None:
            page = running.choose(program)
            self.say(f"==> Rehearsing a copy of “{page.title}”")
            made = running.start(page)
        scenario = running.scenario_of(made)
        while made.next_stage and stop_at not in {visit.name for visit in made.visits}:
            running.go_on(made)
            self.say(report.text_of(report.stop(made, scenario, len(made.visits))))
        self.say(report.ending(made))
        self.say(f"==> Report: {report.write(made, scenario)}")
        return made
