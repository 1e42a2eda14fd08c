"""Our entries in the admin's menu: below one, or at the top level."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory
from django.utils import translation
from wagtail.admin.menu import MenuItem, SubmenuMenuItem, admin_menu

from tests.forms_ext.base.test_checks import ids

pytestmark = pytest.mark.django_db

OURS = ["Applications", "Registrations", "Billing", "Form answers", "Email log", "Embedded forms", "Email templates"]
EDITORS = ["Embedded forms", "Email templates"]
REVIEWERS = ["Applications"]
BILLING = ["Accounts", "Invoices", "Refunds due", "Rebates due"]


def menu(user: User) -> dict[str, MenuItem]:
    """Return the entries of the main menu by label, in order."""
    request = RequestFactory().get("/admin/")
    request.user = user
    items = sorted(admin_menu.menu_items_for_request(request), key=lambda item: item.order)
    return {str(item.label): item for item in items}


def below(item: MenuItem, user: User) -> list[str]:
    assert isinstance(item, SubmenuMenuItem)
    request = RequestFactory().get("/admin/")
    request.user = user
    return [str(one.label) for one in sorted(item.menu.menu_items_for_request(request), key=lambda one: one.order)]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("administrator", ["All programs", *OURS]),
        ("editor", EDITORS),
        ("reviewer", REVIEWERS),
    ],
)
def test_one_entry_holds_what_each_role_may_see(
    user: Callable[[str], User], settings: Any, role: str, expected: list[str]
) -> None:
    who = user(role)
    found = menu(who)
    assert not set(found) & {*OURS, "All programs"}
    assert below(found["Programs"], who) == expected
    settings.COP_MENU = "flat"
    flat = [label for label in menu(who) if label in {*OURS, "Programs", "All programs"}]
    assert flat == ["Programs" if label == "All programs" else label for label in expected]


def test_who_may_see_nothing_of_ours_has_no_entry(db: None) -> None:
    assert "Programs" not in menu(User.objects.create_user("writer", "writer@example.org", "x"))


def test_billing_keeps_its_four_lists(user: Callable[[str], User], settings: Any) -> None:
    who = user("administrator")
    (group,) = (one for one in menu(who)["Programs"].menu.registered_menu_items if one.label == "Billing")  # type: ignore[attr-defined]
    assert below(group, who) == BILLING
    settings.COP_MENU = "flat"
    assert below(menu(who)["Billing"], who) == BILLING


def test_the_labels_are_in_the_language_of_each_request(user: Callable[[str], User]) -> None:
    who = user("administrator")
    assert "Applications" in below(menu(who)["Programs"], who)
    with translation.override("de"):
        (programs,) = (item for label, item in menu(who).items() if item.name == "cop")
        assert "Bewerbungen" in below(programs, who)


def test_a_menu_that_nobody_knows_is_told(settings: Any) -> None:
    settings.COP_MENU = "tall"
    assert "forms_ext.E030" in ids()
