"""An administrator resets the second factor of somebody who lost it."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views import View
from wagtail.admin import messages
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from . import second_factor

RESET = "config_login.reset_second_factor"


def may_reset(by: User, user: User) -> bool:
    """Tell whether `by` may change `user`; only superusers help superusers."""
    if user.is_superuser and not by.is_superuser:
        return False
    return bool(policy_registry.get_by_type(User).user_has_permission_for_instance(by, "change", user))


class ResetSecondFactor(View):
    """Ask, then reset."""

    def dispatch(self, request: HttpRequest, *args: Any, pk: int, **kwargs: Any) -> HttpResponseBase:
        """Answer. Raise PermissionDenied if the user may not reset it."""
        self.person = get_object_or_404(User, pk=pk)
        if not isinstance(request.user, User) or not may_reset(request.user, self.person):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "config/account/reset_second_factor.html", {"person": self.person})

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        second_factor.reset(self.person)
        log(self.person, RESET, user=request.user)
        messages.success(request, gettext("Second factor reset."))
        return redirect("wagtailusers_users:index")
