import sys
from typing import Any

from django.core.management.base import BaseCommand

from ...base import consistency


class Command(BaseCommand):
    help = "Hold every promise against the whole database; print what does not add up, and exit 1 then."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = 0
        for finding in consistency.run_all():
            findings += 1
            self.stdout.write(f"{finding.check}: {finding.text}")
        if findings:
            self.stderr.write(f"{findings} findings.")
            sys.exit(1)
        self.stdout.write(f"{len(consistency.names())} checks, nothing found.")
