"""Template tags that put our pages and blocks into the frame of a website."""

from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader_tags import ExtendsNode

from ..site_frame import base_template

register = template.Library()

ROOT = "cop_root"


class SiteBaseNode(ExtendsNode):
    """`{% extends %}` of the template that COP_BASE_TEMPLATE names; unlike it, it may follow `{% load %}`."""

    must_be_first = False

    def get_parent(self, context: Context) -> Any:
        return self.find_template(base_template(), context)


@register.tag
def extends_site_base(parser: Parser, token: Token) -> SiteBaseNode:
    """Extend the frame of the website: COP_BASE_TEMPLATE, else our own."""
    return SiteBaseNode(parser.parse(), parser.compile_filter('""'))


class RootNode(template.Node):
    """What is inside our root element, with the style sheets, unless it is inside of it already."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        if context.get(ROOT):
            return self.nodelist.render(context)
        with context.push(**{ROOT: "site"}):
            inside = self.nodelist.render(context)
            if not inside.strip():
                return ""
            root = context.template.engine.get_template("cop_program/parts/root.html")  # type: ignore[union-attr]
            with context.push(inside=inside):
                return root.render(context)


@register.tag("cop_root")
def root(parser: Parser, token: Token) -> RootNode:
    """`{% cop_root %}…{% endcop_root %}`: our root around a block or page that stands in the frame of a website."""
    nodelist = parser.parse((f"end{ROOT}",))
    parser.delete_first_token()
    return RootNode(nodelist)
