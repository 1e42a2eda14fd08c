"""From a submission to the columns of a registration."""

from typing import Any


def role_values(submission: Any) -> dict[str, str]:
    """Return the answer of each role as text."""
    return {role: str(value) for role, value in submission.roles.items() if value not in (None, "")}
