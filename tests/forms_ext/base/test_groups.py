"""The three groups hold what the packages grant them, and no more."""

import pytest
from django.contrib.auth.models import Group

from forms_ext.base import groups

pytestmark = pytest.mark.django_db
TEMPLATES = {f"{action}_mailtemplate" for action in ("view", "add", "change", "delete")}
SITES = {f"{action}_embeddingsite" for action in ("view", "add", "change", "delete")}
STAFF = {"review_application", "decide_application", "manage_registration", "bill_account", "view_outgoingmail"}
STAFF |= {"add_export", "view_submission", "delete_submission", "view_mailtemplate"}
STAFF |= {"change_outgoingmail"}
STAFF |= {"view_issuer", "add_issuer", "change_issuer"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [(groups.EDITORS, TEMPLATES | SITES), (groups.REVIEWERS, {"review_application"}), (groups.STAFF, STAFF)],
)
def test_a_group_may_what_the_packages_grant(name: str, expected: set[str]) -> None:
    held = Group.objects.get(name=name).permissions.values_list("codename", flat=True)
    assert set(held) == {"access_admin"} | expected
    assert len(groups.PERMISSIONS[name]) == len(expected) + 1, "each is granted once, and there is one of that name"
