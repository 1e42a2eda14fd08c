"""The note to an editor who makes a page private: translations and aliases that stay open to everyone."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from wagtail.models import Page

from . import access


def left_open(page: Page) -> list[Page]:
    """Return the live translations and aliases of the private `page`, and of pages below it, that everyone may see.

    Of a page and the pages below it only the first; nothing if `page` is no private one.
    """
    if access.is_open(page, None):
        return []
    mine = Page.objects.filter(path__startswith=page.path)
    same = Q(translation_key__in=mine.values("translation_key")) | Q(alias_of__in=mine.values("pk"))
    others = Page.objects.live().filter(same).exclude(path__startswith=page.path).select_related("locale")
    found: list[Page] = []
    for one in access.visible(others, None).order_by("path"):
        if not one.path.startswith(tuple(above.path for above in found)):
            found.append(one)
    return found


def name_of(page: Page) -> str:
    """Return what tells a translation from others: "Gesunde Kultur (German)"."""
    language = get_language_info(page.locale.language_code)["name_translated"]
    return f"{page.title} ({language})"


def warning() -> str:
    """Return what an editor reads before the names."""
    return _("This page is private, but these translations of it or of pages below it are still public:")


def advice() -> str:
    """Return what an editor reads after the names."""
    return _("If they should be private too, set their privacy as well.")


@never_cache
def note(request: HttpRequest, pk: int) -> JsonResponse:
    """Return as `text` what an editor must know after setting the privacy of the page `pk`; '' if nothing.

    Raise PermissionDenied if the user may not set it.
    """
    page = get_object_or_404(Page, pk=pk)
    if not page.permissions_for_user(request.user).can_set_view_restrictions():
        raise PermissionDenied
    names = ", ".join(name_of(one) for one in left_open(page))
    return JsonResponse({"text": f"{warning()} {names}. {advice()}" if names else ""})
