"""The fields of a program page, also for page types of a site's own."""

from datetime import date, datetime
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from ..blocks import ProgramBodyBlock, RefundTermsBlock, ZoneGroupsBlock
from ..deadlines import Deadline
from ..fields import CountriesColumn, CountryField, MoneyField, OpenStreamField, ZoneField

# What every published page has. A draft may lack it: code that drafts can reach asks first. django-stubs would have
# every reader ask (the ignored errors below).
type LiveDate = "models.DateField[date | None, date]"
type LiveInstant = "models.DateTimeField[datetime | None, datetime]"


class ProgramPageMixin(models.Model):
    """Everything that the page of a program holds; combine it with `Page` for a page type of your own.

    What is nullable may be missing in a draft; publishing asks for all of it (`null` without `blank`), and
    so it is typed as what a public page always has.
    """

    kind = models.CharField(_("kind of program"), max_length=120, blank=True)
    summary = models.TextField(_("summary"), max_length=400, blank=True)
    hero_image = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("image"),
    )
    audience = RichTextField(_("who it is for"), blank=True)
    prerequisite = RichTextField(_("what to bring"), blank=True)
    home_zone = ZoneField(_("home time zone"), default="America/Los_Angeles")
    starts_on: LiveDate = models.DateField(_("first day"), null=True)  # type: ignore[misc]
    ends_on: LiveDate = models.DateField(_("last day"), null=True)  # type: ignore[misc]
    application_deadline: LiveDate = models.DateField(_("application deadline"), null=True)  # type: ignore[misc]
    application_deadline_zone = ZoneField(_("time zone"), blank=True)
    cancellation_deadline = models.DateField(_("cancellation deadline"), null=True, blank=True)
    cancellation_deadline_zone = ZoneField(_("time zone"), blank=True)
    registration_deadline: LiveDate = models.DateField(_("registration deadline"), null=True)  # type: ignore[misc]
    registration_deadline_zone = ZoneField(_("time zone"), blank=True)
    least_members: "models.PositiveSmallIntegerField[int | None, int]" = models.PositiveSmallIntegerField(  # type: ignore[misc]
        _("minimum number of members"), null=True, default=1, validators=[MinValueValidator(1)]
    )
    fee = MoneyField(_("fee"), null=True, max_digits=18, decimal_places=2, default_currency="USD", default=Decimal("0"))
    deposit = MoneyField(
        _("deposit"), null=True, max_digits=18, decimal_places=2, default_currency="USD", default=Decimal("0")
    )
    rebate_percentage: "models.DecimalField[Decimal | None, Decimal]" = models.DecimalField(  # type: ignore[misc]
        _("rebate percentage"),
        null=True,
        max_digits=5,
        decimal_places=2,
        default=Decimal("0"),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    rebate_countries: CountriesColumn = CountryField(_("countries with a rebate"), multiple=True, blank=True)
    zone_groups = OpenStreamField(ZoneGroupsBlock(), verbose_name=_("time zones to show"), blank=True)
    cancellation_policy = RichTextField(_("cancellation policy"), blank=True)
    refund_terms = OpenStreamField(RefundTermsBlock(), verbose_name=_("refunds if somebody cancels"), blank=True)
    body = OpenStreamField(ProgramBodyBlock(), verbose_name=_("body"), blank=True)

    #: Figures and dates, which translations have from their source page. A new edition moves the dates.
    shared_fields = (
        "home_zone",
        "starts_on",
        "ends_on",
        *(
            f"{kind}_deadline{zone}"
            for kind in ("application", "cancellation", "registration")
            for zone in ("", "_zone")
        ),
        "least_members",
        "fee",
        "deposit",
        "rebate_percentage",
        "rebate_countries",
        "refund_terms",
    )

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
