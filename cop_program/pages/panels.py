"""The panels of the page editor, in the order of a reader's questions."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel

from .. import privacy
from ..extensions import provider
from ..models.program import Program


class SourceNote(HelpPanel):
    """On a translation, say where its figures are edited."""

    class BoundPanel(HelpPanel.BoundPanel):
        """The note, with a link to the source page."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.source = self.instance.source_page() if self.instance.pk else None
            if self.source is not None:
                self.content = format_html(
                    '<p>{} <a href="{}">{}</a></p>',
                    _("This page is a translation. Its dates, figures and links come from the original page."),
                    reverse("wagtailadmin_pages:edit", args=[self.source.pk]),
                    _("Edit the original page"),
                )

        def is_shown(self) -> bool:
            """Whether this is a translation."""
            return self.source is not None


class PrivacyNote(HelpPanel):
    """On a private page, say which translations are still public."""

    class BoundPanel(HelpPanel.BoundPanel):
        """The note, with links to the pages."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.open = privacy.left_open(self.instance) if self.instance.pk else []
            links = [(reverse("wagtailadmin_pages:edit", args=[one.pk]), privacy.name_of(one)) for one in self.open]
            words = {"warning": privacy.warning(), "advice": privacy.advice()}
            self.content = render_to_string("cop_program/admin/privacy_note.html", {"open": links, **words})

        def is_shown(self) -> bool:
            """Whether there is anything to tell."""
            return bool(self.open)


class SessionNotice(HelpPanel):
    """Say what the members will be told of changed sessions."""

    class BoundPanel(HelpPanel.BoundPanel):
        """The notice, which the provider makes."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            program = self._program() if self.instance.pk else None
            self.content = provider().session_notice(program, self.request) if program and self.request else ""

        def is_shown(self) -> bool:
            """Whether there is anything to tell."""
            return bool(self.content)

        def _program(self) -> Program | None:
            page = self.instance
            above = page.program_page() if hasattr(page, "program_page") else page
            return Program.for_page(above) if above is not None else None


def _deadline(kind: str, help_text: object) -> FieldRowPanel:
    return FieldRowPanel(
        [
            FieldPanel(f"{kind}_deadline", help_text=help_text),
            FieldPanel(f"{kind}_deadline_zone", help_text=_("Leave empty for the home time zone.")),
        ]
    )


PROGRAM = [
    PrivacyNote(),
    SourceNote(),
    SessionNotice(),
    MultiFieldPanel(
        [
            FieldPanel("kind", help_text=_("For example “Community of Practice”. Appears above the title.")),
            FieldPanel("summary", help_text=_("Describe the program in one or two sentences. Also shown in lists.")),
            FieldPanel("hero_image"),
        ],
        heading=_("About the program"),
    ),
    MultiFieldPanel([FieldPanel("audience"), FieldPanel("prerequisite")], heading=_("Who it is for")),
    MultiFieldPanel(
        [
            FieldPanel("home_zone", help_text=_("The program's dates and session times are in this time zone.")),
            FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
            FieldPanel(
                "zone_groups",
                help_text=_(
                    "The schedule for each group is generated from the sessions. Do not type it into the text."
                ),
            ),
        ],
        heading=_("When"),
    ),
    MultiFieldPanel(
        [
            _deadline("application", _("Applications close at the end of this day.")),
            _deadline("registration", _("Registration and deposit are due by the end of this day.")),
            _deadline(
                "cancellation",
                _("Deposits are refundable until the end of this day. It may be before the deadline above."),
            ),
        ],
        heading=_("Deadlines"),
        help_text=_("Each deadline is the end of a day in its time zone. It cannot be after the first day."),
    ),
    MultiFieldPanel(
        [
            FieldPanel(
                "capacity",
                help_text=_(
                    "Changes as soon as you save a draft or publish, and new places go to the queue at once. Can be "
                    "raised at any time, but not lowered below the places taken or held. Autosave does not change it "
                    "once the program is public."
                ),
            ),
            FieldPanel("least_members", help_text=_("The program can be confirmed with this many members.")),
        ],
        heading=_("Places"),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("fee"), FieldPanel("deposit")]),
            FieldPanel(
                "rebate_percentage", help_text=_("Percentage of the fee, paid back after the program has started.")
            ),
            FieldPanel("rebate_countries", help_text=_("Members who live there get the rebate.")),
        ],
        heading=_("Costs"),
        help_text=_("Changing the fee does not affect people already registered."),
    ),
    MultiFieldPanel(
        [
            FieldPanel(
                "cancellation_policy",
                help_text=_("The complete policy. It appears at the end of the registration form."),
            ),
            FieldPanel(
                "refund_terms",
                help_text=_(
                    "What the policy says, as dates. They decide what is given back, and appear below the policy. "
                    "After the last of them, nothing is given back. If empty, the deposit is given back until the "
                    "cancellation deadline, and everything else at any time. Fixed for each person when they register."
                ),
            ),
        ],
        heading=_("If somebody cancels"),
    ),
    InlinePanel("program_facilitators", heading=_("Facilitators"), label=_("Facilitator")),
    FieldPanel("body"),
]

SESSION = [
    PrivacyNote(),
    SourceNote(),
    SessionNotice(),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
            FieldPanel(
                "is_cancelled",
                help_text=_(
                    "The session stays on the page, marked as cancelled. Members are emailed half an hour after you "
                    "have published your last change."
                ),
            ),
        ],
        heading=_("When"),
    ),
    FieldPanel("description"),
    MultiFieldPanel(
        [FieldPanel("join_link"), FieldPanel("recording_link")],
        heading=_("For members only"),
        help_text=_(
            "Never shown in public. Members find both on their private page, and are emailed half an hour after you "
            "have published your last change."
        ),
    ),
]

FACILITATOR = [
    PrivacyNote(),
    SourceNote(),
    MultiFieldPanel(
        [FieldPanel("role"), FieldPanel("organization"), FieldPanel("portrait")], heading=_("About the facilitator")
    ),
    FieldPanel("biography"),
    FieldPanel("credentials", help_text=_("One per line.")),
    MultiFieldPanel(
        [
            FieldPanel(
                "contact_email",
                help_text=_("Never shown. Messages from the contact form go to this address."),
            ),
            FieldPanel("website"),
        ],
        heading=_("Contact"),
    ),
]
