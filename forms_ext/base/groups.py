"""The three groups that the apps create once. Later changes by an operator are kept."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

EDITORS = "Program editors"
REVIEWERS = "Program reviewers"
STAFF = "Program staff"

ADMIN_ACCESS = ["wagtailadmin.access_admin"]
JOURNEY = [
    "forms_ext.review_application",
    "forms_ext.decide_application",
    "forms_ext.manage_registration",
    "forms_ext.bill_account",
    "forms_ext.view_outgoingmail",
]
PERMISSIONS = {
    EDITORS: [
        *ADMIN_ACCESS,
        "forms_ext.view_mailtemplate",
        "forms_ext.add_mailtemplate",
        "forms_ext.change_mailtemplate",
        "forms_ext.delete_mailtemplate",
        "forms_ext.view_embeddingsite",
        "forms_ext.add_embeddingsite",
        "forms_ext.change_embeddingsite",
        "forms_ext.delete_embeddingsite",
    ],
    REVIEWERS: [*ADMIN_ACCESS, "forms_ext.review_application"],
    STAFF: [
        *ADMIN_ACCESS,
        *JOURNEY,
        "forms_ext.add_export",
        "forms_ext.view_submission",
        "forms_ext.delete_submission",
        "forms_ext.view_mailtemplate",
        "forms_ext.view_issuer",
        "forms_ext.add_issuer",
        "forms_ext.change_issuer",
    ],
}
PAGE_ACTIONS = ["add_page", "change_page", "publish_page"]
IMAGE_ACTIONS = ["add_image", "change_image", "choose_image"]


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
