"""Read access to applications, registrations and invoices for other software, with a token of Wagtail's API.

The token belongs to a user, whose role decides, as in the admin.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from wagtail.api.v3.auth import BearerTokenAuth

from cop_program.api.document import money, step
from cop_program.api.openapi import ours
from cop_program.journey import Standing

from ..applications.models import Application
from ..base.permissions import may
from ..invoices.models import Invoice
from ..ledger.models import Account
from ..registration import standing
from ..registration.models import Registration
from . import schemas

router = Router(tags=["staff"], auth=BearerTokenAuth())
PROBLEMS = {
    401: "The token is missing or not valid.",
    403: "The role of the token's user does not allow this.",
    422: "A parameter is not valid.",
}
Limit = Annotated[int, Query(ge=1, le=100)]
Offset = Annotated[int, Query(ge=0, le=2**31 - 1)]
ProgramId = Annotated[
    int | None, Query(ge=1, le=2**31 - 1, description="The id of a program, as in the list of programs.")
]


def _only(request: HttpRequest, action: str, model: type[Model]) -> None:
    if not may(request.user, action, model):
        raise PermissionDenied(_("Your role does not allow this."))


def _page[Row: Model](
    found: QuerySet[Row],
    limit: int,
    offset: int,
    as_data: Callable[[Row], dict[str, Any]],
    stand: Callable[[list[Row]], Mapping[int, Standing]] | None = None,
) -> dict[str, Any]:
    """Return a page of `found`; `stand` returns where the people of its rows stand."""
    rows = list(found[offset : offset + limit])
    standings = stand(rows) if stand else {}
    items = [as_data(row) | (step(standings[row.pk]) if stand else {}) for row in rows]
    return {"count": found.count(), "items": items}


@router.get(
    "/applications/",
    response=schemas.Page[schemas.Application],
    url_name="cop_staff_applications",
    operation_id="staff_applications",
    summary="List applications",
    openapi_extra=ours(problems=PROBLEMS),
)
def applications(
    request: HttpRequest, program: ProgramId = None, limit: Limit = 20, offset: Offset = 0
) -> dict[str, Any]:
    """List applications, latest first. For reviewers and staff."""
    _only(request, "review", Application)
    found = Application.objects.select_related("program__page", "version").order_by("-submitted_at", "-pk")
    asked = found.filter(program__page=program) if program else found
    return _page(asked, limit, offset, _application, standing.of_applications)


def _application(row: Application) -> dict[str, Any]:
    copied = ("id", "reference", "state", "submitted_at", "source", "name", "email", "organization", "time_zone")
    return {name: getattr(row, name) for name in copied} | {
        "program": row.program.page_id,
        "country": str(row.country.code or ""),
        "version": row.version.number,
        "answers": row.answers,
    }


@router.get(
    "/registrations/",
    response=schemas.Page[schemas.Registration],
    url_name="cop_staff_registrations",
    operation_id="staff_registrations",
    summary="List registrations",
    openapi_extra=ours(problems=PROBLEMS),
)
def registrations(
    request: HttpRequest, program: ProgramId = None, limit: Limit = 20, offset: Offset = 0
) -> dict[str, Any]:
    """List registrations, latest first. For staff."""
    _only(request, "manage", Registration)
    found = Registration.objects.select_related(*standing.RELATED, "version", "invitation__application")
    found = found.order_by("-submitted_at", "-pk")
    asked = found.filter(program__page=program) if program else found
    return _page(asked, limit, offset, _registration, standing.of_registrations)


def _registration(row: Registration) -> dict[str, Any]:
    copied = (
        "id", "reference", "state", "state_changed_at", "submitted_at", "name", "email", "billing_name",
        "billing_address", "time_zone", "answers",
    )  # fmt: skip
    return {name: getattr(row, name) for name in copied} | {
        "program": row.program.page_id,
        "country": str(row.country.code or ""),
        "application": row.invitation.application.reference,
        "version": row.version.number,
    }


@router.get(
    "/invoices/",
    response=schemas.Page[schemas.Invoice],
    url_name="cop_staff_invoices",
    operation_id="staff_invoices",
    summary="List invoices and credit notes",
    openapi_extra=ours(problems=PROBLEMS),
)
def invoices(request: HttpRequest, program: ProgramId = None, limit: Limit = 20, offset: Offset = 0) -> dict[str, Any]:
    """List invoices and credit notes, latest first. For staff."""
    _only(request, "bill", Account)
    found = Invoice.objects.select_related("account__program", "account__registration", "corrects").defer("snapshot")
    found = found.order_by("-issued_at", "-pk")
    return _page(found.filter(account__program__page=program) if program else found, limit, offset, _invoice)


def _invoice(row: Invoice) -> dict[str, Any]:
    registration = getattr(row.account, "registration", None)
    return {name: getattr(row, name) for name in ("id", "number", "kind", "issued_at", "due_on", "closed_at")} | {
        "program": row.account.program.page_id if row.account.program else None,
        "registration": registration.reference if registration else None,
        "corrects": row.corrects.number if row.corrects else None,
        "total": money(row.total),
    }
