"""The buttons of the listings that lead to the exports of their rows."""

from collections.abc import Iterator

from django.urls import reverse
from wagtail.admin.widgets.button import HeaderButton

from ...base.admin.listing import Listing
from ..sources import SOURCES


def of_listing(listing: Listing) -> Iterator[HeaderButton]:
    """Yield what leads to the exports of the rows of `listing`, as they are searched and filtered now."""
    for source in SOURCES.values():
        if type(source.listing_admin) is type(listing.model_admin) and source.allows(listing.request.user):
            url = f"{reverse('cop_exports:export', args=[source.name])}?{listing.asked()}"
            yield HeaderButton(source.button, url=url, icon_name="download")
