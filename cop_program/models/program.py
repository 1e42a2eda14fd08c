"""One row for each program: operational data, not content."""

import uuid
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from wagtail.models import Page

    from ..pages.program import ProgramPage


def was_public(page: "Page") -> bool:
    """Tell whether `page` is or was published."""
    return page.live or page.first_published_at is not None


class Program(models.Model):
    """A program that people apply to, found by its page's `translation_key`.

    `page` is its source page: figures and dates are read only from it, in every language.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CONFIRMED = "confirmed", _("Confirmed")
        CALLED_OFF = "called_off", _("Cancelled")
        CLOSED = "closed", _("Closed")

    translation_key = models.UUIDField(unique=True, editable=False)
    page = models.OneToOneField("cop_program.ProgramPage", on_delete=models.CASCADE, related_name="cop_program_row")
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.OPEN)
    status_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    calendar_uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: Changed by `places.set_number` alone; None until an editor has entered it.
    capacity = models.PositiveSmallIntegerField(_("places"), null=True, editable=False)

    #: The choice of staff: whether people can apply until the deadline. Changed by an action alone.
    takes_applications = models.BooleanField(_("takes applications"), default=True, editable=False)
    #: Working days for which a hold goes on once its holder says that the transfer is on its way; None: the default.
    transfer_days = models.PositiveSmallIntegerField(_("days for a transfer"), null=True, editable=False)

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "confirmed", "called_off", "closed"]),
                name="cop_program_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__isnull=True) | models.Q(capacity__gte=1),
                name="cop_program_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        try:
            return self.page.title
        except ObjectDoesNotExist:
            return str(self.translation_key)

    @property
    def scope(self) -> str:
        """What email templates and emails call this program: "program:7"; they know no program."""
        return f"program:{self.pk}"

    @cached_property
    def pages_by_language(self) -> "dict[str, ProgramPage]":
        """The pages that `translations.page_of` has found so far."""
        return {}

    @property
    def was_public(self) -> bool:
        """Tell whether the page was ever published; it was not in a new edition."""
        return was_public(self.page)

    @classmethod
    def locked(cls, pk: int) -> "Program":
        """Return the program `pk` read anew and locked until the transaction ends. Raise DoesNotExist."""
        return cls.objects.select_for_update(of=("self",), no_key=True).select_related("page").get(pk=pk)

    @classmethod
    def for_page(cls, page: "Page") -> "Program | None":
        """Return the program of a program page, in whatever language, or None if it has none: a draft by hand."""
        return cls.objects.filter(translation_key=page.translation_key).select_related("page").first()
