"""The pages of a program, its facilitators and its sessions."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from djmoney.models.fields import MoneyField
from modelcluster.fields import ParentalKey
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page

from ..blocks import ProgramBodyBlock, ZoneGroupsBlock
from ..zones import zone_choices


def deadline_instant(day: date | None, zone: str) -> datetime | None:
    """Return the instant at which the deadline `day` in `zone` closes: the end of that day there."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


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
    rebate_countries = CountryField(_("countries with a rebate"), multiple=True, blank=True)
    zone_groups = StreamField(ZoneGroupsBlock(), verbose_name=_("time zones to show"), blank=True)
    cancellation_policy = RichTextField(_("cancellation policy"), blank=True)
    body = StreamField(ProgramBodyBlock(), verbose_name=_("body"), blank=True)

    class Meta:
        abstract = True

    @property
    def application_closes_at(self) -> datetime | None:
        return deadline_instant(self.application_deadline, self.application_deadline_zone or self.home_zone)

    @property
    def registration_closes_at(self) -> datetime | None:
        return deadline_instant(self.registration_deadline, self.registration_deadline_zone or self.home_zone)

    @property
    def cancellation_closes_at(self) -> datetime | None:
        return deadline_instant(self.cancellation_deadline, self.cancellation_deadline_zone or self.home_zone)


class ProgramPage(ProgramPageMixin, Page):
    """The page of one program; sessions and its forms live below it."""

    parent_page_types = ["cop_program.ProgramIndexPage"]
    template = "cop_program/program_page.html"

    class Meta:
        verbose_name = _("program page")
        verbose_name_plural = _("program pages")


class ProgramFacilitator(Orderable):
    """A facilitator of a program, in the order of the page."""

    page = ParentalKey(ProgramPage, on_delete=models.CASCADE, related_name="program_facilitators")
    facilitator = models.ForeignKey(
        "cop_program.FacilitatorPage", on_delete=models.CASCADE, related_name="+", verbose_name=_("facilitator")
    )


class SessionPageMixin(models.Model):
    """One meeting: two instants in UTC, a private join link and, later, a private recording."""

    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    description = RichTextField(_("description"), blank=True)
    join_link = models.URLField(_("join link"), max_length=500, blank=True)
    recording_link = models.URLField(_("recording"), max_length=500, blank=True)

    class Meta:
        abstract = True


class SessionPage(SessionPageMixin, Page):
    """A meeting of a program; below its program page."""

    parent_page_types = ["cop_program.ProgramPage"]
    subpage_types: list[str] = []
    template = "cop_program/session_page.html"

    class Meta:
        verbose_name = _("session page")
        verbose_name_plural = _("session pages")


class FacilitatorPageMixin(models.Model):
    """Who leads a program; `contact_email` is read on the server only."""

    role = models.CharField(_("role"), max_length=160, blank=True)
    organization = models.CharField(_("organization"), max_length=160, blank=True)
    portrait = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("portrait"),
    )
    credentials = models.TextField(_("credentials"), blank=True)
    biography = RichTextField(_("biography"), blank=True)
    contact_email = models.EmailField(_("email address for letters"), blank=True)
    website = models.URLField(_("web site"), blank=True)

    class Meta:
        abstract = True


class FacilitatorPage(FacilitatorPageMixin, Page):
    """A facilitator's page."""

    parent_page_types = ["cop_program.FacilitatorIndexPage"]
    subpage_types: list[str] = []
    template = "cop_program/facilitator_page.html"

    class Meta:
        verbose_name = _("facilitator page")
        verbose_name_plural = _("facilitator pages")


class ProgramIndexPage(Page):
    """A list of programs."""

    introduction = RichTextField(_("introduction"), blank=True)
    subpage_types = ["cop_program.ProgramPage"]
    template = "cop_program/program_index_page.html"

    class Meta:
        verbose_name = _("program index page")
        verbose_name_plural = _("program index pages")


class FacilitatorIndexPage(Page):
    """A list of facilitators."""

    introduction = RichTextField(_("introduction"), blank=True)
    subpage_types = ["cop_program.FacilitatorPage"]
    template = "cop_program/facilitator_index_page.html"

    class Meta:
        verbose_name = _("facilitator index page")
        verbose_name_plural = _("facilitator index pages")
