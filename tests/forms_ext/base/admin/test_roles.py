"""One table: every URL of ours in the admin, and who may open it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from djmoney.money import Money
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from cop_program import clock
from cop_program.models import Program
from forms_ext.admission.models import Invitation, Place
from forms_ext.applications.models import Application
from forms_ext.exports.models import Export
from forms_ext.invoices import actions as invoices_actions
from forms_ext.ledger import actions
from forms_ext.mail.models import OutgoingMail
from forms_ext.programs.models import BatchRun
from forms_ext.registration.models import Registration
from forms_ext.submissions.models import Submission, Upload
from tests.forms_ext.ledger.factories import make_issuer, make_member

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "editor", "reviewer", "staff", "administrator")
READERS = {"reviewer", "staff", "administrator"}
STAFF = {"staff", "administrator"}
EDITORS = {"editor", "administrator"}
WRITERS = {"editor", "staff", "administrator"}
NOT_THERE = 404  # allowed in, and nothing is there: the form or the PDF comes later

# URL name: who may open it, and the names of its arguments
TABLE: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "cop_applications_modeladmin_index": (READERS, ()),
    "cop_applications_modeladmin_results": (READERS, ()),
    "cop_admission:person": (READERS, ("application",)),
    "cop_admission:correct": (STAFF, ("application",)),
    "cop_admission:file": (READERS, ("application", "question")),
    "cop_admission:enter": (STAFF, ()),
    "cop_admission:enter_for": (STAFF, ("program",)),
    "cop_registrations_modeladmin_index": (STAFF, ()),
    "cop_registrations_modeladmin_results": (STAFF, ()),
    "cop_programs:programs": (STAFF, ()),
    "cop_programs:program": (STAFF, ("program",)),
    "cop_programs:confirm": (STAFF, ("program",)),
    "cop_programs:cancel": (STAFF, ("program",)),
    "cop_programs:close": (STAFF, ("program",)),
    "cop_programs:places": (STAFF, ("program",)),
    "cop_programs:applications": (STAFF, ("program",)),
    "cop_programs:transfer_days": (STAFF, ("program",)),
    "cop_programs:tell_changes": (WRITERS, ("program",)),
    "cop_programs:dont_tell": (WRITERS, ("program",)),
    "cop_programs:run": (STAFF, ("program",)),
    "cop_programs:new_edition": (EDITORS, ("page",)),
    "cop_programs:checklist": (EDITORS, ("page",)),
    "cop_registration:registration": (STAFF, ("registration",)),
    "cop_registration:file": (STAFF, ("registration", "question")),
    "cop_registration:cancel": (STAFF, ("registration",)),
    "cop_registration:correct": (STAFF, ("registration",)),
    "cop_registration:new_address": (STAFF, ("registration",)),
    "cop_registration:hold": (STAFF, ("registration",)),
    "cop_registration:of_account": (STAFF, ("account",)),
    "cop_registration:reverse_payment": (STAFF, ("payment",)),
    "cop_submissions_modeladmin_index": (STAFF, ()),
    "cop_submissions_modeladmin_results": (STAFF, ()),
    "cop_submissions:submission": (STAFF, ("submission",)),
    "cop_submissions:delete": (STAFF, ("submission",)),
    "cop_submissions:file": (STAFF, ("submission", "question")),
    "cop_privacy_note": (EDITORS, ("page",)),
    "cop_embedding:index": (EDITORS, ()),
    "cop_embedding:code": (EDITORS, ("page",)),
    "cop_accounts_modeladmin_index": (STAFF, ()),
    "cop_accounts_modeladmin_results": (STAFF, ()),
    "cop_invoices_modeladmin_index": (STAFF, ()),
    "cop_invoices_modeladmin_results": (STAFF, ()),
    "cop_refunds_modeladmin_index": (STAFF, ()),
    "cop_refunds_modeladmin_results": (STAFF, ()),
    "cop_rebates_modeladmin_index": (STAFF, ()),
    "cop_rebates_modeladmin_results": (STAFF, ()),
    "cop_billing:account": (STAFF, ("account",)),
    "cop_billing:correct_payer": (STAFF, ("account",)),
    "cop_billing:pay": (STAFF, ("account",)),
    "cop_billing:issue": (STAFF, ("account",)),
    "cop_billing:remind": (STAFF, ("account",)),
    "cop_billing:list_refund": (STAFF, ("account",)),
    "cop_billing:invoice_pdf": (STAFF, ("invoice",)),
    "cop_billing:receipt_pdf": (STAFF, ("payment",)),
    "cop_billing:cancellation_pdf": (STAFF, ("reversed",)),
    "cop_billing:statement_pdf": (STAFF, ("account",)),
    "cop_billing:refund": (STAFF, ("refund",)),
    "cop_billing:withdraw_refund": (STAFF, ("refund",)),
    "cop_billing:list_rebates": (STAFF, ()),
    "cop_billing:rebate": (STAFF, ("rebate",)),
    "forms_ext_mail:templates": (WRITERS, ()),
    "forms_ext_mail:template": (WRITERS, ("kind",)),
    "cop_outbox_modeladmin_index": (STAFF, ()),
    "cop_outbox_modeladmin_results": (STAFF, ()),
    "forms_ext_mail:mail": (STAFF, ("mail",)),
    "cop_exports:export": (STAFF, ("source",)),
    "cop_exports:job": (STAFF, ("export",)),
    "cop_exports:file": (STAFF, ("export",)),
    "bulk:accept": (STAFF, ("application",)),
    "bulk:waitlist": (STAFF, ("application",)),
    "bulk:decline": (STAFF, ("application",)),
    "bulk:try_again": (STAFF, ("mail",)),
    "bulk:send_again": (STAFF, ("mail",)),
}


def names(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name and ours(pattern):
            yield ":".join(filter(None, [namespace, pattern.name]))


def ours(pattern: URLPattern) -> bool:
    callback = pattern.callback
    while hasattr(callback, "__wrapped__") and not hasattr(callback, "view_class"):
        callback = callback.__wrapped__
    view = getattr(callback, "view_class", None) or callback
    module = getattr(view, "__module__", "")
    return module.startswith("forms_ext") or str(pattern.name).startswith("cop_")


def bulk_names() -> Iterator[str]:
    bulk_action_registry._scan_for_bulk_actions()
    for actions_of_model in bulk_action_registry.actions.get("forms_ext", {}).values():
        for name, action in actions_of_model.items():
            if action.__module__.startswith("forms_ext"):
                yield f"bulk:{name}"


def test_every_address_of_ours_is_in_the_table() -> None:
    admin = next(
        pattern
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLResolver) and str(pattern.pattern).strip("/^") == "admin"
    )
    found = {*names(admin.url_patterns), *bulk_names()}
    assert found >= {"cop_admission:person", "cop_billing:pay", "bulk:accept"}, "the search finds ours"
    assert found == set(TABLE)


@pytest.fixture(autouse=True)
def february(january: None) -> Iterator[None]:
    """Set the clock to a day on which deposits have been paid."""
    with clock.at(datetime(2024, 2, 1, 17, tzinfo=UTC)):
        yield


@pytest.fixture
def things(
    program: Program,
    make_application: Callable[..., Application],
    make_upload: Callable[..., Upload],
    user: Callable[[str], User],
) -> dict[str, Any]:
    """One of everything that an address can name."""
    moment = datetime(2024, 1, 10, 17, tzinfo=UTC)
    make_issuer()
    account = make_member(program)
    actions.record_payment(account=account, amount=Money(50, "USD"), received_on=moment.date())
    invoice = invoices_actions.issue_invoice(account=account)
    wrong = actions.record_payment(account=account, amount=Money(2000, "USD"), received_on=moment.date())
    refund = actions.list_refund(account=account, amount=Money(10, "USD"), reason="x")
    actions.reverse_payment(payment=wrong, reason="x")
    answers = {"paper": {"upload": make_upload().token, "name": "my_paper.pdf"}}
    application = make_application(state="submitted", answers=answers)
    invitation = Invitation.objects.create(
        application=make_application(state="accepted"),
        token_sha256="1" * 64,
        created_at=moment,
        ends_at=moment + timedelta(days=3),
        used_at=moment,
    )
    place, _made = Place.objects.get_or_create(program=program, number=1)
    place.invitation, place.held_until = invitation, moment + timedelta(days=6)
    place.save()
    registration = Registration.objects.create(
        program=program,
        invitation=invitation,
        account=account,
        version=application.version,
        answers=answers,
        reference="M-2024-0001",
        state="held",
        state_changed_at=moment,
        submitted_at=moment,
        name="Ada Sample",
        email="ada@example.org",
        country="US",
        billing_name="Ada Sample",
        billing_address="1 First Street",
    )
    submission = Submission.objects.create(
        page=program.page, version=application.version, answers=answers, submitted_at=moment, reference="S-2024-0001"
    )
    BatchRun.objects.create(program=program, kind="confirm", started_at=moment)
    Program.objects.filter(pk=program.pk).update(status=Program.Status.CONFIRMED)
    return {
        "program": program.pk,
        "page": program.page_id,
        "application": application.pk,
        "registration": registration.pk,
        "submission": submission.pk,
        "question": "paper",
        "account": account.pk,
        "payment": account.payments.first().pk,
        "invoice": invoice.pk if invoice else None,
        "reversed": wrong.pk,
        "refund": refund.pk,
        "rebate": actions.list_rebate(account=account, amount=Money(10, "USD")).pk,
        "mail": OutgoingMail.objects.order_by("pk").first().pk,
        "kind": "receipt",
        "source": "applications",
        "export": Export.objects.create(
            source="applications", format="csv", state="waiting", created_at=moment, made_by=user("staff")
        ).pk,
    }


def address(name: str, things: dict[str, Any]) -> str:
    arguments = [things[thing] for thing in TABLE[name][1]]
    if name.startswith("bulk:"):
        model = {"application": "application", "mail": "outgoingmail"}[TABLE[name][1][0]]
        action = reverse("wagtail_bulk_action", args=["forms_ext", model, name.removeprefix("bulk:")])
        return f"{action}?id={arguments[0]}&next=/admin/cop/applications/"
    return reverse(name, args=arguments)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_what(role: str, things: dict[str, Any], client_of: Callable[[str], Client]) -> None:
    client = client_of(role)
    wrong = []
    for name, (allowed, _things) in TABLE.items():
        answer = client.get(address(name, things))
        opened = answer.status_code in {200, NOT_THERE} or (
            answer.status_code == 302 and answer["Location"].startswith("/admin/cop/")
        )
        if role == "anonymous":
            if answer.status_code != 302 or "/login/" not in answer["Location"]:
                wrong.append((name, answer.status_code))
        elif opened != (role in allowed):
            wrong.append((name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ["editor", "reviewer"])
def test_who_may_not_open_may_not_post(role: str, things: dict[str, Any], client_of: Callable[[str], Client]) -> None:
    client = client_of(role)
    mails = OutgoingMail.objects.count()
    for name, (allowed, _things) in TABLE.items():
        if role in allowed:
            continue
        answer = client.post(address(name, things), {"action": "accepted", "amount": "5", "reason": "x", "sure": "on"})
        assert answer.status_code in {302, 403, 405}, name
        if answer.status_code == 302:
            assert answer["Location"] == "/admin/", name
    assert OutgoingMail.objects.count() == mails
    assert not Application.objects.filter(pk=things["application"]).exclude(state="submitted").exists()


def test_a_post_without_its_csrf_token_is_refused(things: dict[str, Any], user: Callable) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user("administrator"))
    for name in TABLE:
        assert client.post(address(name, things), {"amount": "5"}).status_code in {403, 405}, name


def test_the_menu_shows_each_role_its_own(client_of: Callable[[str], Client], things: dict[str, Any]) -> None:
    def menu(role: str) -> str:
        return client_of(role).get("/admin/").content.decode()

    assert "/admin/cop/applications/" in menu("reviewer")
    assert "/admin/cop/accounts/" not in menu("reviewer")
    assert "/admin/cop/submissions/" not in menu("reviewer")
    assert "/admin/cop/" not in menu("editor").replace("/admin/cop/embedded-forms/", "")
    assert "/admin/cop/embedded-forms/" in menu("editor")
    for place in (
        "programs",
        "applications",
        "submissions",
        "registrations",
        "accounts",
        "invoices",
        "refunds",
        "rebates",
    ):
        assert f"/admin/cop/{place}/" in menu("staff")


def test_every_page_has_one_heading_of_the_first_level(
    things: dict[str, Any], client_of: Callable[[str], Client]
) -> None:
    client, counted = client_of("staff"), {}
    for name in TABLE:
        answer = client.get(address(name, things))
        if answer.status_code == 200 and b"<html" in getattr(answer, "content", b""):
            counted[name] = answer.content.count(b"<h1")
    assert len(counted) > 20
    assert {name: count for name, count in counted.items() if count != 1} == {}
