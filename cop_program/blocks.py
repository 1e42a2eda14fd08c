"""The blocks of a program page."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .zones import zone_choices


class ZoneGroupBlock(blocks.StructBlock):
    """A heading and the zones whose readers it gathers."""

    name = blocks.CharBlock(label=_("Name"))
    zones = blocks.ListBlock(blocks.ChoiceBlock(choices=zone_choices, label=_("Time zone")), label=_("Time zones"))

    class Meta:
        icon = "globe"
        label = _("Group of time zones")


class ZoneGroupsBlock(blocks.StreamBlock):
    """The groups of zones to show, in order."""

    group = ZoneGroupBlock()


class ProgramBodyBlock(blocks.StreamBlock):
    """What a program page may hold."""

    text = blocks.RichTextBlock()
