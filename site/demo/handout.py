"""What a newcomer needs to look around: URLs and logins, printed and written to demo.json."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from wagtail.models import Page, Site

from cop_program.models import ProgramPage

from . import people


def path() -> Path:
    """Return the path of the handout."""
    return Path(settings.DATA_DIR) / "demo.json"


def _known_passwords() -> dict[str, str]:
    try:
        users = json.loads(path().read_text())["users"]
        return {user["username"]: user["password"] for user in users}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _address(base_url: str, name: str, fallback: str) -> str:
    try:
        return base_url + reverse(name)
    except NoReverseMatch:
        return base_url + fallback


def _programs(base_url: str) -> list[dict[str, str]]:
    root = Site.objects.get(is_default_site=True).root_page
    rows = []
    for page in ProgramPage.objects.live().descendant_of(root).order_by("-starts_on"):
        form = Page.objects.child_of(page).live().filter(content_type__model="applicationformpage").first()
        rows.append(
            {
                "title": page.title,
                "slug": page.slug,
                "url": base_url + page.get_url(),
                "application_url": base_url + form.get_url() if form else "",
                "api_url": base_url + reverse("wagtailapi_v3:cop_program", args=[page.pk]),
                "application_api_url": base_url + reverse("wagtailapi_v3:cop_form", args=[form.pk]) if form else "",
                "calendar_url": base_url + reverse("cop_program:calendar", args=[page.pk]),
            }
        )
    return rows


def write(base_url: str) -> dict[str, Any]:
    """Point the site's address to `base_url`, see that the users are there, write demo.json; return its content."""
    host, _, port = base_url.removeprefix("http://").partition(":")
    site = Site.objects.get(is_default_site=True)
    if (site.hostname, site.port) != (host, int(port)):
        site.hostname, site.port = host, int(port)
        site.save()
    content = {
        "base_url": base_url,
        "admin_url": _address(base_url, "wagtailadmin_home", "/admin/"),
        "mailbox_url": _address(base_url, "demo:mailbox", "/demo/mailbox/"),
        "api_url": base_url + reverse("wagtailapi_v3:cop_programs"),
        "openapi_url": base_url + reverse("cop_program:openapi"),
        "users": people.create(_known_passwords()),
        "programs": _programs(base_url),
    }
    draft = path().with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2)
    draft.replace(path())
    return content


def as_text(content: dict[str, Any]) -> str:
    """Return `content` for the terminal."""
    lines = ["", f"  Site      {content['base_url']}/"]
    lines += [f"  Admin     {content['admin_url']}", f"  Mailbox   {content['mailbox_url']}"]
    lines += [f"  Rehearsal {_address(content['base_url'], 'demo:rehearsal', '/demo/rehearsal/')}", ""]
    lines += [f"  {user['role']:<14} {user['username']:<8} {user['password']}" for user in content["users"]]
    lines += ["", f"  Also stored in {path()}. Press Ctrl-C to stop.", ""]
    return "\n".join(lines)
