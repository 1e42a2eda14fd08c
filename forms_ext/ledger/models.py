"""Issuers, accounts and their entries, payments, refunds and rebates. The ledger knows payers, not members."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from djmoney.money import Money

from cop_program.fields import CountryColumn, CountryField, EmailField, MoneyField

from ..base import logos
from ..base.chains import ChainedModel, Columns
from ..base.frozen import FrozenModel
from ..base.search import SearchedModel

__all__ = ["Account", "AccountRow", "Issuer", "Payment", "PaymentReversal", "RebateDue", "RefundDue"]


# Entries of these kinds raise the balance; all others lower it.
OWED_KINDS = ["fee", "cancellation_fee", "refund", "rebate_paid", "payment_reversal", "rebate_reversal"]
PAID_KINDS = ["payment", "reversal", "rebate"]
REVERSING_KINDS = ["reversal", "payment_reversal", "rebate_reversal"]


class Issuer(models.Model):
    """Who issues invoices; a snippet. One is enough for a site."""

    name = models.CharField(_("name"), max_length=160)
    address = models.TextField(_("address"), max_length=400)
    country: CountryColumn = CountryField(_("country"))
    tax_id = models.CharField(_("tax ID"), max_length=40, blank=True)
    email = EmailField(_("contact email"))
    website = models.URLField(_("website"), blank=True)
    logo = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("logo"),
    )
    bank_details = models.TextField(_("bank details"), max_length=600)
    number_prefix = models.CharField(_("invoice number prefix"), max_length=12, blank=True)
    payment_days = models.PositiveSmallIntegerField(_("days until an invoice is due"), default=14)
    reminder_days = models.PositiveSmallIntegerField(
        _("days after the due date until a reminder"),
        null=True,
        blank=True,
        help_text=_("The payer is then reminded by email, once for each invoice. If empty, only staff send reminders."),
    )

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError if documents cannot hold the logo."""
        super().clean()
        if fault := self.logo_fault():
            raise ValidationError({"logo": fault})

    def logo_fault(self) -> str:
        """Say why documents are printed without the logo, and what to choose; "" if they have it, or there is none."""
        if self.logo is None:
            return ""
        try:
            with self.logo.open_file() as file:
                logos.check(file.read())
        except logos.NotDrawable as error:
            return str(error)
        except (OSError, ValueError):  # the file or its name no longer exists
            return gettext("The file of this image is missing. Choose another one.")
        return ""


class Account(SearchedModel):
    """What one payer owes for one program. Balance = sum of its rows; it is owed if it is above zero."""

    searched = ("payer_name", "payer_email", "reference")

    program = models.ForeignKey("cop_program.Program", on_delete=models.PROTECT, related_name="accounts")
    reference = models.CharField(_("payment reference"), max_length=20, unique=True)
    currency = models.CharField(max_length=3)
    payer_name = models.CharField(_("billing name"), max_length=200)
    payer_email = EmailField(_("email"))
    payer_address = models.TextField(_("billing address"), max_length=600)
    payer_country: CountryColumn = CountryField(_("country"))
    language = models.CharField(max_length=12, default="en")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        permissions = [("bill_account", _("Can record payments and issue invoices"))]

    def __str__(self) -> str:
        return self.reference


class AccountRow(ChainedModel):
    """One amount that was ever owed (above zero) or paid (below zero). Never edited, never deleted."""

    class Kind(models.TextChoices):
        FEE = "fee", _("Fee")
        PAYMENT = "payment", _("Payment")
        REVERSAL = "reversal", _("Reversal")
        CANCELLATION_FEE = "cancellation_fee", _("Cancellation fee")
        REFUND = "refund", _("Refund")
        REBATE = "rebate", _("Rebate")
        REBATE_PAID = "rebate_paid", _("Rebate paid")
        PAYMENT_REVERSAL = "payment_reversal", _("Payment reversed")
        REBATE_REVERSAL = "rebate_reversal", _("Rebate reversed")

    lists = {
        1: Columns(("kind", "amount", "effective_on", "recorded_at", "reverses_id"), personal=("note",)),
    }
    related = ("account",)

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(_("type"), max_length=20, choices=Kind)
    amount = MoneyField(_("amount"), max_digits=18, decimal_places=3)
    effective_on = models.DateField(_("date"))
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by", verbose_name=_("reverses")
    )

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["pk"]
        constraints = [
            *ChainedModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(kind__in=OWED_KINDS, amount__gt=0) | models.Q(kind__in=PAID_KINDS, amount__lt=0),
                name="forms_ext_account_row_sign",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=REVERSING_KINDS) ^ models.Q(reverses__isnull=True),
                name="forms_ext_account_row_reverses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}"

    def series_key(self) -> str:
        """Return the chain of the account's rows."""
        return f"{self.account.reference}:rows"


class Payment(ChainedModel):
    """Money received: its row, and how it came."""

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        CHECK = "check", _("Check")
        CASH = "cash", _("Cash")
        OTHER = "other", _("Other")

    lists = {1: Columns(("entry_hash", "method", "received_on", "idempotency_key"))}
    related = ("account", "row")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="payments")
    row = models.OneToOneField(AccountRow, on_delete=models.PROTECT, related_name="payment")
    method = models.CharField(_("method"), max_length=10, choices=Method, default=Method.TRANSFER)
    received_on = models.DateField(_("received on"))
    idempotency_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["received_on", "pk"]
        constraints = ChainedModel.Meta.constraints

    def __str__(self) -> str:
        return f"{self.account_id} {self.received_on}"

    def series_key(self) -> str:
        """Return the chain of the account's payments."""
        return f"{self.account.reference}:payments"

    @property
    def entry_hash(self) -> str:
        """The hash of the row of this payment."""
        return self.row.row_hash

    @property
    def received(self) -> Money:
        """Return the amount received; the amount of its entry is negative."""
        return -self.row.amount


class PaymentReversal(FrozenModel):
    """The reversal of a payment that was recorded by mistake, with its own entry."""

    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, related_name="reversal", verbose_name=_("payment")
    )
    row = models.OneToOneField(AccountRow, on_delete=models.PROTECT, related_name="payment_reversal")

    class Meta:
        verbose_name = _("reversed payment")
        verbose_name_plural = _("reversed payments")

    def __str__(self) -> str:
        return f"{self.payment_id}"


class RefundDue(models.Model):
    """A refund that is listed for staff until it is recorded as paid."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="refunds_due")
    amount = MoneyField(_("amount"), max_digits=18, decimal_places=3, validators=[MinValueValidator(0)])
    reason = models.CharField(_("reason"), max_length=300)
    listed_at = models.DateTimeField(_("listed"))
    settled_by_row = models.OneToOneField(
        AccountRow, null=True, blank=True, on_delete=models.PROTECT, related_name="settles_refund"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(settled_by_row__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="forms_ext_refund_due_one_end",
            ),
        ]
        verbose_name = _("refund due")
        verbose_name_plural = _("refunds due")
        ordering = ["listed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.account_id}"


class RebateDue(models.Model):
    """A rebate to pay out to one payer: listed once for an account, then recorded as paid."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="rebate_due")
    amount = MoneyField(_("amount"), max_digits=18, decimal_places=3, validators=[MinValueValidator(0)])
    listed_at = models.DateTimeField(_("listed"))
    paid_row = models.OneToOneField(
        AccountRow, null=True, blank=True, on_delete=models.PROTECT, related_name="pays_rebate"
    )

    class Meta:
        verbose_name = _("rebate due")
        verbose_name_plural = _("rebates due")

    def __str__(self) -> str:
        return f"{self.account_id}"
