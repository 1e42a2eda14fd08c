"""Videos of two known hosts: their frames, and their titles by oEmbed."""

import json
import logging
import re
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

logger = logging.getLogger(__name__)

YOUTUBE = re.compile(
    r"^https?://(?:(?:www\.|m\.)?youtube\.com/(?:watch\?(?:.*&)?v=|embed/|live/|shorts/)|youtu\.be/)(?P<id>[\w-]{6,20})"
)
VIMEO = re.compile(r"^https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(?P<id>\d{5,15})(?:/(?P<key>[0-9a-f]+))?")
OEMBED = {"YouTube": "https://www.youtube.com/oembed", "Vimeo": "https://vimeo.com/api/oembed.json"}
TIMEOUT = 3


def provider(url: str) -> str:
    """Return "YouTube", "Vimeo" or ''."""
    if YOUTUBE.match(url):
        return "YouTube"
    return "Vimeo" if VIMEO.match(url) else ""


def player_url(url: str) -> str:
    """Return the URL of the host's player for a frame, which sets no cookie before it plays; '' if unknown."""
    if found := YOUTUBE.match(url):
        return f"https://www.youtube-nocookie.com/embed/{found['id']}?autoplay=1"
    if found := VIMEO.match(url):
        key = f"h={found['key']}&" if found["key"] else ""
        return f"https://player.vimeo.com/video/{found['id']}?{key}dnt=1&autoplay=1"
    return ""


def fetch_title(url: str) -> str:
    """Return the title of a video from its host's oEmbed URL; '' if the host is unknown or does not answer."""
    host = provider(url)
    if not host:
        return ""
    address = f"{OEMBED[host]}?{urlencode({'url': url, 'format': 'json'})}"
    try:
        with urlopen(address, timeout=TIMEOUT) as answer:  # noqa: S310 (one of two fixed https addresses)
            title = json.loads(answer.read(100_000)).get("title")
    except (URLError, TimeoutError, OSError, ValueError, AttributeError):
        logger.info("No metadata of a video at %s", host)
        return ""
    return title[:255] if isinstance(title, str) else ""
