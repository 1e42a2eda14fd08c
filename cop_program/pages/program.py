"""The page of a program."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import PageChooserPanel
from wagtail.api import APIField
from wagtail.models import Orderable, Page
from wagtail.search import index

from .. import access
from ..api.fields import parts as api_parts
from ..models.program import Program
from ..presentation import context, page_cache
from ..translations import localized
from . import panels, validation
from .forms import TranslatedForm
from .mixins import ProgramPageMixin
from .session import SessionPage
from .zoned import ZonedPage

if TYPE_CHECKING:
    from wagtail.query import PageQuerySet

    from .facilitator import FacilitatorPage


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
        """Answer a visitor with the page as the last one got it if nothing has changed since (`rendered`)."""
        response = page_cache.serve(self, request, lambda: super(ProgramPage, self).serve(request, *args, **kwargs))
        patch_vary_headers(response, ["Cookie"])
        return response

    def template_context(self, request: HttpRequest) -> dict[str, Any]:
        return context.of_program(self, Program.for_page(self), request)

    def facilitators(self, request: HttpRequest) -> "list[FacilitatorPage]":
        """Return the live facilitators that the reader may see; a preview uses the draft's own list."""
        keys = [row.facilitator_id for row in self.program_facilitators.all()]
        pages = ProgramFacilitator._meta.get_field("facilitator").related_model.objects.live()
        found = pages.filter(pk__in=keys).select_related("portrait").in_bulk()
        people = [found[key] for key in keys if key in found]
        if any(one.locale_id != self.locale_id for one in people):
            people = localized(people, self.locale.language_code, request=request)
        return [one for one in people if access.is_open(one, request)]

    def sessions(self) -> "PageQuerySet[SessionPage]":
        """Return the sessions below this page, drafts too, by start."""
        return SessionPage.objects.child_of(self).order_by("starts_at", "pk")

    def live_sessions(self, program: Program | None = None, request: HttpRequest | None = None) -> "list[SessionPage]":
        """Return the live sessions of `program` that `request` may see, by start, in the words of this page if any."""
        source = (program.page if program.page_id != self.pk else None) if program else self.source_page()
        found = list((source or self).sessions().live())
        if source:
            found = localized(found, self.locale.language_code, below=self, request=request)
        return [one for one in found if access.is_open(one, request)]

    def first_of(self, pages: Any) -> Any:
        """Return the page of the program's row, otherwise the oldest."""
        return pages.filter(alias_of=None).order_by(models.F("program").asc(nulls_last=True), "pk").first()

    def clean(self) -> None:
        """Raise ValidationError, at each field, for values that contradict each other. A draft may lack values."""
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
