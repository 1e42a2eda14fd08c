"""The page of a session."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from ..presentation import context
from . import panels, validation
from .forms import SessionPageForm
from .mixins import LiveInstant, ProgramPageMixin
from .zoned import ZonedPage

if TYPE_CHECKING:
    from .program import ProgramPage


class SessionPageMixin(models.Model):
    """One session: two instants in UTC (a draft may lack them), a private join link and, later, a private recording."""

    starts_at: LiveInstant = models.DateTimeField(_("starts"), null=True)  # type: ignore[misc]  # see LiveInstant
    ends_at: LiveInstant = models.DateTimeField(_("ends"), null=True)  # type: ignore[misc]  # see LiveInstant
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    description = RichTextField(_("description"), blank=True)
    join_link = models.URLField(_("join link"), max_length=500, blank=True)
    recording_link = models.URLField(_("recording"), max_length=500, blank=True)

    class Meta:
        abstract = True


class SessionPage(SessionPageMixin, ZonedPage):
    """A session of a program, below its program page. Only members see its join link and recording."""

    page_description = _("One session of the program. Only members see its join link and recording.")
    base_form_class = SessionPageForm
    shared_fields = ("starts_at", "ends_at", "is_cancelled", "join_link", "recording_link")
    content_panels = [*Page.content_panels, *panels.SESSION]
    search_fields = [*Page.search_fields, index.SearchField("description")]
    api_fields = [APIField(name) for name in ("starts_at", "ends_at", "is_cancelled", "description")]
    #: The program page above a session that is not in the tree yet (set by its form).
    program_page_above: "ProgramPage | None" = None

    parent_page_types = ["cop_program.ProgramPage"]
    subpage_types: list[str] = []
    template = "cop_program/session_page.html"

    class Meta:
        verbose_name = _("session page")
        verbose_name_plural = _("session pages")

    def first_of(self, pages: Any) -> Any:
        """Return the session below the program's source page."""
        above = self.program_page()
        source = above.source_page() if above is not None else None
        return pages.child_of(source).first() if source is not None else None

    def program_page(self) -> "ProgramPage | None":
        """Return the page of the program, None if there is none yet."""
        if not self.path:
            return self.program_page_above
        parent = self.get_parent()
        return parent.specific if parent and issubclass(parent.specific_class or Page, ProgramPageMixin) else None

    def clean(self) -> None:
        """Raise ValidationError, at each field, for values that contradict each other. A draft may lack values."""
        super().clean()
        if not self.is_unfinished and (errors := validation.session_errors(self, self.program_page())):
            raise ValidationError(errors)

    def template_context(self, request: HttpRequest) -> dict[str, Any]:
        return context.of_session(self, request)
