"""`manage.py load_demo`: load the demo's pages and people once."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.loader import load


class Command(BaseCommand):
    """Load the demo into an empty site."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not load(say=self.stdout.write):
            self.stdout.write("The demo is already loaded.")
