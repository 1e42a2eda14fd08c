"""The page of a program."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import PageChooserPanel
from wagtail.api import APIField
from wagtail.models import Orderable, Page
from wagtail.search import index

from .. import access, places
from ..api.fields import parts as api_parts
from ..models.program import Program
from ..presentation import context, page_cache
from ..translations import localized
from . import panels, validation
from .forms import ENTER_PLACES, ProgramPageForm
from .mixins import ProgramPageMixin
from .session import SessionPage
from .zoned import ZonedPage

if TYPE_CHECKING:
    from wagtail.query import PageQuerySet

    from .facilitator import FacilitatorPage


class ProgramPage(ProgramPageMixin, ZonedPage):
    """The page of one program; sessions and its forms live below it."""

    page_description = _("A program that people apply to, with its dates, costs and places.")
    base_form_class = ProgramPageForm
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
            "refund_terms",
            "body",
        )
    ] + api_parts()

    #: The number of places to set with the next save.
    new_capacity: int | None = None
    #: True while an editor's form asks for the number of places.
    asks_for_places = False
    #: True while the editor saves by itself.
    is_autosaved = False

    parent_page_types = ["cop_program.ProgramIndexPage"]
    template = "cop_program/program_page.html"

    class Meta:
        verbose_name = _("program page")
        verbose_name_plural = _("program pages")

    @property
    def capacity(self) -> int | None:
        """The number of places, which the program's row holds; a number set here is set there with the next save."""
        if self.new_capacity is not None:
            return self.new_capacity
        found = Program.objects.filter(translation_key=self.translation_key).values_list("capacity", flat=True)
        return found.first()

    @capacity.setter
    def capacity(self, number: int | None) -> None:
        self.new_capacity = number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Set the number of places, too, if there is a new one. Raise ValidationError if the program cannot have it."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            number, self.new_capacity = self.new_capacity, None
            if number is not None and not self.alias_of_id:
                program, _made = Program.objects.get_or_create(
                    translation_key=self.translation_key, defaults={"page_id": self.pk}
                )
                if program.page_id == self.pk:
                    try:
                        places.set_number(program=program, number=number)
                    except ValidationError as error:
                        raise ValidationError({"capacity": error.messages}) from error

    def copy_all_child_relations(self, target: Any, exclude: Any = None, commit: bool = False) -> Any:
        """Let a copy of this page begin with as many places; Wagtail calls this for each page that it copies."""
        if target.pk is None:
            target.capacity = self.capacity
        return super().copy_all_child_relations(target, exclude, commit)

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
        """Return the live sessions of `program` that `request` may see, by start, in this page's language if any."""
        source = (program.page if program.page_id != self.pk else None) if program else self.source_page()
        found = list((source or self).sessions().live())
        if source:
            found = localized(found, self.locale.language_code, below=self, request=request)
        return [one for one in found if access.is_open(one, request)]

    def first_of(self, pages: Any) -> Any:
        """Return the page of the program's row, otherwise the oldest."""
        return pages.filter(alias_of=None).order_by(models.F("cop_program_row").asc(nulls_last=True), "pk").first()

    def clean_fields(self, exclude: Any = None) -> None:
        """Raise ValidationError, by field, for what is missing: the number of places, too, unless a form asks for it.

        An alias has none.
        """
        errors: dict[str, Any] = {}
        try:
            super().clean_fields(exclude)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if not self.alias_of_id and not self.asks_for_places and self.capacity is None:
            errors["capacity"] = [ValidationError(ENTER_PLACES)]
        if errors:
            raise ValidationError(errors)

    def clean(self) -> None:
        """Raise ValidationError, at each field, for values that contradict each other; in a draft, for places only."""
        super().clean()
        if errors := validation.place_errors(self) if self.is_unfinished else validation.program_errors(self):
            raise ValidationError(errors)


class ProgramFacilitator(Orderable):
    """A facilitator of a program, in the order of the page."""

    page = ParentalKey(ProgramPage, on_delete=models.CASCADE, related_name="program_facilitators")
    facilitator = models.ForeignKey(
        "cop_program.FacilitatorPage", on_delete=models.CASCADE, related_name="+", verbose_name=_("facilitator")
    )
    panels = [PageChooserPanel("facilitator")]
