"""Rich text for other software: links to pages become URLs."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.html import escape
from wagtail.rich_text import expand_db_html

from .rows import LINK_ID, PAGE_LINK

OTHER = re.compile(r'linktype="(?!page")|<embed\b')


class Texts:
    """Expand the texts of one document; `is_settled` tells whether the rows alone were enough."""

    def __init__(self, addresses: Mapping[int, str], titles: Mapping[int, str]) -> None:
        self.addresses, self.titles = addresses, titles
        self.is_settled = True

    def html(self, text: str | None) -> str:
        """Return the HTML of `text`, querying the database only for what the text refers to."""
        text = text or ""
        if "linktype=" not in text and "<embed" not in text:
            return text
        if OTHER.search(text) or any(self._address(tag) is None for tag in PAGE_LINK.findall(text)):
            self.is_settled = False
            return str(expand_db_html(text))
        return PAGE_LINK.sub(lambda found: f'<a href="{escape(self._address(found.group()) or "")}">', text)

    def _address(self, tag: str) -> str | None:
        found = LINK_ID.search(tag)
        return self.addresses.get(int(found[1])) if found else None

    def tree(self, value: Any) -> Any:
        """Return the API representation of a stream, with its texts expanded and the URLs of chosen pages.

        Cards include only public pages.
        """
        if isinstance(value, str):
            return self.html(value) if "<" in value else value
        if isinstance(value, list):
            return [self.tree(one) for one in value]
        if isinstance(value, dict):
            made = {key: self.tree(one) for key, one in value.items()}
            if isinstance(value.get("page"), int) and "url" in value:
                made["url"] = self.addresses.get(value["page"], value["url"])
            if isinstance(pages := value.get("pages"), list):
                made["pages"] = [
                    {"page": pk, "title": self.titles[pk], "url": url}
                    for pk in pages
                    if (url := self.addresses.get(pk))
                ]
            return made
        return value
