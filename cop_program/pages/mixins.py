"""The fields of a program page, also for page types of a site's own."""

from datetime import datetime
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from djmoney.models.fields import MoneyField
from wagtail.fields import RichTextField

from ..blocks import ProgramBodyBlock, ZoneGroupsBlock
from ..deadlines import Deadline
from ..fields import CountriesColumn, OpenStreamField
from ..zones import zone_choices


class ProgramPageMixin(models.Model):
    """Everything that the page of a program holds; combine it with `Page` for a page type of your own."""

    kind = models.CharField(_("kind of program"), max_length=120, blank=True)
    summary = models.TextField(_("summary"), max_length=400, blank=True)
    hero_image = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("picture"),
    )
    audience = RichTextField(_("who it is for"), blank=True)
    prerequisite = RichTextField(_("what to bring"), blank=True)
    home_zone = models.CharField(
        _("home time zone"), max_length=64, choices=zone_choices, default="America/Los_Angeles"
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    application_deadline = models.DateField(_("application deadline"))
    application_deadline_zone = models.CharField(_("time zone"), max_length=64, choices=zone_choices, blank=True)
    cancellation_deadline = models.DateField(_("cancellation deadline"), null=True, blank=True)
    cancellation_deadline_zone = models.CharField(_("time zone"), max_length=64, choices=zone_choices, blank=True)
    registration_deadline = models.DateField(_("registration deadline"))
    registration_deadline_zone = models.CharField(_("time zone"), max_length=64, choices=zone_choices, blank=True)
    capacity = models.PositiveSmallIntegerField(_("places"), validators=[MinValueValidator(1), MaxValueValidator(500)])
    least_members = models.PositiveSmallIntegerField(
        _("least number of members"), default=1, validators=[MinValueValidator(1)]
    )
    fee = MoneyField(_("fee"), max_digits=12, decimal_places=2, default_currency="USD", default=Decimal("0"))
    deposit = MoneyField(_("deposit"), max_digits=12, decimal_places=2, default_currency="USD", default=Decimal("0"))
    rebate_percentage = models.DecimalField(
        _("rebate in percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal("0"),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    rebate_countries: CountriesColumn = CountryField(_("countries with a rebate"), multiple=True, blank=True)
    zone_groups = OpenStreamField(ZoneGroupsBlock(), verbose_name=_("time zones to show"), blank=True)
    cancellation_policy = RichTextField(_("cancellation policy"), blank=True)
    body = OpenStreamField(ProgramBodyBlock(), verbose_name=_("body"), blank=True)

    class Meta:
        abstract = True

    def deadline(self, kind: str) -> Deadline | None:
        """Return the deadline of `kind`: application, cancellation or registration."""
        day = getattr(self, f"{kind}_deadline")
        return Deadline(day, getattr(self, f"{kind}_deadline_zone") or self.home_zone or "UTC") if day else None

    def _closes_at(self, kind: str) -> datetime | None:
        deadline = self.deadline(kind)
        return deadline.closes_at if deadline else None

    @property
    def application_closes_at(self) -> datetime | None:
        return self._closes_at("application")

    @property
    def registration_closes_at(self) -> datetime | None:
        return self._closes_at("registration")

    @property
    def cancellation_closes_at(self) -> datetime | None:
        return self._closes_at("cancellation")
