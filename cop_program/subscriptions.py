"""Links by which calendar apps subscribe to a feed."""

from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext as _


class Subscription(NamedTuple):
    """A link that subscribes to a feed, and the app that it is for."""

    label: str
    url: str


def subscriptions(feed: str, name: str) -> list[Subscription]:
    """Return the links for the calendar at the absolute URL `feed`, called `name`."""
    webcal = urlsplit(feed)._replace(scheme="webcal").geturl()
    outlook = urlencode({"url": feed, "name": name})
    return [
        Subscription(_("Calendar app on this device"), webcal),
        Subscription("Google Calendar", f"https://calendar.google.com/calendar/r?{urlencode({'cid': webcal})}"),
        Subscription("Outlook", f"https://outlook.live.com/calendar/0/addfromweb?{outlook}"),
        Subscription("Microsoft 365", f"https://outlook.office.com/calendar/0/addfromweb?{outlook}"),
    ]
