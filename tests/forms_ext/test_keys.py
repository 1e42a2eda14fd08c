"""Numbers that no row can have, in every URL and query: a 404, never an error of ours."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cop_program.keys import HIGHEST, KeyConverter, key, keys

pytestmark = [pytest.mark.django_db]

BEYOND = 10**20


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Yield each address with a key in it: with a key beyond, and words for its other parts."""
    for entry in resolver.url_patterns:
        route = before + str(getattr(entry.pattern, "_route", ""))
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif isinstance(entry, URLPattern) and "<key:" in route:
            parts = [part.partition(">") for part in route.split("<")]
            words = [parts[0][0]] + [(str(BEYOND) if p.startswith("key:") else "x") + rest for p, _, rest in parts[1:]]
            yield "".join(words)


def test_every_address_with_a_key_leads_nowhere_beyond_the_highest(admin_client: Client) -> None:
    found = list(dict.fromkeys(addresses(get_resolver())))
    assert len(found) > 30
    assert {path: admin_client.get(path).status_code for path in found} == dict.fromkeys(found, 404)


def test_no_address_of_ours_takes_any_number() -> None:
    """`<int:…>` takes numbers on which the database breaks."""
    ours = ("forms_ext", "cop_program")

    def views(resolver: URLResolver) -> Iterator[URLPattern]:
        for entry in resolver.url_patterns:
            yield from views(entry) if isinstance(entry, URLResolver) else [entry]

    wrong = {
        entry.lookup_str
        for entry in views(get_resolver())
        if entry.lookup_str.startswith(ours)
        for converter in entry.pattern.converters.values()
        if not isinstance(converter, KeyConverter) and type(converter).__name__ == "IntConverter"
    }
    assert wrong == set()


@pytest.mark.parametrize(
    "path",
    [
        *(f"/admin/cop/{name}/?program=" for name in ("applications", "registrations", "accounts", "invoices")),
        *(f"/admin/cop/{name}/?program=" for name in ("refunds", "rebates", "exports/applications")),
        "/admin/cop/submissions/?page=",
    ],
)
def test_a_register_bears_any_number(admin_client: Client, path: str) -> None:
    values = [str(BEYOND), "-1", "abc", "\0"]
    assert [admin_client.get(path + quote(value)).status_code for value in values] == [200] * len(values)


def test_nobody_is_ticked_by_a_number_beyond(admin_client: Client) -> None:
    address = reverse("wagtail_bulk_action", args=("forms_ext", "application", "accept"))
    assert [admin_client.get(address, {"id": value}).status_code for value in (str(BEYOND), "abc")] == [404, 404]


def test_keys() -> None:
    assert key(str(HIGHEST)) == HIGHEST
    assert keys(["1", "x", 7, str(HIGHEST + 1), "-1"]) == [1, 7]
