"""The network that sends a request: one for each sender, shared with nobody else, and not what a visitor claims."""

from typing import Any

import pytest
from django.test import RequestFactory

from forms_ext.base import network

UNKNOWN = network.UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:5555", "203.0.113.9"),
        (" 203.0.113.9 ", "203.0.113.9"),
        ('"203.0.113.9"', "203.0.113.9"),
        ("for=203.0.113.9", "203.0.113.9"),
        ('For="[2001:db8:1:2::7]:4711"', "2001:db8:1:2::/64"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::7]", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::7]:443", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("[fe80::1%25eth0]:80", "fe80::/64"),
        ("::1", "::/64"),
        # An IPv4 address in an IPv6 one, by RFC 4291 (mapped, compatible), 2765, 6052, 3056 and 4380
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::ffff:cb00:7109", "203.0.113.9"),
        ("[::ffff:203.0.113.9]:5555", "203.0.113.9"),
        ("::203.0.113.9", "203.0.113.9"),
        ("::ffff:0:203.0.113.9", "203.0.113.9"),
        ("64:ff9b::203.0.113.9", "203.0.113.9"),
        ("2002:cb00:7109::1", "203.0.113.9"),
        ("2001:0:4136:e378:8000:63bf:34ff:8ef6", "203.0.113.9"),
        # RFC 8215 does not say where it stands, RFC 5214 lets each host choose it
        ("64:ff9b:1::203.0.113.9", "64:ff9b:1::cb00:7109/128"),
        ("2001:db8:1:2:0:5efe:203.0.113.9", "2001:db8:1:2::/64"),
        *[(text, UNKNOWN) for text in ("", " ", "unknown", "_hidden", "-", "localhost", "1.2.3", "[", "]:1", "[]:80",
          "0.0.0.0", "::", "1.2.3.4.5", "1.2.3.4:x", "01.2.3.4", "١.٢.٣.٤", "%eth0", "9" * 5000)],
    ],
)  # fmt: skip
def test_an_address_counts_as_its_network(text: str, expected: str) -> None:
    assert network.network_of(text) == expected


@pytest.mark.parametrize(
    ("hops", "peer", "forwarded", "expected"),
    [
        (0, "203.0.113.9", None, "203.0.113.9"),
        (0, "203.0.113.9", "198.51.100.1", "203.0.113.9"),  # any client may send the header
        (0, "10.0.0.1", "198.51.100.1", "10.0.0.1"),
        (0, "", None, UNKNOWN),  # a UNIX socket
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.1:5555", "198.51.100.1"),
        (1, "", "6.6.6.6,, ,198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6, unknown, 10.0.0.2", UNKNOWN),
        # Fewer than the proxies: it came by another way, and says nothing that counts
        (2, "203.0.113.9", "6.6.6.6", "203.0.113.9"),
        (1, "203.0.113.9", None, "203.0.113.9"),
        (1, "10.0.0.1", None, UNKNOWN),  # the proxy itself, which tells nobody's address
        (2, "::ffff:10.0.0.1", "6.6.6.6", UNKNOWN),
        (1, "127.0.0.1", " , ", UNKNOWN),
    ],
)
def test_only_what_a_trusted_proxy_wrote_is_believed(
    settings: Any, hops: int, peer: str, forwarded: str | None, expected: str
) -> None:
    settings.COP_TRUSTED_PROXIES = hops
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory(REMOTE_ADDR=peer).get("/", headers=headers)
    assert network.sender(request) == expected


def test_the_operator_is_told_once_that_addresses_are_not_known(settings: Any, caplog: Any) -> None:
    network._warn.cache_clear()
    for _ in range(3):
        network.sender(RequestFactory(REMOTE_ADDR="").get("/"))
    network.sender(RequestFactory(REMOTE_ADDR="127.0.0.1").get("/", headers={"X-Forwarded-For": "203.0.113.9"}))
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "COP_TRUSTED_PROXIES" in caplog.text
    assert "203.0.113.9" not in caplog.text
