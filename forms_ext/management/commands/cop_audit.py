import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...base import chains, consistency


class Command(BaseCommand):
    help = "Check the whole database for inconsistencies. Print each one and exit with status 1 if there are any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--heads", action="store_true", help="Print name, number of rows and last hash of each chain, and stop."
        )
        parser.add_argument("--kept", type=Path, metavar="FILE", help="Compare with heads that were printed earlier.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["heads"]:
            for head in chains.heads():
                self.stdout.write(" ".join(map(str, head)))
            return
        lines = [f"{finding.check}: {finding.text}" for finding in consistency.run_all()]
        if options["kept"]:
            lines += [f"base.chains: {text}" for text in chains.lost_heads(read_heads(options["kept"]))]
        for line in lines:
            self.stdout.write(line)
        if lines:
            self.stderr.write(f"{len(lines)} findings.")
            sys.exit(1)
        self.stdout.write(f"{len(consistency.names())} checks passed.")


def read_heads(path: Path) -> list[chains.Head]:
    """Return the heads that `--heads` printed into `path`. Raise CommandError if it cannot be read."""
    try:
        rows = [line.rsplit(maxsplit=2) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [chains.Head(name, int(count), last_hash) for name, count, last_hash in rows]
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} does not hold what cop_audit --heads prints: {error}") from error
