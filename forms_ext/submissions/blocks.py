"""The block that shows a form in any page of a site. Add it to a StreamField of your own page type."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import Page

from cop_program.blocks import FormBlock as ProgramFormBlock

from .embedding import form_types


class FormChooserBlock(blocks.PageChooserBlock):
    """Chooses among the forms that another page may show."""

    @cached_property
    def target_models(self) -> list[type[Page]]:
        return form_types()


class FormBlock(ProgramFormBlock):
    """The form of another page, to fill in here; needs `request` in the template's context."""

    page = FormChooserBlock(
        label=_("Form"),
        help_text=_("A published form page. Errors and the confirmation appear on the form's own page."),
    )

    class Meta:
        template = "forms_ext/forms/block.html"
