"""The editor of a form: its panels in the order in which people meet their content. Drafts may be incomplete."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from cop_program.pages.panels import PrivacyNote

from ..forms.blocks import first_questions, questions_help

BEFORE = _("Appears above the first question. Say what the form is for and how long it takes.")
SEND = _("“Send” if empty.")


class DraftForm(WagtailAdminPageForm):
    """Begins a new form with questions, and tells the page when a draft is saved: it may lack what is needed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and not self.instance.questions:
            stream = self.instance.questions.stream_block
            self.initial["questions"] = stream.to_python(first_questions(self.instance.required_roles))

    def clean(self) -> dict[str, Any]:
        self.instance.is_unfinished = self.is_deferred_validation
        cleaned: dict[str, Any] = super().clean()
        return cleaned


def panels(
    required_roles: Sequence[str] = (),
    *,
    introduction: Any = BEFORE,
    button: Any = SEND,
    has_thanks: bool = True,
) -> list[Any]:
    """Return the panels of a form page that needs `required_roles`; the others are help texts."""
    thanks = [FieldPanel("thanks", help_text=_("Appears below the reference after sending. Say what happens next."))]
    return [
        *Page.content_panels,
        PrivacyNote(),
        FieldPanel("introduction", help_text=introduction),
        FieldPanel("questions", help_text=questions_help(required_roles)),
        MultiFieldPanel(
            [FieldPanel("submit_label", help_text=button), *(thanks if has_thanks else [])], heading=_("Sending")
        ),
    ]
