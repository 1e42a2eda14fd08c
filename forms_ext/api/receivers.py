"""Register how large a body each URL of the API takes. A larger one is refused with a problem document."""

from ..base import body_limits
from ..submissions import sizes


def connect() -> None:
    """Register the URLs. Called once from `AppConfig.ready()`."""
    body_limits.register("cop_form", lambda *_: body_limits.text_limit(), body_limits.problem)
    body_limits.register("cop_form_file", sizes.of_file, body_limits.problem)
