"""The home page of the demo site."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from cop_program.blocks import FacilitatorTeasersBlock, ProgramTeasersBlock
from cop_program.fields import OpenStreamField
from cop_program.models import ProgramIndexPage
from forms_ext.submissions.blocks import FormBlock


class HomeBodyBlock(blocks.StreamBlock):
    """The blocks allowed below the programs."""

    text = blocks.RichTextBlock(icon="pilcrow", template="cop_program/blocks/text.html")
    programs = ProgramTeasersBlock()
    facilitators = FacilitatorTeasersBlock()
    form = FormBlock()


class HomePage(Page):
    """The front page: what the organization does, and its programs."""

    headline = models.CharField(max_length=120, blank=True)
    lead = RichTextField(blank=True)
    body = OpenStreamField(HomeBodyBlock(), blank=True)
    template = "config/home_page.html"
    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("headline"), FieldPanel("lead"), FieldPanel("body")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Show what the first page of programs shows."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        index = ProgramIndexPage.objects.child_of(self).live().first()
        return index.get_context(request) | context if index is not None else context
