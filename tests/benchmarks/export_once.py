"""One export in its own process: `fill ROWS`, or `ours|wagtail csv|xlsx`. Prints what it measured as JSON."""

import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import django

START = datetime(2024, 1, 10, 17, tzinfo=UTC)
KINDS = [
    "text",
    "email",
    "choice",
    "country",
    "long_text",
    "long_text",
    "text",
    "number",
    "date",
    "link",
    "text",
    "text",
]
QUESTIONS = [{"key": f"question_{n}", "type": kind, "label": f"Question {n}"} for n, kind in enumerate(KINDS, 1)]


def answers(number: int) -> dict[str, Any]:
    """Return twelve answers as an applicant would give them."""
    values = [
        f"Person {number}", f"person{number}@example.org", "A member of a small team", "CA",
        f"We are a co-operative of {number % 90} people, and our sessions take too long.",
        'To decide by consent, and to say "no" without fear; more than that: to enjoy it.',
        "From a friend", number % 60, "2026-03-01", "https://example.org/about", "Toronto", "Every other Tuesday",
    ]  # fmt: skip
    return {question["key"]: value for question, value in zip(QUESTIONS, values, strict=True)}


def fill(count: int) -> None:
    """Add so many submissions to ours and to Wagtail's table."""
    from django.db import connection
    from wagtail.contrib.forms.models import FormSubmission
    from wagtail.models import Page

    from forms_ext.forms.models import FormVersion
    from forms_ext.submissions.models import Submission
    from forms_ext.submissions.pages import FormPage

    page = FormPage.objects.first() or Page.objects.get(depth=2).add_child(instance=FormPage(title="Form", slug="form"))
    version = FormVersion.objects.filter(page=page).first() or FormVersion.objects.create(
        page=page, number=1, definition={"questions": QUESTIONS}, sha256="a", created_at=START
    )
    there = Submission.objects.count()
    for first in range(there, there + count, 1000):
        numbers = range(first, min(first + 1000, there + count))
        Submission.objects.bulk_create(
            Submission(
                page=page,
                version=version,
                answers=answers(n),
                submitted_at=START + timedelta(minutes=n),
                reference=f"S-{n}",
                title=f"Person {n}",
            )
            for n in numbers
        )
        if there == 0:
            FormSubmission.objects.bulk_create(FormSubmission(page=page, form_data=answers(n)) for n in numbers)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a server does by itself


def request(query: str) -> Any:
    """Return a request of an administrator."""
    from django.contrib.auth.models import User
    from django.test import RequestFactory

    asked = RequestFactory().get(f"/?{query}")
    user = User.objects.filter(is_superuser=True).first()
    asked.user = user or User.objects.create_superuser("bench", "bench@example.org", "x")
    return asked


def wagtail(kind: str, *, is_warm_up: bool = False) -> Any:
    """Return the answer of Wagtail's own view, on the same answers in Wagtail's own table; no rows to warm up."""
    from wagtail.contrib.forms.models import FormSubmission
    from wagtail.contrib.forms.views import SubmissionsListView

    from forms_ext.submissions.pages import FormPage

    page = FormPage.objects.get()
    fields = [("submit_time", "Submission date"), *((q["key"], q["label"]) for q in QUESTIONS)]
    rows = FormSubmission.objects.filter(page=None if is_warm_up else page)
    with (
        patch.object(FormPage, "get_submissions", lambda self: rows),
        patch.object(FormPage, "get_data_fields", lambda self: fields),
        patch("wagtail.contrib.forms.views.get_forms_for_user", lambda user: FormPage.objects.all()),
    ):
        return SubmissionsListView.as_view()(request(f"export={kind}"), form_page=page)


def ours(kind: str, *, is_warm_up: bool = False) -> Any:
    """Return the answer of our view; no rows to warm up."""
    from django.http import StreamingHttpResponse

    from forms_ext.exports import actions, content
    from forms_ext.exports.options import Options
    from forms_ext.exports.sources import SOURCES

    export = actions.begin(
        source=SOURCES["submissions"],
        format=kind,
        query="q=nobody" if is_warm_up else "",
        options=Options(bom=True),
        by=request("").user,
        background=False,
    )
    return StreamingHttpResponse(content.stream(export))


def peak() -> float:
    """Return the peak of this process's memory in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure what the arguments say."""
    root = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(root / "site"), str(root)]
    django.setup()
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
        print("{}")
        return
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    reverse("wagtailadmin_home")  # a web server has read all addresses long before
    side, kind = {"ours": ours, "wagtail": wagtail}[sys.argv[1]], sys.argv[2]
    list(side(kind, is_warm_up=True).streaming_content)  # and has exported before
    before, started, first, size = peak(), time.perf_counter(), 0.0, 0
    with CaptureQueriesContext(connection) as asked:
        for part in side(kind).streaming_content:
            first = first or time.perf_counter() - started
            size += len(part)
    seconds, after = time.perf_counter() - started, peak()
    print(
        json.dumps(
            {
                "seconds": seconds,
                "first": first,
                "size": size,
                "peak_mb": after,
                "grown_mb": after - before,
                "queries": len(asked),
            }
        )
    )


if __name__ == "__main__":
    main()
