"""The home page of the demo site."""

from wagtail.fields import RichTextField
from wagtail.models import Page


class HomePage(Page):
    """The front page: what the organization does, and its programs."""

    lead = RichTextField(blank=True)
    template = "config/home_page.html"
    max_count = 1
