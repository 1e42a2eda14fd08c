"""The page of a facilitator."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from .. import access
from ..fields import EmailField
from ..presentation import context
from . import panels
from .forms import TranslatedForm
from .program import ProgramPage
from .zoned import ZonedPage


class FacilitatorPageMixin(models.Model):
    """The fields of a facilitator; `contact_email` is never shown."""

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
    contact_email = EmailField(_("contact email"), blank=True)
    website = models.URLField(_("website"), blank=True)

    class Meta:
        abstract = True


class FacilitatorPage(FacilitatorPageMixin, ZonedPage):
    """The page of a facilitator; the email address is never shown."""

    page_description = _("A person who leads programs.")
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

    def template_context(self, request: HttpRequest) -> dict[str, Any]:
        return context.of_facilitator(self, request)

    def programs(self, request: HttpRequest) -> list[ProgramPage]:
        """Return their live programs that the reader may see, the latest first."""
        programs = access.visible(ProgramPage.objects.live(), request).filter(
            program_facilitators__facilitator__translation_key=self.translation_key, locale_id=self.locale_id
        )
        return list(programs.distinct().order_by("-starts_on"))
