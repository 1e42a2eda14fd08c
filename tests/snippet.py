"""Run Python code with Django set up, for `LiveSite.run`."""

import io
from contextlib import redirect_stdout


def main(code: str) -> str:
    """Return what `code` prints."""
    with redirect_stdout(io.StringIO()) as printed:
        exec(code, {"__name__": "snippet"})
    return printed.getvalue()
