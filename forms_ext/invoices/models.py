"""Documents: invoices, credit notes, receipts."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from ..base.frozen import FrozenModel
from ..ledger.models import Account, Issuer, Payment, PaymentReversal

__all__ = ["Invoice", "Receipt"]


class Invoice(FrozenModel):
    """An invoice or credit note: immutable once issued. Its PDF is rendered only from `snapshot`.

    An account has at most one open invoice. It is closed when nothing is due any more or a credit note cancels it, and
    reopened if a payment that had closed it is reversed.
    """

    unfrozen = frozenset(
        {"closed_at", "pdf_path", "pdf_sha256", "pdf_attempts", "pdf_claimed_at", "pdf_error", "mailed_at"}
    )
    filled_once = ("pdf_sha256", "pdf_path")

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INVOICE)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="invoices")
    series = models.CharField(max_length=12)
    sequence_number = models.PositiveIntegerField()
    number = models.CharField(_("number"), max_length=40, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invoices")
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_note", verbose_name=_("corrects")
    )
    total = MoneyField(_("total"), max_digits=18, decimal_places=3)
    issued_at = models.DateTimeField(_("issued"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    snapshot = models.JSONField()
    pdf_path = models.CharField(max_length=255, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pdf_claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    pdf_attempts = models.PositiveSmallIntegerField(default=0)
    pdf_error = models.CharField(max_length=255, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "series", "sequence_number"], name="forms_ext_invoice_number_once"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(kind="invoice", closed_at__isnull=True),
                name="forms_ext_invoice_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Receipt(FrozenModel):
    """The receipt for a payment, or the cancellation of one: its number and its content, which is empty if nobody was
    set up to issue documents."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="receipts")
    payment = models.OneToOneField(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="receipt", verbose_name=_("payment")
    )
    reversal = models.OneToOneField(
        PaymentReversal,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="receipt",
        verbose_name=_("reversed payment"),
    )
    number = models.CharField(_("number"), max_length=40, unique=True)
    issued_at = models.DateTimeField(_("issued"))
    snapshot = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["issued_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(payment__isnull=True) ^ models.Q(reversal__isnull=True),
                name="forms_ext_receipt_is_about_one",
            ),
        ]

    def __str__(self) -> str:
        return self.number
