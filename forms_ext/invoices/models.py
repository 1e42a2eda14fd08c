"""Documents: invoices, credit notes, receipts, and their files."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cop_program.fields import MoneyField

from ..base.chains import ChainedModel, Columns
from ..base.search import SearchedModel
from ..ledger.models import Account, AccountRow, Issuer, Payment, PaymentReversal

__all__ = ["Document", "DocumentFile", "Invoice", "InvoiceFile", "Receipt", "ReceiptFile"]

#: What a snapshot says of a person: it can be erased later, since only a salted digest of it is chained.
PERSONAL = frozenset({"recipient", "reason"})
SERIES = {"invoice": "INV", "credit_note": "CN"}


def series_of(issuer_id: int, kind: str) -> str:
    """Return the key of the number series of an issuer's invoices, or of its credit notes."""
    return f"{SERIES[kind]}-{issuer_id}"


def receipt_series(year: int) -> str:
    """Return the key of the number series of the receipts of a year."""
    return f"R-{year}"


class Document(ChainedModel):
    """A numbered document: its content is frozen as `snapshot`; of who it is for and why, a digest is chained.

    A worker draws its PDF later, from the snapshot alone, and stores it once, as `file`.
    """

    unfrozen = frozenset({"pdf_attempts", "pdf_claimed_at", "pdf_error"})

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="%(class)ss")
    number = models.CharField(_("number"), max_length=40, unique=True)
    issued_at = models.DateTimeField(_("issued"))
    snapshot = models.JSONField(default=dict, editable=False)
    pdf_claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    pdf_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    pdf_error = models.CharField(max_length=255, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def pdf_path(self) -> str:
        """Where the PDF is stored; empty while it is being made."""
        return self.file.path if hasattr(self, "file") else ""

    @property
    def pdf_sha256(self) -> str:
        """The hash of the PDF; empty while it is being made."""
        return self.file.sha256 if hasattr(self, "file") else ""

    @property
    def content(self) -> dict[str, Any]:
        """What the document says, without what is personal."""
        return {name: value for name, value in self.snapshot.items() if name not in PERSONAL}

    @property
    def personal_content(self) -> dict[str, Any]:
        """What the document says of its recipient."""
        return {name: value for name, value in self.snapshot.items() if name in PERSONAL}


class Invoice(Document, SearchedModel):
    """An invoice or credit note: immutable once issued; its PDF is drawn from `snapshot` alone.

    An account has at most one open invoice. It is closed when nothing is due any more or a credit note cancels it, and
    reopened if a payment that had closed it is reversed.
    """

    searched = ("number",)
    unfrozen = Document.unfrozen | {"closed_at", "mailed_at", "reminded_at"}
    lists = {
        1: Columns(
            ("kind", "issuer_id", "number", "account_id", "corrects_id", "total", "issued_at", "due_on", "content"),
            personal=("personal_content",),
        ),
    }

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    kind = models.CharField(_("type"), max_length=12, choices=Kind, default=Kind.INVOICE)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="invoices")
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_note", verbose_name=_("cancels")
    )
    total = MoneyField(_("total"), max_digits=18, decimal_places=3)
    due_on = models.DateField(_("due date"), null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            *ChainedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(kind="invoice", closed_at__isnull=True),
                name="forms_ext_invoice_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def series_key(self) -> str:
        """Return the series of the issuer that this number is of."""
        return series_of(self.issuer_id, self.kind)

    def link(self) -> None:
        """Chain this new row, and fold its number for the search, however it is written."""
        self.search_text = self.folded()
        super().link()


class Receipt(Document):
    """The receipt for a payment, the cancellation of one, or the statement of a cancellation fee that was kept: its
    number and its content, which is empty if nobody was set up to issue documents."""

    lists = {
        1: Columns(
            ("account_id", "payment_id", "reversal_id", "fee_id", "number", "issued_at", "content"),
            personal=("personal_content",),
        ),
    }

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
    fee = models.OneToOneField(
        AccountRow,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="statement",
        verbose_name=_("cancellation fee"),
    )

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["issued_at", "pk"]
        constraints = [
            *ChainedModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(payment__isnull=False, reversal__isnull=True, fee__isnull=True)
                | models.Q(payment__isnull=True, reversal__isnull=False, fee__isnull=True)
                | models.Q(payment__isnull=True, reversal__isnull=True, fee__isnull=False),
                name="forms_ext_receipt_is_about_one",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def series_key(self) -> str:
        """Return the series of the year in which this number was drawn: that of the program's home zone."""
        return self.number.rpartition("-")[0]


class DocumentFile(ChainedModel):
    """The finished PDF of a document: made once, chained to the document that it shows, which `follows` names."""

    lists = {1: Columns(("path", "sha256", "stored_at"))}

    path = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = ChainedModel.Meta.constraints

    def __str__(self) -> str:
        return self.path

    def series_key(self) -> str:
        """Return the chain of this document's file."""
        return f"{getattr(self, self.follows).number}:file"


class InvoiceFile(DocumentFile):
    """The finished PDF of an invoice or credit note."""

    related = ("invoice",)
    follows = "invoice"

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="file")

    class Meta(DocumentFile.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")


class ReceiptFile(DocumentFile):
    """The finished PDF of a receipt, or of the cancellation of one."""

    related = ("receipt",)
    follows = "receipt"

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="file")

    class Meta(DocumentFile.Meta):
        verbose_name = _("file of a receipt")
        verbose_name_plural = _("files of receipts")
