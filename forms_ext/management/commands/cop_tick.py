from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...base import periodic


class Command(BaseCommand):
    help = "Run all periodic jobs once, such as expired holds, reminders and email retries. Run this every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        if failed := periodic.run_all():
            raise CommandError("Failed: " + ", ".join(failed))
