"""The demo's users: one for each role, with passwords generated once and kept in demo.json."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.db import transaction

from forms_ext.base import groups


@dataclass(frozen=True)
class Person:
    """A person who works in the demo's admin."""

    role: str
    username: str
    first_name: str
    last_name: str
    group: str | None

    @property
    def email(self) -> str:
        return f"{self.username}@circleforward.example"


PEOPLE = (
    Person("editor", "edith", "Edith", "Lang", groups.EDITORS),
    Person("reviewer", "ravi", "Ravi", "Menon", groups.REVIEWERS),
    Person("staff", "stella", "Stella", "Okafor", groups.STAFF),
    Person("administrator", "ada", "Ada", "Winther", None),
)


def by_role(role: str) -> User:
    """Return the demo's user with `role`."""
    person = next(person for person in PEOPLE if person.role == role)
    return User.objects.get(username=person.username)


@transaction.atomic
def create(known: dict[str, str]) -> list[dict[str, str]]:
    """Make the users that are missing; return role, username and password of each.

    `known` holds the passwords by username that an earlier start wrote down: those stay as they are.
    """
    handout = []
    for person in PEOPLE:
        user, created = User.objects.get_or_create(
            username=person.username,
            defaults={"first_name": person.first_name, "last_name": person.last_name, "email": person.email},
        )
        password = known.get(person.username)
        if created or password is None:
            password = password or secrets.token_urlsafe(9)
            user.set_password(password)
            user.is_superuser = user.is_staff = person.group is None
            user.save()
        if created and person.group:
            user.groups.add(Group.objects.get(name=person.group))
        handout.append({"role": person.role, "username": person.username, "password": password})
    return handout
