"""Permissions by Wagtail's policy registry."""

from typing import Any

from django.db.models import Model
from wagtail.permissions import policy_registry


def may(user: Any, action: str, model: type[Model]) -> bool:
    """Tell whether `user` may do `action` ("review") with `model`, by the policy registry."""
    return bool(policy_registry.get_by_type(model).user_has_permission(user, action))
