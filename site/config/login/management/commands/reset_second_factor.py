"""manage.py reset_second_factor USERNAME: for somebody who lost their phone, passkey and recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from config.login import second_factor


class Command(BaseCommand):
    help = "Remove the second factors and recovery codes of a user, who sets up new ones at the next log-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        """Remove them. Raise CommandError if there is no such user."""
        user = get_user_model().objects.filter(**{get_user_model().USERNAME_FIELD: username}).first()
        if user is None:
            raise CommandError(f"There is no user “{username}”.")
        removed = second_factor.reset(user)
        self.stdout.write(f"Removed {removed} of “{username}”. Sessions that rested on them have ended.")
