"""The only path from pages up to what people do with a program.

`cop_program` asks the registered provider. The default one knows no applications, places or forms. `forms_ext`
registers its own in `AppConfig.ready()`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from wagtail.models import Page

    from .models import FacilitatorPage, Program, ProgramPage, SessionRecord, SessionState


@dataclass(frozen=True)
class Places:
    """Places of a program: `capacity` in all, `taken` by members, `held` until a deposit, `waiting` in the queue."""

    capacity: int
    taken: int
    held: int
    waiting: int

    @property
    def left(self) -> int:
        """Return how many places can be claimed now."""
        return max(self.capacity - self.taken - self.held, 0)


@dataclass(frozen=True)
class NextStep:
    """What a reader of the program page does now.

    `label` is the text of the button and `url` its address, both empty if there is nothing to do;
    `explanation` says in one sentence where the program stands; `closes_at` is the instant until which
    the step is open; `is_open` tells whether it can be taken now, and `reason` why, in a word (`intake.Why`).
    """

    label: str | Promise
    url: str
    explanation: str | Promise
    closes_at: datetime | None = None
    is_open: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Standing:
    """How a program stands, for readers without a page; the last two are the paths of its forms' API, or ''."""

    places: Places | None = None
    next_step: NextStep | None = None
    application_api_url: str = ""
    registration_api_url: str = ""


class Provider:
    """What pages ask; each default means "no such thing here"."""

    def places(self, program: "Program") -> Places | None:
        """Return the places of `program`, or None if nobody counts them."""
        return None

    def places_changed(self, program: "Program", offer_until: datetime | None = None) -> int:
        """Bring the places in line with `program.capacity`, and offer new ones to the queue, held until `offer_until`.

        Return how many there are now: more than that if more are taken or held, then nothing may stay changed.
        """
        return program.capacity or 0

    def next_step(self, program: "Program", request: HttpRequest | None) -> NextStep | None:
        """Return the next step for a reader of the program's page."""
        return None

    def annotations(self) -> Mapping[str, Any]:
        """Return expressions over rows of `ProgramPage`, by name, so that `standing` needs no query."""
        return {}

    def standing(
        self, page: "ProgramPage", status: str, values: Mapping[str, Any], address: Callable[[str], str]
    ) -> Standing:
        """Return how the program of `page` with `status` stands now, without a query.

        `values` has the values of `annotations`; `address` returns the URL of the page with a URL path.
        """
        return Standing()

    def contact_url(self, facilitator: "FacilitatorPage") -> str:
        """Return the URL of the contact form of `facilitator`, or ''."""
        return ""

    def is_form(self, page: "Page") -> bool:
        """Tell whether `page` has a form that another page may show."""
        return False

    def render_form(self, page: "Page", request: HttpRequest | None) -> SafeString:
        """Return the HTML of the form of `page`, or '' if there is none that the reader may see.

        Without a request nothing is known of the reader, who then sees what is public.
        """
        return SafeString("")

    def reasons_to_keep(self, pages: Sequence["Page"]) -> list[str]:
        """Return, for an editor, why `pages` (with all pages below them) cannot be deleted."""
        return []

    def session_changed(self, program: "Program", record: "SessionRecord", before: "SessionState | None") -> None:
        """Receive that a published session of `program` has changed from `before`; None if it is new.

        A session that is unpublished or deleted has changed, too: it is not `is_on` any more.
        """

    def session_notice(self, program: "Program", request: HttpRequest) -> SafeString:
        """Return the HTML that tells an editor what the members of `program` will be told of its sessions, or ''."""
        return SafeString("")


_provider = Provider()


def register(provider: Provider) -> None:
    """Make `provider` the one that pages use."""
    global _provider
    _provider = provider


def provider() -> Provider:
    """Return the registered provider."""
    return _provider
