"""The page of the open program compared with a plain Wagtail page with a title and a rich text, for visitors."""

from collections.abc import Callable
from typing import Any

from tests.benchmarks.headless_reading import demo
from tests.benchmarks.measure import Row, alternate, row

ROUNDS, REQUESTS = 15, 20
PLAIN = """{% load wagtailcore_tags %}<!doctype html><html lang="en"><head><title>{{ page.title }}</title></head>
<body><main><h1>{{ page.title }}</h1>{{ page.text|richtext }}</main></body></html>"""


def _plain_page(beside: Any) -> Any:
    """Make a type of page of its own, and a page of it; the template is loaded once, as a file would be."""
    from django.db import connection
    from django.template import engines
    from wagtail.fields import RichTextField
    from wagtail.models import Page

    class PlainPage(Page):
        text = RichTextField()
        template = engines["django"].from_string(PLAIN)

        class Meta:
            app_label = "demo"

    with connection.schema_editor() as editor:
        editor.create_model(PlainPage)
    text = "<p>What it is, <b>who</b> leads it, and a <a href='https://example.org/'>link</a>.</p>" * 5
    return beside.add_sibling(instance=PlainPage(title="Plain", slug="plain", text=text))


def run() -> list[Row]:
    """Measure both in turn through the whole handler, middleware included."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.COP_KEEP_PAGES = True
    page = demo()
    plain, client = _plain_page(page), Client()

    def asking(path: str) -> Callable[[], None]:
        def job() -> None:
            for _ in range(REQUESTS):
                assert client.get(path).status_code == 200

        return job

    addresses = [plain.get_url(), page.get_url()]
    queries = []
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        queries.append(len(asked))
    spent = alternate([asking(address) for address in addresses], rounds=ROUNDS)
    rates = [REQUESTS / one * 1000 for one in spent]
    against = {"baseline": "plain page", "baseline_value": rates[0], "at_least": True}
    return [
        row("program_page", rates[1], "requests/s", ratio=rates[1] / rates[0], goal=0.7, **against),
        row("program_page.queries", queries[1], "queries", baseline="plain page", baseline_value=queries[0]),
    ]
