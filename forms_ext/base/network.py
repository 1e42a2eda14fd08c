"""The network that sends a request, by which limits count. Every guard uses it, and nothing is stored in plain text.

An IPv4 address counts by itself, an IPv6 address by its /64, which belongs to one customer. Some IPv6 addresses contain
the sender's own IPv4 address, and count as that one: mapped `::ffff:1.2.3.4`, from a socket for both (RFC 4291,
2.5.5.2), IPv4-compatible (2.5.5.1), IPv4-translated (RFC 2765, 2.1), NAT64 with the well-known prefix (RFC 6052, 2.1),
6to4 (RFC 3056, 2) and Teredo (RFC 4380, 4), whose /64 is shared by all clients of a server.

The prefix for local translators (RFC 8215) does not say where the IPv4 address is, so each of its addresses counts.
ISATAP (RFC 5214) stays a /64, because its users choose the IPv4 address freely.
"""

import logging
import re
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from django.http import HttpRequest

from .conf import conf

logger = logging.getLogger(__name__)

UNKNOWN = ""
# Prefixes after which the last 32 bits are the sender's IPv4 address.
WITH_IPV4 = tuple(IPv6Network(text) for text in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
OWN_TRANSLATORS = IPv6Network("64:ff9b:1::/48")
OURS = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))
LOW = 1 << 16  # ::1 and others in ::/96 that are no IPv4 address
WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d*)?|([0-9.]+):\d*", re.ASCII)


def network_of(text: str) -> str:
    """Return the network of one address as a proxy or server writes it, UNKNOWN if it is none.

    With or without port, brackets, zone or quotes; `for=…` as in a Forwarded header, too.
    """
    text = re.sub(r"^for\s*=\s*", "", text.strip(), flags=re.IGNORECASE).strip("\" '")
    if found := WITH_PORT.fullmatch(text):
        text = found[1] or found[2] or ""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if address.is_unspecified:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is None:
            length = 128 if address in OWN_TRANSLATORS else 64
            return str(IPv6Network((address, length), strict=False))
        address = inner
    return str(address)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the sender's IPv4 address that `address` contains, or None."""
    if address.teredo:
        return address.teredo[1]
    if address.sixtofour:
        return address.sixtofour
    low = int(address) & 0xFFFF_FFFF
    return IPv4Address(low) if low >= LOW and any(address in prefix for prefix in WITH_IPV4) else None


def sender(request: HttpRequest) -> str:
    """Return the network that sent `request`; UNKNOWN if server and proxies do not give it.

    With `COP_TRUSTED_PROXIES`, it is the entry of X-Forwarded-For that the outermost trusted proxy wrote. Earlier
    entries come from the visitor and prove nothing. A request with fewer entries has not passed all proxies; it counts
    by the address at the other end of the connection, unless that is one of our own machines.
    """
    peer, hops = request.META.get("REMOTE_ADDR") or "", conf.COP_TRUSTED_PROXIES
    if hops <= 0:
        found = network_of(peer)
        if "X-Forwarded-For" in request.headers and _is_ours(found):
            _warn("A proxy stands in front, and all its visitors share one limit: set COP_TRUSTED_PROXIES.")
    else:
        entries = [entry for entry in request.headers.get("X-Forwarded-For", "").split(",") if entry.strip()]
        found = network_of(entries[-hops] if len(entries) >= hops else peer)
        if len(entries) < hops and _is_ours(found):
            found = UNKNOWN
    if not found:
        _warn(
            "The addresses of visitors are not known here, so that no limit counts them. Let the web server or the "
            "proxy pass them on, and set COP_TRUSTED_PROXIES (docs/operators.md)."
        )
    return found


def _is_ours(network: str) -> bool:
    """Tell whether `network` can only belong to a machine next to this one."""
    address = ip_address(network.partition("/")[0]) if network else None
    return address is not None and (
        address.is_loopback or address.is_link_local or any(address in each for each in OURS)
    )


@cache  # once for each process
def _warn(text: str) -> None:
    logger.warning(text)
