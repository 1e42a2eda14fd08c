"""The three groups that the apps create once. Later changes by an operator are kept."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

EDITORS = "Program editors"
REVIEWERS = "Program reviewers"
STAFF = "Program staff"

ADMIN_ACCESS = "wagtailadmin.access_admin"
PERMISSIONS: dict[str, list[str]] = {name: [ADMIN_ACCESS] for name in (EDITORS, REVIEWERS, STAFF)}
PAGE_ACTIONS = ["add_page", "change_page", "publish_page"]
IMAGE_ACTIONS = ["add_image", "change_image", "choose_image"]


def grant(group: str, *names: str) -> None:
    """Let `group` have the permissions `names` ("app.codename") once it is made; packages name their own."""
    PERMISSIONS[group] += [name for name in names if name not in PERMISSIONS[group]]


def _permissions(names: Iterable[str]) -> list[Permission]:
    wanted = Q(pk__in=[])
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted).select_related("content_type"))


def _give_editors_content(group: Group) -> None:
    """Let `group` edit all pages and use images, like Wagtail's own editors."""
    root, images = Page.get_first_root_node(), Collection.get_first_root_node()
    if root is not None:
        for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_ACTIONS):
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    if images is not None:
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailimages", codename__in=IMAGE_ACTIONS
        ):
            GroupCollectionPermission.objects.get_or_create(group=group, collection=images, permission=permission)


@transaction.atomic
def create_groups() -> list[Group]:
    """Make each of the groups that is not there yet, with its permissions; return those that were made."""
    made = []
    for name, permissions in PERMISSIONS.items():
        group, created = Group.objects.get_or_create(name=name)
        if not created:
            continue
        group.permissions.set(_permissions(permissions))
        if name == EDITORS:
            _give_editors_content(group)
        made.append(group)
    return made
