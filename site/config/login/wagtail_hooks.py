"""The second factor in Wagtail's admin: a link for each user, and a reset for those who lost theirs."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views.account import BaseSettingsPanel
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry

from . import second_factor
from .reset_view import RESET, ResetSecondFactor, may_reset


class NothingToSave(forms.Form):
    """What Wagtail asks of each panel."""

    def __init__(self, *args: Any, instance: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def save(self) -> None:
        """Save nothing."""


@hooks.register("register_account_settings_panel")
class SecondFactorPanel(BaseSettingsPanel):
    """A link to one's own second factor, on the page of one's own account."""

    name = "second_factor"
    title = _("Two-factor authentication")
    order = 600
    template_name = "config/account/panel.html"
    form_class = NothingToSave


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [path("users/<int:pk>/second-factor/", ResetSecondFactor.as_view(), name="login_reset_second_factor")]


@hooks.register("register_user_listing_buttons")
def buttons(user: User, request_user: User) -> Iterator[Button]:
    """Yield the button of the reset, if there is something to reset."""
    if may_reset(request_user, user) and second_factor.has_one(user):
        address = reverse("login_reset_second_factor", args=[user.pk])
        yield Button(gettext("Reset second factor"), address, icon_name="key", priority=30)


@hooks.register("register_log_actions")
def actions(registry: LogActionRegistry) -> None:
    registry.register_action(RESET, _("Reset second factor"), _("Second factor reset"))
