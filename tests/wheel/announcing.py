"""Create the pages that the README names, in Wagtail's admin, in its order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from wagtail.test.utils.form_data import nested_form_data, streamfield

from tests.wheel import readme
from tests.wheel.browsing import Visitor

#: The parent page of each type.
BELOW = {
    "Facilitator index page": "Home",
    "Facilitator page": "Facilitator index page",
    "Program index page": "Home",
    "Program page": "Program index page",
    "Session page": "Program page",
    "Application form": "Program page",
    "Registration form": "Program page",
}
ROLES = {
    "Application form": {"name": "text", "email": "email"},
    "Registration form": {
        "name": "text",
        "email": "email",
        "country": "country",
        "billing_name": "text",
        "billing_address": "long_text",
        "policy_consent": "consent",
    },
}


@dataclass
class Announced:
    """The pages by type: their numbers in the admin, and their public addresses."""

    numbers: dict[str, int] = field(default_factory=lambda: {"Home": 3})
    addresses: dict[str, str] = field(default_factory=dict)


def announce(editor: Visitor) -> Announced:
    """Make a page of each type that the README names, and publish it."""
    made = Announced()
    for kind in readme.pages():
        parent = made.numbers[BELOW[kind]]
        form = editor.open(f"/admin/pages/{parent}/add_subpage/")  # where there is one type only, its form comes
        if "/pages/add/" not in form.url:
            form = editor.open(form.link(kind))
        listing = editor.send(form, values(kind, made), button="action-publish")
        assert "created and published" in listing.words, listing.words[:3000]
        address = listing.link("View live")
        made.addresses[kind] = re.sub(r"^https?://[^/]+", "", address)
        made.numbers[kind] = int(re.search(r"/pages/(\d+)/edit/", listing.link(kind))[1])  # type: ignore[index]
    return made


def values(kind: str, made: Announced) -> dict[str, str]:
    """Return what the integrator enters for a page of `kind`; its title is the kind."""
    entered: dict[str, str] = {"title": kind, "slug": kind.lower().replace(" ", "-")}
    if kind == "Program page":
        return entered | _program(made.numbers["Facilitator page"])
    if kind == "Session page":
        day = _day(60)
        return entered | {"starts_at": f"{day} 18:00", "ends_at": f"{day} 20:00", "join_link": "https://meet.example/x"}
    if kind == "Facilitator page":
        return entered | {"contact_email": "frida@example.org"}
    return entered | _questions(ROLES.get(kind, {}))


def _program(facilitator: int) -> dict[str, str]:
    return {
        "home_zone": "Europe/Paris",
        "starts_on": _day(60),
        "ends_on": _day(120),
        "application_deadline": _day(30),
        "registration_deadline": _day(40),
        "capacity": "9",
        "fee_0": "450",
        "deposit_0": "50",
        **nested_form_data({name: streamfield([]) for name in ("zone_groups", "refund_terms", "body")}),
        **{f"program_facilitators-{name}": value for name, value in _inline(facilitator).items()},
    }


def _inline(facilitator: int) -> Mapping[str, str]:
    return {"TOTAL_FORMS": "1", "0-facilitator": str(facilitator), "0-ORDER": "1", "0-id": "", "0-DELETE": ""}


def _questions(roles: Mapping[str, str]) -> dict[str, str]:
    if not roles:
        return {}
    asked = [
        (kind, {"label": f"Your {role.replace('_', ' ')}", "required": "on", "help": "", "role": role})
        for role, kind in roles.items()
    ]
    return {name: str(value) for name, value in nested_form_data({"questions": streamfield(asked)}).items()}


def _day(days: int) -> str:
    return str(date.today() + timedelta(days=days))
