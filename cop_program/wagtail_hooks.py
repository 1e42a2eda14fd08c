"""What editors are told before Wagtail acts: needed pages are kept, incomplete drafts are not published."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import Q
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import Page

from . import places, privacy, publication, session_records
from .extensions import provider
from .models import ProgramPage, SessionPage
from .page_views import FamilyViewSet
from .receivers import when_published


def is_translation(page: Page) -> bool:
    """Tell whether `page` is a page of a program in another language than its source page."""
    found = page.specific
    return isinstance(found, ProgramPage) and found.source_page() is not None


@hooks.register("before_create_page")
def lead_to_source(request: HttpRequest, parent: Page, page_class: type[Page]) -> HttpResponse | None:
    """Refuse to create a session below a translation of the program; redirect to the source page."""
    if not issubclass(page_class, SessionPage) or not is_translation(parent):
        return None
    source = parent.specific.source_page()
    messages.error(
        request, _("Add sessions to the original page, “%(title)s”, then translate them.") % {"title": source.title}
    )
    return redirect("wagtailadmin_explore", source.pk)


@hooks.register("before_edit_page")
def note_autosave(request: HttpRequest, page: Page) -> None:
    """Tell a program page whether it is the editor's browser that saves (`ProgramPage.is_autosaved`)."""
    if isinstance(page, ProgramPage):
        page.is_autosaved = not request.accepts("text/html")


@hooks.register("register_admin_viewset")
def page_views() -> FamilyViewSet:
    """Let Wagtail's views of our pages tell what a page refuses."""
    return FamilyViewSet("cop_pages")


@hooks.register("before_edit_page")
def tell_of_refusal(request: HttpRequest, page: Page) -> None:
    """Tell whoever opens a page that was not published as scheduled what it lacks."""
    note = publication.refused(page=page).first() if request.method == "GET" else None
    if note is None:
        return
    try:
        publication.check(note.revision.as_object())
    except ValidationError as error:
        what = publication.words(page, error)
        messages.warning(request, _("This page was not published as scheduled. %(what)s") % {"what": what})


class NotPublishedPanel(Component):
    """On the first page of the admin: pages that were not published as scheduled, because they are incomplete."""

    order = 20
    template_name = "cop_program/admin/not_published.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"pages": publication.refused_for(parent_context["request"].user)}


@hooks.register("construct_homepage_panels")
def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Put the panel among the first."""
    panels.append(NotPublishedPanel())


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    """Say in the history what was done to the number of places, and that a page was not published."""
    actions.register_action(places.ACTION)(NumberOfPlaces)
    actions.register_action(
        publication.REFUSED,
        gettext_lazy("Not published as scheduled"),
        gettext_lazy("Not published as scheduled, because the draft is incomplete"),
    )


class NumberOfPlaces(LogFormatter):
    """The number of places was changed."""

    label = gettext_lazy("Number of places changed")

    def format_message(self, log_entry: Any) -> str:
        """Return both numbers."""
        if log_entry.data["before"] is None:
            return _("Number of places set to %(number)s") % log_entry.data
        return _("Number of places changed from %(before)s to %(number)s") % log_entry.data


@hooks.register("before_delete_page")
def keep_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse to delete `page` if applications depend on it."""
    return _refuse(request, [page])


@hooks.register("before_bulk_action")
def keep_pages(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action_class_instance: Any
) -> HttpResponse | None:
    """Refuse a bulk deletion if applications depend on one of the pages."""
    pages = [one for one in objects if isinstance(one, Page)]
    return _refuse(request, pages) if action_type == "delete" and pages else None


@hooks.register("before_bulk_action")
def finish_pages(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action_class_instance: Any
) -> HttpResponse | None:
    """Refuse a bulk publication if one of the drafts is incomplete: Wagtail checks only in the editor."""
    pages = [one for one in objects if isinstance(one, Page)]
    if action_type != "publish" or not pages:
        return None
    if request.POST.get("include_descendants"):
        pages += [below for page in pages for below in page.get_descendants().not_live().defer_streamfields()]
    for page in pages:
        try:
            publication.check(page.get_latest_revision_as_object())
        except ValidationError as error:
            what = {"title": page.title, "what": publication.words(page, error)}
            messages.error(request, _("“%(title)s” cannot be published yet: %(what)s") % what)
            return redirect(action_class_instance.next_url or "wagtailadmin_home")
    return None


@hooks.register("before_move_page")
def keep_in_program(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """Refuse to move a published session into another program, where the form that asks for the place is skipped."""
    if not (message := session_records.refusal(page, destination)):
        return None
    messages.error(request, message)
    return redirect("wagtailadmin_pages:move", page.pk)


@hooks.register("before_bulk_action")
def keep_all_in_program(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action_class_instance: Any
) -> HttpResponse | None:
    """Refuse to move several pages if one of them is a published session of another program."""
    if action_type != "move" or not (form := action_class_instance.cleaned_form):
        return None
    found = (session_records.refusal(one, form.cleaned_data["chooser"]) for one in objects if isinstance(one, Page))
    if not (reasons := [message for message in found if message]):
        return None
    messages.error(request, " ".join(reasons))
    return redirect(action_class_instance.next_url or "wagtailadmin_home")


@hooks.register("after_convert_alias_page")
def begin_converted(request: HttpRequest, page: Page) -> None:
    """Do with a live page that is no alias any more what its publication brings."""
    when_published(page.specific)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """Add the URL from which `privacy.js` gets its note."""
    return [path("privacy-note/<key:pk>/", privacy.note, name="cop_privacy_note")]


@hooks.register("insert_global_admin_js")
def privacy_script() -> SafeString:
    """Tell an editor at once, wherever Wagtail's dialog for privacy is."""
    source, address = static("cop_program/js/privacy.js"), reverse("cop_privacy_note", args=[0])
    return format_html('<script type="module" src="{}" data-address="{}" id="cop-privacy"></script>', source, address)


def needed_by(pages: Sequence[Page]) -> list[str]:
    """Return what else in the database prevents the deletion of `pages` and all below them, in sentences."""
    below = Q(pk__in=[])
    for page in pages:
        below |= Q(path__startswith=page.path)
    collector = Collector(using=router.db_for_write(Page))
    try:
        collector.collect(Page.objects.filter(below))
    except (ProtectedError, RestrictedError) as error:
        found = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
        kinds = Counter(str(one._meta.verbose_name_plural) for one in found)
        what = ", ".join(f"{name} ({count})" for name, count in sorted(kinds.items()))
        return [
            _("“%(title)s” cannot be deleted. Other records need it: %(what)s.")
            % {"title": pages[0].title, "what": what}
        ]
    return []


def _refuse(request: HttpRequest, pages: Sequence[Page]) -> HttpResponse | None:
    reasons = provider().reasons_to_keep(pages) or needed_by(pages)
    if not reasons:
        return None
    messages.error(request, " ".join([*reasons, _("Unpublish the page instead.")]))
    parent = pages[0].get_parent()
    return redirect("wagtailadmin_explore", parent.pk) if parent else redirect("wagtailadmin_explore_root")
