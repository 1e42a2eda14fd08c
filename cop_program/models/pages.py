"""The pages of a program, its facilitators and its sessions."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from djmoney.models.fields import MoneyField
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, PageChooserPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index

from .. import access, context, validation
from ..api.fields import parts as api_parts
from ..blocks import ProgramBodyBlock, ZoneGroupsBlock
from ..deadlines import Deadline
from ..fields import OpenStreamField
from ..forms import SessionPageForm, TranslatedForm
from ..translations import localized
from ..zones import zone_choices
from . import panels
from .program import Program
from .translated import Translated

if TYPE_CHECKING:
    from wagtail.query import PageQuerySet

#: What changes of a published session are told to whom it concerns, and by which fields.
TOLD_FIELDS = {
    "join_link": ("join_link",),
    "recording": ("recording_link",),
    "time": ("starts_at", "ends_at"),
    "state": ("is_cancelled",),
}


def deadline_instant(day: date | None, zone: str) -> datetime | None:
    """Return the instant at which the deadline `day` in `zone` closes: the end of that day there."""
    return None if day is None else Deadline(day, zone).closes_at


class ZonedPage(Translated):
    """A page that shows times: its context is made by `cop_program.context`, and it differs by the reader's cookie."""

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what `cop_program/context.py` promises to templates."""
        values: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return values | context.of(self, request)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell caches that the page differs by cookie."""
        response: HttpResponse = super().serve(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        return response


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


class ProgramPage(ProgramPageMixin, ZonedPage):
    """The page of one program; sessions and its forms live below it."""

    base_form_class = TranslatedForm
    shared_fields = (
        "home_zone",
        "starts_on",
        "ends_on",
        *(
            f"{kind}_deadline{zone}"
            for kind in ("application", "cancellation", "registration")
            for zone in ("", "_zone")
        ),
        "capacity",
        "least_members",
        "fee",
        "deposit",
        "rebate_percentage",
        "rebate_countries",
    )
    content_panels = [*Page.content_panels, *panels.PROGRAM]
    search_fields = [
        *Page.search_fields,
        *(index.SearchField(name) for name in ("kind", "summary", "audience", "body")),
    ]
    api_fields = [
        APIField(name)
        for name in (
            "kind",
            "summary",
            "hero_image",
            "audience",
            "prerequisite",
            "home_zone",
            "starts_on",
            "ends_on",
            "application_deadline",
            "application_deadline_zone",
            "cancellation_deadline",
            "cancellation_deadline_zone",
            "registration_deadline",
            "registration_deadline_zone",
            "capacity",
            "least_members",
            "rebate_percentage",
            "zone_groups",
            "cancellation_policy",
            "body",
        )
    ] + api_parts()

    parent_page_types = ["cop_program.ProgramIndexPage"]
    template = "cop_program/program_page.html"

    class Meta:
        verbose_name = _("program page")
        verbose_name_plural = _("program pages")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a visitor with the page as the last one got it where nothing has changed since (`rendered`)."""
        from .. import rendered

        response = rendered.serve(self, request, lambda: super(ProgramPage, self).serve(request, *args, **kwargs))
        patch_vary_headers(response, ["Cookie"])
        return response

    def sessions(self) -> "PageQuerySet[SessionPage]":
        """Return the meetings below this page, drafts too, by start."""
        return SessionPage.objects.child_of(self).order_by("starts_at", "pk")

    def meetings(self, program: Program | None = None, request: HttpRequest | None = None) -> "list[SessionPage]":
        """Return the live meetings of `program` that `request` may see, by start, in the words of this page if any."""
        source = (program.page if program.page_id != self.pk else None) if program else self.source_page()
        found = list((source or self).sessions().live())
        if source:
            found = localized(found, self.locale.language_code, below=self, request=request)
        return [one for one in found if access.is_open(one, request)]

    def first_of(self, pages: Any) -> Any:
        """Return the page of the program's row, else the oldest."""
        return pages.filter(alias_of=None).order_by(models.F("program").asc(nulls_last=True), "pk").first()

    def clean(self) -> None:
        """Refuse, at the field, what can't be meant; missing values pass, since drafts have them."""
        super().clean()
        if errors := validation.program_errors(self):
            raise ValidationError(errors)


class ProgramFacilitator(Orderable):
    """A facilitator of a program, in the order of the page."""

    page = ParentalKey(ProgramPage, on_delete=models.CASCADE, related_name="program_facilitators")
    facilitator = models.ForeignKey(
        "cop_program.FacilitatorPage", on_delete=models.CASCADE, related_name="+", verbose_name=_("facilitator")
    )
    panels = [PageChooserPanel("facilitator")]


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


class SessionPage(SessionPageMixin, ZonedPage):
    """A meeting of a program; below its program page. Its join link and recording are told to members alone."""

    base_form_class = SessionPageForm
    shared_fields = ("starts_at", "ends_at", "is_cancelled", "join_link", "recording_link")
    content_panels = [*Page.content_panels, *panels.SESSION]
    search_fields = [*Page.search_fields, index.SearchField("description")]
    api_fields = [APIField(name) for name in ("starts_at", "ends_at", "is_cancelled", "description")]
    #: The program page above one that has no place in the tree yet (set by its form).
    program_page_above: ProgramPage | None = None
    #: What the last save changed of the published session: keys of TOLD_FIELDS.
    told_changes: tuple[str, ...] = ()

    parent_page_types = ["cop_program.ProgramPage"]
    subpage_types: list[str] = []
    template = "cop_program/session_page.html"

    class Meta:
        verbose_name = _("session page")
        verbose_name_plural = _("session pages")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Note what this changes of a published session before it is overwritten."""
        if kwargs.get("update_fields") is None:
            self.told_changes = self._changes()
        super().save(*args, **kwargs)
        if {"time", "state"} & set(self.told_changes) and self.source_page() is None:
            self.touch_calendar()

    def first_of(self, pages: Any) -> Any:
        """Return the session below the program's source page."""
        above = self.program_page()
        source = above.source_page() if above is not None else None
        return pages.child_of(source).first() if source is not None else None

    def touch_calendar(self) -> None:
        """Raise the calendar's sequence: what it tells of this session has changed."""
        above = self.program_page()
        if above is not None:
            Program.objects.filter(translation_key=above.translation_key).update(
                calendar_sequence=models.F("calendar_sequence") + 1
            )

    def program_page(self) -> ProgramPage | None:
        """Return the page of the program, None where there is none yet."""
        if not self.path:
            return self.program_page_above
        parent = self.get_parent()
        return parent.specific if parent and issubclass(parent.specific_class or Page, ProgramPage) else None

    def clean(self) -> None:
        """Refuse, at the field, what can't be meant; missing values pass, since drafts have them."""
        super().clean()
        if errors := validation.session_errors(self, self.program_page()):
            raise ValidationError(errors)

    def _changes(self) -> tuple[str, ...]:
        if not self.live:
            return ()
        names = [name for fields in TOLD_FIELDS.values() for name in fields]
        before = SessionPage.objects.filter(pk=self.pk, live=True).values(*names).first() if self.pk else None
        if before is None:
            return tuple(what for what in ("join_link", "recording") if getattr(self, TOLD_FIELDS[what][0]))
        return tuple(
            what for what, fields in TOLD_FIELDS.items() if any(before[name] != getattr(self, name) for name in fields)
        )


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


class FacilitatorPage(FacilitatorPageMixin, ZonedPage):
    """A facilitator's page; their address is read on the server alone."""

    base_form_class = TranslatedForm
    shared_fields = ("contact_email", "website")
    content_panels = [*Page.content_panels, *panels.FACILITATOR]
    search_fields = [*Page.search_fields, index.SearchField("role"), index.SearchField("biography")]
    api_fields = [
        APIField(name) for name in ("role", "organization", "portrait", "credentials", "biography", "website")
    ]

    parent_page_types = ["cop_program.FacilitatorIndexPage"]
    subpage_types: list[str] = []
    template = "cop_program/facilitator_page.html"

    class Meta:
        verbose_name = _("facilitator page")
        verbose_name_plural = _("facilitator pages")


class ProgramIndexPage(ZonedPage):
    """A list of programs."""

    introduction = RichTextField(_("introduction"), blank=True)
    content_panels = [*Page.content_panels, panels.PrivacyNote(), FieldPanel("introduction")]
    api_fields = [APIField("introduction")]
    subpage_types = ["cop_program.ProgramPage"]
    template = "cop_program/program_index_page.html"

    class Meta:
        verbose_name = _("program index page")
        verbose_name_plural = _("program index pages")


class FacilitatorIndexPage(ZonedPage):
    """A list of facilitators."""

    introduction = RichTextField(_("introduction"), blank=True)
    content_panels = [*Page.content_panels, panels.PrivacyNote(), FieldPanel("introduction")]
    api_fields = [APIField("introduction")]
    subpage_types = ["cop_program.FacilitatorPage"]
    template = "cop_program/facilitator_index_page.html"

    class Meta:
        verbose_name = _("facilitator index page")
        verbose_name_plural = _("facilitator index pages")
