import sys
from typing import Any

from django.core.management.base import BaseCommand

from ...base import consistency


class Command(BaseCommand):
    help = "Check the whole database for inconsistencies. Print each one and exit with status 1 if there are any."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = 0
        for finding in consistency.run_all():
            findings += 1
            self.stdout.write(f"{finding.check}: {finding.text}")
        if findings:
            self.stderr.write(f"{findings} findings.")
            sys.exit(1)
        self.stdout.write(f"{len(consistency.names())} checks passed.")
