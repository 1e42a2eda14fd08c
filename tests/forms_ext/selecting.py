"""Rows selected in a list, as its script and the next page post them."""

from collections.abc import Iterable
from typing import Any

from django.test import Client
from django.urls import reverse

from forms_ext.applications.models import Application

INDEX = "/admin/cop/applications/"


def address(action: str) -> str:
    return reverse("wagtail_bulk_action", args=["forms_ext", "application", action])


def select(client: Client, action: str, rows: Iterable[Application] | str, back: str = INDEX) -> Any:
    """Post what is selected, as the listing does."""
    chosen = rows if isinstance(rows, str) else " ".join(str(row.pk) for row in rows)
    return client.post(address(action), {"rows": chosen, "next": back})


def confirm(client: Client, page: Any, **values: Any) -> Any:
    """Send the form of the page that shows what will be done."""
    data = {"rows": page.context["selection"], "next": page.context["next"], "confirmed": "1", "reason": ""}
    return client.post(page.context["submit_url"], data | values, follow="preview" not in values)
