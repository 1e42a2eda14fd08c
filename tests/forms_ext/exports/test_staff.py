"""Exports in the admin: the rows of the list, directly or in the background, and who may have them."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from cop_program import clock
from cop_program.models import Program
from forms_ext.applications.models import Application
from forms_ext.base import private_files
from forms_ext.exports.models import Export
from forms_ext.exports.sources import SOURCES
from forms_ext.exports.tasks import end_links
from forms_ext.invoices import actions
from forms_ext.invoices.tasks import store_pdf
from forms_ext.ledger import actions as billing
from tests.forms_ext.admin_fixtures import START
from tests.forms_ext.exports.asking import CSV, body, lines, url

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
type Make = Callable[..., Application]

# --- What is in it -------------------------------------------------------------------------------


def test_the_rows_are_those_of_the_register_in_its_order(staff: Client, make_application: Make) -> None:
    make_application(name="Ada", state="accepted")
    make_application(name="Bo", state="submitted", answers={"hopes": "=1+1"})
    make_application(name="Adam", state="submitted")
    make_application(name="Adele", state="submitted")
    query = "q=ad&state=submitted&order_by=-name"
    page = staff.get(f"{reverse('cop_applications_modeladmin_index')}?{query}")
    shown = [row.name for row in page.context["object_list"]]
    assert url("applications", query).replace("&", "&amp;") in page.content.decode()
    assert "<strong>2 rows</strong>" in staff.get(url("applications", query)).content.decode()
    found = lines(body(staff.post(url("applications", query), CSV)))
    assert [row["name"] for row in found] == shown == ["Adele", "Adam"]
    assert {row["answers.hopes"] for row in found} == {"More consent"}


def test_live_results_bring_a_button_with_the_new_filters(staff: Client, make_application: Make) -> None:
    make_application()
    page = staff.get(f"{reverse('cop_applications_modeladmin_results')}?q=app&_w_filter_fragment=true")
    assert f'"{url("applications", "q=app")}"' in page.content.decode()


def test_formulas_are_harmless_in_a_csv(staff: Client, make_application: Make) -> None:
    make_application(answers={"hopes": "=HYPERLINK(1)"}, organization="@SUM(A1)")
    row = lines(body(staff.post(url("applications"), CSV)))[0]
    assert (row["answers.hopes"], row["organization"]) == ("'=HYPERLINK(1)", "'@SUM(A1)")


def test_options_decide_how_it_is_written(staff: Client, make_application: Make) -> None:
    make_application(submitted_at=START)
    chosen = CSV | {"delimiter": ";", "bom": "on", "date_format": "day", "time_zone": "Asia/Kathmandu"}
    answer = staff.post(url("applications"), chosen | {"headings": "labels"})
    assert answer["Content-Disposition"] == 'attachment; filename="applications-2024-01-10.csv"'
    assert "no-store" in answer["Cache-Control"]
    data = body(answer)
    assert data.startswith(b'\xef\xbb\xbf"Reference";')
    assert "Sent (Asia/Kathmandu)" in data.decode()
    assert '"10.01.2024 22:45:00"' in data.decode()
    assert staff.post(url("applications"), CSV | {"delimiter": "|"}).status_code == 422


def test_a_workbook_has_real_dates_and_money(staff: Client, money: Any) -> None:
    actions.issue_invoice(account=money)
    sheet = openpyxl.load_workbook(io.BytesIO(body(staff.post(url("invoices"), CSV | {"format": "xlsx"})))).worksheets[
        0
    ]
    cells = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))
    assert (cells["total"].value, cells["total"].number_format) == (money.invoices.get().total.amount, "#,##0.00")
    assert cells["due_on"].value.date() == money.invoices.get().due_on
    assert cells["issued_at"].is_date
    assert sheet.freeze_panes == "A2"


def test_ledger_rows_add_up_to_what_the_account_owes(staff: Client, money: Any) -> None:
    found = lines(body(staff.post(url("ledger"), CSV)))
    owed = lines(body(staff.post(url("accounts"), CSV)))[0]
    assert [row["kind"] for row in found] == ["fee", "payment", "payment"]
    assert found[2]["amount"] == "-50.00"
    assert f"{sum(float(row['amount']) for row in found):.2f}" == owed["owed"]
    read = [json.loads(line) for line in body(staff.post(url("ledger"), CSV | {"format": "jsonl"})).splitlines()]
    assert read[2]["amount"] == {"amount": "-50.00", "currency": "USD"}


def test_a_reversed_payment_stands_in_the_ledger_and_counts_nowhere(staff: Client, money: Any) -> None:
    reversal = billing.reverse_payment(payment=money.payments.get(row__amount=-50), reason="Typed twice")
    found = lines(body(staff.post(url("ledger"), CSV)))
    row = next(row for row in found if row["kind"] == "payment_reversal")
    assert (row["amount"], row["note"]) == ("50.00", "Typed twice")
    assert (row["cancellation"], row["cancels"]) == (reversal.receipt.number, reversal.payment.receipt.number)
    [account] = lines(body(staff.post(url("accounts"), CSV)))
    assert (account["paid_total"], account["owed"]) == ("100.00", "1897.00")


def test_mails_hold_no_secrets(staff: Client, money: Any) -> None:
    found = lines(body(staff.post(url("mails"), CSV)))
    assert found
    assert not {"secrets", "text", "html", "fields"} & set(found[0])


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_large_number_of_rows_asks_no_more_queries(kind: str, staff: Client, make_application: Make) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            body(staff.post(url("applications"), CSV | {"format": kind}))
        return len(asked)

    make_application()
    queries()
    one = queries()
    for _number in range(20):
        make_application()
    assert queries() == one


# --- In the background ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_large_export_is_the_same_file_behind_a_private_link(
    kind: str,
    staff: Client,
    client_of: Callable[[str], Client],
    make_application: Make,
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    for name in ("Ada", "Bo", "Cy"):
        make_application(name=name)
    chosen = CSV | {"format": kind}
    at_once = body(staff.post(url("applications", "order_by=name"), chosen))
    settings.COP_EXPORT_BACKGROUND_ROWS = 2
    with django_capture_on_commit_callbacks(execute=True):
        answer = staff.post(url("applications", "order_by=name"), chosen)
    export = Export.objects.get(state=Export.State.READY)
    assert answer["Location"] == reverse("cop_exports:job", args=[export.pk])
    file = reverse("cop_exports:file", args=[export.pk])
    assert file in staff.get(answer["Location"]).content.decode()
    taken = staff.get(file)
    assert "no-store" in taken["Cache-Control"]
    data = body(taken)
    if kind == "xlsx":
        values = [
            list(openpyxl.load_workbook(io.BytesIO(found)).worksheets[0].iter_rows(values_only=True))
            for found in (data, at_once)
        ]
        assert values[0] == values[1]
    elif kind == "csv":  # the server's COPY leaves the quotation marks of an empty cell away
        assert lines(data) == lines(at_once)
    else:
        assert data == at_once
    assert client_of("administrator").get(file).status_code == 404, "it is for who asked"
    assert client_of("reviewer").get(file).status_code in {302, 403, 404}


def test_the_link_ends_and_the_file_with_it(
    staff: Client, make_application: Make, small: None, django_capture_on_commit_callbacks: Any
) -> None:
    make_application()
    make_application()
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(url("applications"), CSV)
    export = Export.objects.get()
    with clock.at(START + timedelta(hours=25)):
        file = reverse("cop_exports:file", args=[export.pk])
        assert staff.get(file).status_code == 302, "also before the file is deleted"
        assert end_links() == 1
        assert not private_files.exists(export.path)
        assert "deleted" in staff.get(reverse("cop_exports:job", args=[export.pk])).content.decode()
        assert end_links() == 0


# --- Who, and what is remembered -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"), [("anonymous", 302), ("editor", 403), ("reviewer", 403), ("staff", 200), ("administrator", 200)]
)
@pytest.mark.parametrize("name", sorted(SOURCES))
def test_who_may_export(
    name: str, role: str, status: int, program: Program, client_of: Callable[[str], Client]
) -> None:
    client = client_of(role)
    answers = [client.get(url(name)), client.post(url(name), CSV)]
    if status == 403:  # Wagtail leads who lacks a permission back to its home
        assert [answer.status_code for answer in answers] == [302, 302]
        assert {answer["Location"] for answer in answers} == {"/admin/"}
    else:
        assert [answer.status_code for answer in answers] == [status, status]
    assert Export.objects.exists() == (status == 200)


def test_who_may_export_still_gets_no_more_than_they_may_read(
    program: Program, user: Callable[[str], Any], client_of: Callable[[str], Client]
) -> None:
    user("reviewer").user_permissions.add(Permission.objects.get(codename="add_export"))
    client = client_of("reviewer")
    assert client.post(url("applications"), CSV).status_code == 200
    for name in set(SOURCES) - {"applications"}:
        assert client.post(url(name), CSV)["Location"] == "/admin/", name


def test_reviewers_see_no_button(reviewer: Client, make_application: Make) -> None:
    make_application()
    page = reviewer.get(reverse("cop_applications_modeladmin_index"))
    assert "cop/exports" not in page.content.decode()


def test_the_audit_log_says_who_took_what_and_how_many(staff: Client, make_application: Make) -> None:
    make_application(state="accepted")
    make_application(state="submitted")
    staff.post(url("applications", "state=accepted"), CSV)
    entry = ModelLogEntry.objects.get(action="forms_ext.exports.export")
    assert entry.user.username == "staff"
    noted = {"what": "applications", "format": "csv", "filter": "state=accepted", "search": False, "rows": 1}
    assert entry.data == noted
    assert entry.timestamp == START


def test_what_was_searched_for_is_kept_nowhere(
    staff: Client, make_application: Make, small: None, program: Program, django_capture_on_commit_callbacks: Any
) -> None:
    """Only an export that is still to be written knows it, until its link ends."""
    make_application(email="anna@example.org")
    query = f"q=anna%40example.org&state=submitted&state=o%27hara%40x.org&program={program.pk}&anna=anna&order_by=name"
    assert len(lines(body(staff.post(url("applications", query), CSV)))) == 1
    make_application(email="anna@example.org", name="Anna")
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(url("applications", "q=anna%40example.org"), CSV)
    logged = [entry.data for entry in ModelLogEntry.objects.filter(action="forms_ext.exports.export").order_by("pk")]
    assert logged[0]["filter"] == f"state=submitted&state=&program={program.pk}"
    assert [(entry["search"], entry["rows"]) for entry in logged] == [(True, 1), (True, 2)]
    assert "anna" not in str(logged)
    assert sorted(Export.objects.values_list("state", "query")) == [
        ("ready", "q=anna%40example.org"),
        ("streamed", ""),
    ]
    with clock.at(START + timedelta(hours=25)):
        end_links()
    assert not Export.objects.exclude(query="").exists()
    ended = Export.objects.get(state=Export.State.ENDED)
    assert "Export again" not in staff.get(reverse("cop_exports:job", args=[ended.pk])).content.decode()


def test_the_filter_by_day_is_in_the_audit_log(staff: Client, program: Program) -> None:
    staff.post(url("submissions", "page=3&submitted_at_from=2024-01-01&submitted_at_to=2024-01-31"), CSV)
    data = ModelLogEntry.objects.get(action="forms_ext.exports.export").data
    assert data["filter"] == "page=3&submitted_at_from=2024-01-01&submitted_at_to=2024-01-31"


# --- From the command line -----------------------------------------------------------------------


def test_the_command_writes_a_program(make_application: Make, program: Program, tmp_path: Any) -> None:
    make_application(name="Ada")
    target = tmp_path / "applications.csv"
    options = {"program": program.page.slug, "output": target, "headings": "keys", "verbosity": 0}
    call_command("cop_export", "applications", **options)
    assert [row["name"] for row in lines(target.read_bytes())] == ["Ada"]
    assert [path.name for path in tmp_path.iterdir()] == ["applications.csv"]
    assert ModelLogEntry.objects.get(action="forms_ext.exports.export").user is None
    with pytest.raises(CommandError, match="no program 'nowhere'"):
        call_command("cop_export", "applications", program="nowhere")


def test_the_command_tells_of_the_columns(make_application: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make_application()
    call_command("cop_export", "applications", columns=True)
    told = {column["key"]: column for column in json.loads(capsys.readouterr().out)}
    assert told["answers.hopes"] == {
        "key": "answers.hopes",
        "label": "What do you hope for?",
        "earlier_labels": [],
        "type": "text",
    }


def test_pdfs_of_invoices_are_packed(money: Any, tmp_path: Any) -> None:
    invoice = actions.issue_invoice(account=money)
    assert invoice
    target = tmp_path / "invoices.zip"
    call_command("cop_export", "invoice-pdfs", format="zip", output=target)
    assert zipfile.ZipFile(target).namelist() == [], "it is not drawn yet"
    store_pdf(invoice.pk)
    invoice.refresh_from_db()
    call_command("cop_export", "invoice-pdfs", format="zip", output=target)
    with zipfile.ZipFile(target) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == [f"{invoice.number}.pdf"]
        assert packed.read(f"{invoice.number}.pdf") == private_files.read(invoice.pdf_path)
    with pytest.raises(CommandError, match="format"):
        call_command("cop_export", "invoice-pdfs", format="csv", output=target)
