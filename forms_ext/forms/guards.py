"""What stands between a public form and machines: a trap, the time it took, and limits."""

import ipaddress

from django.http import HttpRequest

from ..base import limits
from ..base.conf import conf

TRAP = "fax_number"
HOUR = 3600


def address_of(request: HttpRequest) -> str:
    """Return the network address of the sender: an IPv4 address or the /64 of an IPv6 one."""
    text = request.META.get("REMOTE_ADDR", "")
    if (hops := conf.COP_TRUSTED_PROXIES) and (forwarded := request.headers.get("X-Forwarded-For")):
        text = forwarded.split(",")[-hops:][0].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)


def address_allowed(request: HttpRequest) -> bool:
    """Count one post of this address; False where it has used up its hour."""
    return limits.hit(f"form:{address_of(request)}", limit=conf.COP_RATE_LIMIT_ADDRESS, seconds=HOUR)


def recipient_allowed(email: str) -> bool:
    """Count one mail to `email`; False where it has got enough of them in this hour."""
    return limits.hit(f"mail:{email.lower()}", limit=conf.COP_RATE_LIMIT_RECIPIENT, seconds=HOUR)
