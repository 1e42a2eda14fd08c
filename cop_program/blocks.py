"""The blocks of a program page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import Page

from . import videos
from .extensions import provider
from .presentation import teasers
from .refunds import Gives
from .translations import localized
from .zones import zone_choices

FEATURES = ["bold", "italic", "link", "ol", "ul"]
NO_REQUEST = (
    "DEBUG: this block was rendered without the request, so it shows what every visitor may see. Use "
    "{% include_block page.body %} instead of {{ page.body }}, and add "
    "'django.template.context_processors.request' to the 'context_processors' of TEMPLATES."
)


class ZoneGroupBlock(blocks.StructBlock):
    """A heading and the time zones in its group."""

    name = blocks.CharBlock(label=_("Name"), help_text=_("For example “Americas”."))
    zones = blocks.ListBlock(blocks.ChoiceBlock(choices=zone_choices, label=_("Time zone")), label=_("Time zones"))

    class Meta:
        icon = "globe"
        label = _("Group of time zones")
        label_format = "{name}"


class ZoneGroupsBlock(blocks.StreamBlock):
    """The groups of zones to show, in order."""

    group = ZoneGroupBlock()


class RefundUntilBlock(blocks.StructBlock):
    """What is given back until the end of a day."""

    until = blocks.DateBlock(label=_("Until the end of"))
    gives = blocks.ChoiceBlock(choices=Gives.choices, label=_("Given back"))

    class Meta:
        icon = "date"
        label = _("Until a day")
        label_format = "{until}: {gives}"


class RefundSessionBlock(blocks.StructBlock):
    """What is given back until a session begins."""

    number = blocks.IntegerBlock(
        min_value=1,
        label=_("Until session number"),
        help_text=_("1 is the first session. Cancelled ones do not count."),
    )
    gives = blocks.ChoiceBlock(choices=Gives.choices, label=_("Given back"))

    class Meta:
        icon = "time"
        label = _("Until a session")
        label_format = "{number}: {gives}"


class RefundTermsBlock(blocks.StreamBlock):
    """What is given back to somebody who cancels, and until when; nothing after the last one."""

    day = RefundUntilBlock()
    session = RefundSessionBlock()


class QuotationBlock(blocks.StructBlock):
    """A quotation."""

    text = blocks.TextBlock(label=_("Quotation"), help_text=_("Without quotation marks."))
    source = blocks.CharBlock(label=_("Name"), required=False)
    role = blocks.CharBlock(label=_("Role"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        label_format = "{source}"
        template = "cop_program/blocks/quotation.html"


class BenefitBlock(blocks.StructBlock):
    """One thing that a member gets."""

    title = blocks.CharBlock(label=_("Benefit"))
    text = blocks.RichTextBlock(label=_("Explanation"), required=False, features=FEATURES)


class BenefitsBlock(blocks.StructBlock):
    """A list of benefits for members."""

    heading = blocks.CharBlock(label=_("Heading"), required=False, help_text=_("“What members get” if empty."))
    items = blocks.ListBlock(BenefitBlock(label=_("Benefit")), label=_("Benefits"))

    class Meta:
        icon = "list-ul"
        label = _("List of benefits")
        template = "cop_program/blocks/benefits.html"


class CallToActionBlock(blocks.StructBlock):
    """One button, and why to press it."""

    heading = blocks.CharBlock(label=_("Heading"))
    text = blocks.RichTextBlock(label=_("Text"), required=False, features=FEATURES)
    label = blocks.CharBlock(label=_("Button label"), max_length=60)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    url = blocks.URLBlock(label=_("or a URL"), required=False)

    class Meta:
        icon = "link"
        label = _("Call to action")
        label_format = "{heading}"
        template = "cop_program/blocks/call_to_action.html"

    def clean(self, value: Any) -> Any:
        """Require a destination; a draft may lack it. Raise StructBlockValidationError if there is none."""
        cleaned = super().clean(value)
        if not self.is_deferred_validation and not cleaned.get("page") and not cleaned.get("url"):
            raise blocks.StructBlockValidationError(
                {"page": ValidationError(_("Choose the page that the button links to, or enter a URL below."))}
            )
        return cleaned


class VideoValue(blocks.StructValue):
    """The values for the template; none needs the video's host."""

    @property
    def player_url(self) -> str:
        """The address for a frame, '' if the host is unknown."""
        return videos.player_url(self.get("url") or "")

    @property
    def provider(self) -> str:
        """The name of the host."""
        return videos.provider(self.get("url") or "")


class VideoBlock(blocks.StructBlock):
    """A video that is loaded when the reader asks for it."""

    url = blocks.URLBlock(
        label=_("URL"), help_text=_("A video on YouTube or Vimeo. Videos from other sites are shown as a link.")
    )
    title = blocks.CharBlock(
        label=_("Title"), required=False, help_text=_("If empty, it is read from the video's site when you save.")
    )
    text = blocks.RichTextBlock(label=_("Description"), required=False, features=FEATURES)

    class Meta:
        icon = "media"
        label = _("Video")
        label_format = "{title}"
        template = "cop_program/blocks/video.html"
        value_class = VideoValue

    def clean(self, value: Any) -> Any:
        """Fill in the title from the video's site.

        Raise StructBlockValidationError if the title is empty and the site does not answer.
        """
        cleaned = super().clean(value)
        if cleaned.get("url") and not cleaned.get("title"):
            cleaned["title"] = videos.fetch_title(cleaned["url"])
            if not cleaned["title"] and not self.is_deferred_validation:
                raise blocks.StructBlockValidationError(
                    {"title": ValidationError(_("The video's site did not give a title. Enter one."))}
                )
        return cleaned


class WebinarBlock(blocks.StructBlock):
    """A recorded event in the background of the program, with a code that makes it free."""

    heading = blocks.CharBlock(label=_("Heading"))
    text = blocks.RichTextBlock(label=_("Description"), required=False, features=FEATURES)
    trailer_url = blocks.URLBlock(label=_("Trailer"), required=False)
    recording_url = blocks.URLBlock(label=_("Full recording"), required=False)
    access_code = blocks.CharBlock(
        label=_("Access code"),
        required=False,
        max_length=60,
        help_text=_("A public code that makes the recording free. Do not add recordings of sessions here."),
    )

    class Meta:
        icon = "media"
        label = _("Webinar")
        label_format = "{heading}"
        template = "cop_program/blocks/webinar.html"


class QuestionBlock(blocks.StructBlock):
    """A question that readers ask, and its answer."""

    question = blocks.CharBlock(label=_("Question"))
    answer = blocks.RichTextBlock(label=_("Answer"), features=FEATURES)


class QuestionsBlock(blocks.StructBlock):
    """Questions and answers."""

    heading = blocks.CharBlock(label=_("Heading"), required=False, help_text=_("“Questions and answers” if empty."))
    items = blocks.ListBlock(QuestionBlock(label=_("Question")), label=_("Questions"))

    class Meta:
        icon = "help"
        label = _("Questions and answers")
        template = "cop_program/blocks/questions.html"


class FormBlock(blocks.StructBlock):
    """The form of another page, to fill in here."""

    heading = blocks.CharBlock(label=_("Heading"), required=False, help_text=_("The title of the form if empty."))
    page = blocks.PageChooserBlock(
        label=_("Form"),
        help_text=_("A published form page. Errors and the confirmation appear on the form's own page."),
    )

    class Meta:
        icon = "form"
        label = _("Form")
        label_format = "{heading} {page}"
        template = "cop_program/blocks/form.html"

    def clean(self, value: Any) -> Any:
        """Require a page that has a form; a draft may lack it. Raise StructBlockValidationError if it has none."""
        cleaned = super().clean(value)
        if not self.is_deferred_validation and cleaned.get("page") and not provider().is_form(cleaned["page"]):
            raise blocks.StructBlockValidationError(
                {
                    "page": ValidationError(
                        _("Choose a form page. Registration forms are private and cannot be used here.")
                    )
                }
            )
        return cleaned

    def get_context(self, value: Any, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Add the HTML of the form in the language in use, for the reader who asks; without a request, for everyone."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        request, page = context.get("request"), value.get("page")
        if page:
            (page,) = localized([page.specific], request=request)
        form = provider().render_form(page, request) if page else ""
        missing = NO_REQUEST if page and request is None and settings.DEBUG else ""
        return context | {"form_page": page, "form": form, "missing": missing}


class TeaserChooserBlock(blocks.PageChooserBlock):
    """Choose a page to show as a card; all cards of one body are fetched together."""

    def bulk_to_python(self, values: Iterable[int | None]) -> list[Any]:
        """Return the pages in the order of their keys, None for deleted ones."""
        found = self.load({value for value in values if value is not None}).in_bulk()
        return [found.get(value) for value in values]

    def load(self, keys: Iterable[int]) -> Any:
        """Return the queryset of the pages with what their cards need."""
        raise NotImplementedError


class ProgramChooserBlock(TeaserChooserBlock):
    """Chooses a program."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"page_type": "cop_program.ProgramPage"} | kwargs)

    def load(self, keys: Iterable[int]) -> Any:
        return teasers.programs(self.model_class, keys)


class FacilitatorChooserBlock(TeaserChooserBlock):
    """Chooses a facilitator."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"page_type": "cop_program.FacilitatorPage"} | kwargs)

    def load(self, keys: Iterable[int]) -> Any:
        return teasers.facilitators(self.model_class, keys)


class TeasersBlock(blocks.StructBlock):
    """Pages as cards; pages that are unpublished, private or on another site are left out."""

    heading = blocks.CharBlock(label=_("Heading"), required=False)

    class Meta:
        label_format = "{heading}"

    def get_context(self, value: Any, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Add the cards that this reader may see."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        return context | self.cards(value.get("pages") or [], context.get("request"))

    def stored(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return heading and keys as they are stored, without fetching a page."""
        items = [item["value"] if isinstance(item, dict) else item for item in raw.get("pages") or []]
        return {"heading": raw.get("heading") or "", "pages": [key for key in items if key is not None]}

    def get_api_representation(self, value: Any, context: Any = None) -> dict[str, Any]:
        """Return the heading and the keys of the pages, without deleted ones."""
        return {"heading": value.get("heading"), "pages": [page.pk for page in value.get("pages") or [] if page]}

    @property
    def page_type(self) -> type[Page]:
        """The type of the pages that can be chosen."""
        return self.child_blocks["pages"].child_block.model_class

    def cards(self, pages: Any, request: Any) -> dict[str, Any]:
        """Return what the template shows."""
        raise NotImplementedError


class ProgramTeasersBlock(TeasersBlock):
    """Programs as cards: what, when, how many places are left, and what to do now."""

    pages = blocks.ListBlock(ProgramChooserBlock(label=_("Program")), label=_("Programs"))

    class Meta:
        icon = "calendar-alt"
        label = _("Programs")
        template = "cop_program/blocks/programs.html"

    def cards(self, pages: Any, request: Any) -> dict[str, Any]:
        return {"programs": teasers.program_lines(self.page_type, pages, request)}


class FacilitatorTeasersBlock(TeasersBlock):
    """Facilitators as cards: portrait, name, role, and a first sentence."""

    pages = blocks.ListBlock(FacilitatorChooserBlock(label=_("Facilitator")), label=_("Facilitators"))

    class Meta:
        icon = "group"
        label = _("Facilitators")
        template = "cop_program/blocks/facilitators.html"

    def cards(self, pages: Any, request: Any) -> dict[str, Any]:
        return {"facilitators": teasers.facilitator_lines(self.page_type, pages, request)}


class ProgramBodyBlock(blocks.StreamBlock):
    """The body of a program page."""

    text = blocks.RichTextBlock(
        label=_("Text"), icon="pilcrow", features=["h2", "h3", *FEATURES], template="cop_program/blocks/text.html"
    )
    benefits = BenefitsBlock()
    quotation = QuotationBlock()
    call_to_action = CallToActionBlock()
    video = VideoBlock()
    webinar = WebinarBlock()
    questions = QuestionsBlock()
    form = FormBlock()
    programs = ProgramTeasersBlock()
    facilitators = FacilitatorTeasersBlock()
