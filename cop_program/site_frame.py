"""The template around all public pages: the website's own, or ours."""

from django.conf import settings
from django.template import Engine
from django.template.loader_tags import BlockNode, ExtendsNode

OWN = "cop_program/base.html"
BLOCK = "content"


def base_template() -> str:
    """Return the name of the template that public pages extend."""
    name: str = getattr(settings, "COP_BASE_TEMPLATE", "") or OWN
    return name


def has_block(name: str, below: tuple[str, ...] = ()) -> bool:
    """Tell whether the template `name`, or one that it extends, has the block that our pages fill.

    A parent that only a request's context names, or with the name of one `below`, is taken to have it.
    Raise TemplateDoesNotExist or TemplateSyntaxError if a template cannot be loaded.
    """
    nodes = Engine.get_default().get_template(name).nodelist
    if any(getattr(block, "name", "") == BLOCK for block in nodes.get_nodes_by_type(BlockNode)):
        return True
    for node in nodes.get_nodes_by_type(ExtendsNode):
        above, seen = getattr(node, "parent_name"), (*below, name)  # noqa: B009  (the stubs know a Node alone)
        return above.is_var or above.var in seen or has_block(above.var, seen)
    return False
