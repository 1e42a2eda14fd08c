"""The pages of the demo."""

from wagtail.models import Page, Site

from demo.models import HomePage


def home() -> HomePage:
    """Put the demo's home page in the place of Wagtail's welcome page."""
    root = Page.get_first_root_node()
    site = Site.objects.get(is_default_site=True)
    welcome = site.root_page
    page = root.add_child(instance=HomePage(title="Circle Forward", slug="circle-forward"))
    site.root_page, site.site_name = page, "Circle Forward"
    site.save()
    if welcome.pk not in (root.pk, page.pk):
        Page.objects.get(pk=welcome.pk).delete()
    return page


def load() -> None:
    """Make all pages."""
    home()
