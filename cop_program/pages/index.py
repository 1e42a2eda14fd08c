"""The index pages of programs and of facilitators."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Page

from .. import access
from ..models.program import Program
from ..presentation import context
from . import panels
from .facilitator import FacilitatorPage
from .program import ProgramPage
from .zoned import ZonedPage


class ProgramIndexPage(ZonedPage):
    """A list of programs."""

    page_description = _("Lists programs, which are created below it.")
    introduction = RichTextField(_("introduction"), blank=True)
    content_panels = [*Page.content_panels, panels.PrivacyNote(), FieldPanel("introduction")]
    api_fields = [APIField("introduction")]
    subpage_types = ["cop_program.ProgramPage"]
    template = "cop_program/program_index_page.html"

    class Meta:
        verbose_name = _("program index page")
        verbose_name_plural = _("program index pages")

    def template_context(self, request: HttpRequest) -> dict[str, Any]:
        found = access.visible(ProgramPage.objects.child_of(self).live(), request)
        pages = list(found.select_related("hero_image").order_by("starts_on", "pk"))
        programs = Program.objects.filter(translation_key__in=[page.translation_key for page in pages])
        return context.of_programs(pages, programs.select_related("page"), request)


class FacilitatorIndexPage(ZonedPage):
    """A list of facilitators."""

    page_description = _("Lists facilitators, who are created below it.")
    introduction = RichTextField(_("introduction"), blank=True)
    content_panels = [*Page.content_panels, panels.PrivacyNote(), FieldPanel("introduction")]
    api_fields = [APIField("introduction")]
    subpage_types = ["cop_program.FacilitatorPage"]
    template = "cop_program/facilitator_index_page.html"

    class Meta:
        verbose_name = _("facilitator index page")
        verbose_name_plural = _("facilitator index pages")

    def template_context(self, request: HttpRequest) -> dict[str, Any]:
        found = access.visible(FacilitatorPage.objects.child_of(self).live(), request)
        return {"facilitators": context.of_facilitators(found.select_related("portrait").order_by("path"))}
