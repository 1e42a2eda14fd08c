"""Every page with each task, status, filter and message that it can show: none fails, none lacks a text."""

import json
import smtplib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives
from django.db.models import Model
from django.test import Client
from django.urls import get_resolver, reverse
from djmoney.money import Money
from wagtail.images.models import Image

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission import places
from forms_ext.applications import emails
from forms_ext.applications.models import Application
from forms_ext.base.admin.views import StaffActionView
from forms_ext.exports.models import Export
from forms_ext.invoices import actions, pdf
from forms_ext.invoices.models import Invoice
from forms_ext.ledger import actions as billing
from forms_ext.ledger.models import AccountRow, Issuer, Payment
from forms_ext.mail import bounces, delivery
from forms_ext.mail.models import MailTemplate, OutgoingMail
from forms_ext.programs.admin.dashboard import Dashboard
from forms_ext.programs.models import BatchItem, BatchRun
from forms_ext.registration import queries
from forms_ext.registration.models import Registration
from tests.forms_ext.admission import factories
from tests.forms_ext.base.admin.test_listing import text
from tests.forms_ext.base.admin.test_roles import (
    TABLE,
    address,
    things,  # noqa: F401  (a fixture)
)
from tests.forms_ext.forms.factories import make_application_form, make_registration_form
from tests.forms_ext.ledger.factories import FEE
from tests.watching import missing_variables, wrong_with

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
DAY = timedelta(days=1)
STARTED = datetime(2024, 3, 1, 17, tzinfo=UTC)
OVER = datetime(2024, 7, 1, 17, tzinfo=UTC)
INDEXES = [name for name in TABLE if name.endswith("_modeladmin_index")]


@pytest.fixture(autouse=True)
def watched() -> Iterator[None]:
    """Fail if one of our templates uses an undefined variable."""
    with clock.at(datetime(2024, 2, 1, 17, tzinfo=UTC)), missing_variables() as missing:
        yield
    assert missing == set()


def look(client: Client, path: str) -> str:
    """Open a page, which has to be all right, and return its text."""
    response = client.get(path, follow=True)
    assert (response.status_code, wrong_with(response)) in {(200, ""), (404, "")}, (path, response.status_code)
    return text(response) if hasattr(response, "content") else ""


# What the home of a program says is to do ----------------------------------------------------------

State = Registration.State


def refused_mail(program: Program, *, by: str = "server") -> None:
    """Let an email to an address that a stranger typed be refused at once, or bounce."""
    application = factories.make_application(program, 70, name="Stranger", email="nobody@refused.example")
    emails.send_receipt(application)
    mail = OutgoingMail.objects.get(recipient=application.email)
    if by == "provider":
        OutgoingMail.objects.filter(pk=mail.pk).update(state=OutgoingMail.State.SENT)
        assert bounces.mark_bounced(pk=mail.pk, recipient=mail.recipient, reason="550 \0 unknown")
        return
    refusal = smtplib.SMTPRecipientsRefused({mail.recipient: (550, b"5.1.1 No such user here")})
    with mock.patch.object(EmailMultiAlternatives, "send", side_effect=refusal):
        assert not delivery.deliver(mail.pk)


def member(program: Program, number: int = 1) -> Registration:
    return factories.pay(factories.make_registration(program, number))


def failed_pdf(program: Program) -> None:
    with mock.patch.object(pdf, "render", side_effect=ValueError):
        actions.issue_invoice(account=member(program).account)
    Invoice.objects.update(pdf_attempts=3)


def unpublished(program: Program) -> None:
    member(program)
    program.page.unpublish()


def form_unpublished(program: Program) -> None:
    factories.accept(factories.make_application(program))


def link_expired(program: Program) -> datetime:
    invitation, _token = factories.accept(factories.make_application(program))
    return invitation.ends_at + DAY


def receipt_not_drawn(program: Program) -> datetime:
    member(program)
    return clock.now() + DAY


def not_invoiced(program: Program) -> None:
    member(program)
    Program.objects.filter(pk=program.pk).update(status=Program.Status.CONFIRMED)


def logo_not_drawn(program: Program) -> None:
    image = Image.objects.create(
        title="Logo",
        file=ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", name="logo.svg"),
        width=9,
        height=9,
    )
    Issuer.objects.update(logo=image)


def failed_item(program: Program) -> None:
    run = BatchRun.objects.create(program=program, kind="confirm", started_at=clock.now())
    BatchItem.objects.create(run=run, registration=member(program), state="failed", error="ValueError: x")


def waits_though_free(program: Program) -> None:
    places.set_capacity(program=program, capacity=1)
    factories.make_registration(program, 1)
    factories.make_registration(program, 2)
    places.set_capacity(program=program, capacity=3)


def overdue(program: Program) -> datetime:
    actions.issue_invoice(account=member(program).account)
    return STARTED


def unused_text(program: Program) -> None:
    body = '<p><a href="https://elsewhere.example/?t={link}">Register</a></p>'
    MailTemplate.objects.create(kind="accepted", scope=program.scope, language="en", subject="x", body=body)


def overpaid(program: Program) -> Registration:
    return factories.pay(member(program), FEE)


def overpaid_unlisted(program: Program) -> None:
    for refund in overpaid(program).account.refunds_due.all():
        billing.withdraw_refund(refund=refund, reason="x")


def listed_refund(program: Program) -> None:
    overpaid(program)


def uncovered_refund(program: Program) -> None:
    account = overpaid(program).account
    billing.reverse_payment(payment=account.payments.last(), reason="x")


def listed_rebate(program: Program) -> None:
    account = factories.pay(member(program), FEE - factories.DEPOSIT).account
    billing.list_rebate(account=account, amount=Money(5, "USD"))


def rebate_is_due(program: Program) -> datetime:
    registration = member(program)
    with clock.at(STARTED):
        factories.pay(registration, FEE - factories.DEPOSIT)
    return STARTED


def confirmed_and_over(program: Program) -> datetime:
    Program.objects.filter(pk=program.pk).update(status=Program.Status.CONFIRMED)
    return OVER


#: Makes the dashboard show each of its tasks; returns the moment to look, if not now.
TASKS: dict[str, list[Callable[[Program], datetime | None]]] = {
    "failed_mails": [refused_mail, lambda program: refused_mail(program, by="provider")],
    "unused_texts": [unused_text],
    "hidden": [unpublished, form_unpublished],
    "too_late": [link_expired],
    "failed_invoices": [failed_item],
    "missing_pdfs": [failed_pdf, receipt_not_drawn],
    "missing_invoices": [not_invoiced],
    "logo": [logo_not_drawn],
    "holds": [
        lambda program: factories.make_registration(program) and None,
        lambda program: factories.make_registration(program).invitation.place.held_until - DAY,
    ],
    "to_decide": [lambda program: factories.make_application(program) and None],
    "free_places": [waits_though_free],
    "confirmable": [lambda program: member(program) and None],
    "overdue": [overdue],
    "overpaid": [overpaid_unlisted],
    "refunds": [listed_refund],
    "uncovered_refunds": [uncovered_refund],
    "rebates": [listed_rebate],
    "rebates_to_list": [rebate_is_due],
    "close": [confirmed_and_over],
}


def test_every_task_has_its_case() -> None:
    assert set(TASKS) == set(Dashboard.TASKS)


@pytest.mark.parametrize(("name", "number"), [(name, n) for name, cases in TASKS.items() for n in range(len(cases))])
def test_the_home_of_a_program_shows_each_task_and_its_list(staff: Client, name: str, number: int) -> None:
    with clock.at(factories.START):
        program = factories.open_program()
        moment = TASKS[name][number](program) or clock.now()
    with clock.at(moment):
        program = Program.objects.select_related("page").get(pk=program.pk)
        task = getattr(Dashboard(program), name)()
        assert task is not None
        page = look(staff, reverse("cop_programs:program", args=[program.pk]))
        assert task.text in page
        there = look(staff, task.url)
        assert "No results" not in there
        if name == "failed_mails":
            assert "Stranger" in there
            mail = OutgoingMail.objects.get(state="failed")
            assert "nobody@refused.example" in look(staff, reverse("forms_ext_mail:mail", args=[mail.pk]))


# States --------------------------------------------------------------------------------------------

#: Where each field with a choice shows: the thing whose field takes each value in turn, and the pages.
#: `None` stands for rows that are frozen, of which the things hold what they can be.
SHOWN: dict[tuple[type[Model], str], tuple[str | None, list[str]]] = {
    (Program, "status"): ("program", [n for n in TABLE if n.startswith(("cop_programs:", "cop_registration:"))]),
    (Application, "state"): ("application", ["cop_admission:person", "cop_applications_modeladmin_index"]),
    (Application, "source"): ("application", ["cop_admission:person", "cop_applications_modeladmin_index"]),
    (Registration, "state"): (
        "registration",
        [n for n in TABLE if n.startswith(("cop_registration:", "cop_registrations"))],
    ),
    (OutgoingMail, "state"): ("mail", ["forms_ext_mail:mail", "cop_outbox_modeladmin_index"]),
    (Export, "state"): ("export", ["cop_exports:job", "cop_exports:file", "cop_exports:export"]),
    (BatchRun, "kind"): ("run", ["cop_programs:run", "cop_programs:program"]),
    (BatchItem, "state"): ("item", ["cop_programs:run", "cop_programs:program"]),
    (AccountRow, "kind"): (None, ["cop_billing:account"]),
    (Payment, "method"): (None, ["cop_billing:account"]),
    (Invoice, "kind"): (None, ["cop_billing:account", "cop_invoices_modeladmin_index"]),
}
NOT_A_STATE = {"country", "payer_country", "currency", "amount_currency", "total_currency", "home_zone", "fee_currency"}


def choices() -> set[tuple[type[Model], str]]:
    """Return every field of our models that takes one of a few values."""
    models = [*apps.get_app_config("forms_ext").get_models(), Program]
    return {
        (model, field.name)
        for model in models
        for field in model._meta.get_fields()
        if getattr(field, "choices", None) and field.name not in NOT_A_STATE
    }


def test_every_state_has_its_pages() -> None:
    assert {(model, name) for model, name in choices() if model.__name__ != "Decision"} == set(SHOWN)


@pytest.fixture
def everything(things: dict[str, Any], program: Program) -> dict[str, Any]:  # noqa: F811
    """The things of the roles, with a run that has an item."""
    run = BatchRun.objects.get()
    item = BatchItem.objects.create(run=run, registration_id=things["registration"], error="ValueError: x")
    return things | {"run": run.pk, "item": item.pk}


@pytest.mark.parametrize("case", sorted(SHOWN, key=lambda one: (one[0].__name__, one[1])), ids=str)
def test_every_state_shows_on_its_pages(
    case: tuple[type[Model], str], client_of: Callable[[str], Client], everything: dict[str, Any]
) -> None:
    model, field = case
    thing, pages = SHOWN[case]
    client = client_of("administrator")
    if thing is None:
        make_frozen_rows(everything["account"])
        values = {value for value, _label in model._meta.get_field(field).choices}  # type: ignore[union-attr]
        assert set(model._default_manager.values_list(field, flat=True)) == values
        for name in pages:
            look(client, address(name, everything))
        return
    for value, _label in model._meta.get_field(field).choices:  # type: ignore[union-attr]
        if model is BatchRun:
            BatchRun.objects.exclude(pk=everything[thing]).delete()  # a program has one of each kind
        if model is Program and value == Program.Status.OPEN:
            BatchItem.objects.all().delete()
            BatchRun.objects.all().delete()  # an open program has none
        model._default_manager.filter(pk=everything[thing]).update(**{field: value})
        for name in pages:
            look(client, address(name, everything))


def make_frozen_rows(pk: int) -> None:
    """Let an account have rows, payments and documents of every kind."""
    account = apps.get_model("forms_ext", "Account").objects.get(pk=pk)
    today = clock.now().date()
    for method in Payment.Method.values:
        billing.record_payment(account=account, amount=FEE, received_on=today, method=method)
    billing.record_refund(refund=account.refunds_due.first(), paid_on=today)
    billing.record_rebate_paid(rebate=account.rebate_due, paid_on=today)
    actions.issue_credit_note(invoice=account.invoices.get(kind="invoice"), cause="x")
    billing.reverse_fee(account=account)
    billing.post_cancellation_fee(account=account, amount=Money(1, "USD"))


# Filters -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", INDEXES)
def test_every_listing_shows_with_each_value_of_its_filters(
    index: str, client_of: Callable[[str], Client], everything: dict[str, Any]
) -> None:
    client, path = client_of("administrator"), reverse(index)
    response = client.get(path)
    filters = response.context["filters"].filters
    assert filters
    asked = [
        (name, value)
        for name, one in filters.items()
        if callable(offered := one.extra.get("choices"))
        for value, _label in offered()
    ]
    asked += [(f"{name}_from", "2024-01-01") for name in filters if name == "submitted_at"]
    assert asked
    for name, value in [*asked, ("q", "ada"), ("q", "\0"), ("ordering", "-pk"), *((name, "a\0b") for name in filters)]:
        for view in (path, f"{path}results/"):
            page = client.get(view, {name: value})
            assert (page.status_code, wrong_with(page)) == (200, ""), (view, name, value)


# Messages ------------------------------------------------------------------------------------------

#: What each page that does something is sent to do it; `...` where an editor's own page is another test's.
SENT: dict[str, dict[str, Any]] = {
    "cop_admission:enter": {"program": "program"},
    "cop_admission:correct": {"name": "Another name", "email": "another@example.org", "reason": ""},
    "cop_programs:confirm": {},
    "cop_programs:cancel": {"reason": "Too few", "sure": "on"},
    "cop_programs:close": {},
    "cop_programs:places": {"number": "4"},
    "cop_programs:applications": {},
    "cop_programs:transfer_days": {"days": "3"},
    "cop_programs:tell_changes": {},
    "cop_programs:dont_tell": {},
    "cop_programs:run": {},
    "cop_programs:new_edition": {"first_day": "2024-09-02", "title": "Autumn"},
    "cop_registration:cancel": {"amount": "", "reason": ""},
    "cop_registration:correct": {"name": "Another name", "email": "another@example.org", "reason": ""},
    "cop_registration:new_address": {},
    "cop_registration:reverse_payment": {"reason": "Wrong account", "last_day": "2024-02-08", "message": ""},
    "cop_registration:hold": {"last_day": "2024-03-02"},
    "cop_submissions:delete": {},
    "cop_billing:pay": {"amount": "5", "received_on": "2024-01-30", "method": "cash", "note": "", "key": "k" * 32},
    "cop_billing:correct_payer": {"payer_name": "Ada", "payer_address": "1 First Street", "payer_country": "US"},
    "cop_billing:issue": {},
    "cop_billing:remind": {"message": ""},
    "cop_billing:list_refund": {"amount": "5", "reason": "Too much"},
    "cop_billing:refund": {"paid_on": "2024-02-01"},
    "cop_billing:withdraw_refund": {"reason": "Not due"},
    "cop_billing:rebate": {"paid_on": "2024-02-01"},
    "cop_billing:list_rebates": {"program": "program"},
}


def action_pages() -> set[str]:
    """Return the addresses of the pages that do something."""
    found = set()
    for name in TABLE:
        if name.startswith("bulk:") or name.endswith(("_index", "_results")):
            continue
        space, colon, last = name.partition(":")
        if not colon:
            continue  # the note on the privacy of pages only answers its own script
        pattern = get_resolver().namespace_dict[space][1]
        for one in pattern.url_patterns:
            if one.name == last and issubclass(one.callback.view_class, StaffActionView):
                found.add(name)
    return found


def test_every_page_that_does_something_has_its_case() -> None:
    assert action_pages() == set(SENT)


@pytest.mark.parametrize("name", SENT)
def test_every_page_says_what_it_has_done_and_what_it_refuses(
    name: str, client_of: Callable[[str], Client], everything: dict[str, Any]
) -> None:
    client, url = client_of("administrator"), address(name, everything)
    data = {key: everything.get(value, value) for key, value in SENT[name].items()}
    if name == "cop_programs:confirm":
        BatchItem.objects.all().delete()
        BatchRun.objects.all().delete()
    for sent in (dict.fromkeys(data, "\x00"), {}, data, data):  # nonsense, nothing, what is right, and once more
        response = client.post(url, sent, follow=True)
        assert wrong_with(response) == "", (name, sent)
        assert response.status_code in {200, 404, 409, 422}, (name, sent)


@pytest.mark.parametrize("action", ["note", "link", "revoke", *Application.State.values])
def test_the_page_of_a_person_says_what_it_has_done(
    action: str, client_of: Callable[[str], Client], everything: dict[str, Any]
) -> None:
    client, url = client_of("staff"), address("cop_admission:person", everything)
    if action in {"link", "revoke"}:
        client.post(url, {"action": "accepted", "accepted-reason": ""})
    for values in ({"note-text": "Good"}, {f"{action}-reason": "", f"{action}-link_ends_on": "2024-02-20"}, {}):
        response = client.post(url, {"action": action, "seen": "submitted"} | values, follow=True)
        assert wrong_with(response) == ""
        assert response.status_code in {200, 409, 422}


def test_the_mails_say_what_was_done_with_them(client_of: Callable[[str], Client], everything: dict[str, Any]) -> None:
    client = client_of("administrator")
    for state in OutgoingMail.State.values:
        OutgoingMail.objects.filter(pk=everything["mail"]).update(state=state)
        assert wrong_with(client.post(address("forms_ext_mail:mail", everything), follow=True)) == ""
    url = address("forms_ext_mail:template", everything)
    body = json.dumps({"blocks": [{"text": "Hello", "type": "unstyled", "key": "a"}], "entityMap": {}})
    text_of_mail = {"subject": "Hello", "body": body, "button_label": ""}
    for data in ({}, {"preview": "1"}, text_of_mail, text_of_mail | {"preview": "1"}, {"reset": "1"}):
        assert wrong_with(client.post(url, data, follow=True)) == ""


# What the public sees ------------------------------------------------------------------------------


@pytest.fixture
def opened() -> Program:
    """A program on the site, with both forms and a member."""
    from wagtail.models import Site

    with clock.at(factories.START):
        program = factories.open_program(cancellation_policy="<p>It is kept after that.</p>")
        site = Site.objects.get(is_default_site=True)
        site.root_page = program.page.get_parent()
        site.save()
        program.page.save_revision().publish()
        make_application_form(program.page)
        make_registration_form(program.page)
        member(program)
        return program


def public_pages(program: Program) -> list[str]:
    forms = list(program.page.get_children().specific())
    return [
        program.page.get_parent().url,
        program.page.url,
        *(form.url for form in forms),
        *(reverse("forms_ext:frame", args=[form.pk]) for form in forms),
        reverse("cop_program:calendar", args=[program.page_id]),
        reverse("wagtailapi_v3:cop_program", args=[program.page_id]),
        *(reverse("wagtailapi_v3:cop_form", args=[form.pk]) for form in forms),
    ]


@pytest.mark.parametrize("status", Program.Status.values)
def test_public_pages_in_each_status_of_a_program(opened: Program, status: str) -> None:
    Program.objects.filter(pk=opened.pk).update(status=status)
    registration = Registration.objects.get()
    member_page = queries.member_path(registration)
    for moment in (factories.START, datetime(2024, 2, 1, 17, tzinfo=UTC), STARTED, OVER):
        with clock.at(moment):
            for path in [*public_pages(opened), member_page, f"{member_page}calendar.ics"]:
                look(Client(), path)


@pytest.mark.parametrize("state", State.values)
def test_the_private_page_in_each_state_of_a_registration(opened: Program, state: str) -> None:
    registration = Registration.objects.get()
    Registration.objects.filter(pk=registration.pk).update(state=state)
    for status in Program.Status.values:
        Program.objects.filter(pk=opened.pk).update(status=status)
        look(Client(), queries.member_path(registration))
