"""The payment status of an account, as one word that the database can count."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from cop_program.models import Program

from ..ledger import queries as ledger_queries
from ..ledger.models import Account
from . import queries

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class PaymentStatus(models.TextChoices):
    """The payment status of an account."""

    OVERDUE = "overdue", _("Overdue")
    UNPAID = "unpaid", _("Unpaid")
    CREDIT = "credit", _("Overpaid")
    PAID = "paid", _("Paid")
    NOTHING = "nothing", _("Nothing due")


class FiguresAndStatus(queries.Figures):
    """What `with_payment_status` adds to an account."""

    standing: str


type AccountWithStatus = "WithAnnotations[Account, FiguresAndStatus]"


def _late() -> Q:
    """An invoice past its due date in its program's home time zone; one query for the zones."""
    late = Q(pk__in=[])
    zones: dict[str, Program] = {}
    for program in Program.objects.select_related("page"):
        zones.setdefault(program.page.home_zone, program)
    for zone, program in zones.items():
        late |= Q(program__page__home_zone=zone, due_on__lt=ledger_queries.today(program))
    return late


def with_payment_status(accounts: QuerySet[Account]) -> "QuerySet[AccountWithStatus]":
    """Annotate accounts with their figures and `standing`."""
    cases = [
        When(_late() & Q(owed__gt=0), then=Value(PaymentStatus.OVERDUE)),
        When(owed__gt=0, then=Value(PaymentStatus.UNPAID)),
        When(owed__lt=0, then=Value(PaymentStatus.CREDIT)),
        When(fee_total__gt=0, then=Value(PaymentStatus.PAID)),
    ]
    standing = Case(*cases, default=Value(PaymentStatus.NOTHING), output_field=CharField(max_length=8))
    return queries.with_figures(accounts).annotate(standing=standing)
