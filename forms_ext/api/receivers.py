"""How large a body each address of the API takes, and that it says so in a problem document."""

from ..base import bodies
from ..forms import sizes


def connect() -> None:
    """Register the addresses; called once from `AppConfig.ready()`."""
    bodies.register("cop_form", lambda *_: bodies.text_limit(), bodies.problem)
    bodies.register("cop_form_file", sizes.of_file, bodies.problem)
