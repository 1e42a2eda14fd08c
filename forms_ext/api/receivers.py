"""How large a body each address of the API takes, and that it says so in a problem document."""

from ..base import body_limits
from ..submissions import sizes


def connect() -> None:
    """Register the addresses; called once from `AppConfig.ready()`."""
    body_limits.register("cop_form", lambda *_: body_limits.text_limit(), body_limits.problem)
    body_limits.register("cop_form_file", sizes.of_file, body_limits.problem)
