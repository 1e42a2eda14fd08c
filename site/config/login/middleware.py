"""Middleware of the log-in; it stands below AuthenticationMiddleware."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from . import browsers, second_factor
from .views import NEXT


class SecondFactorRequired:
    """Take a session that lacks its second factor for no session, but for the pages where one is set up.

    So no view, of whatever app, can forget to ask. With `SECOND_FACTOR_REQUIRED` off, nothing is asked. It also makes
    a browser known in which somebody has logged in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._led_away(request) or self.get_response(request)
        browsers.write(request, response)
        return response

    def _led_away(self, request: HttpRequest) -> HttpResponse | None:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session
        if not has_session or not second_factor.is_lacking(request):
            return None
        if second_factor.has_one(request.user):
            logout(request)
        elif request.path == reverse("account_login") and request.method == "GET":
            return self._to_set_up(request)
        elif not request.path.startswith(reverse("account_login").removesuffix("login/")):
            request.user = AnonymousUser()
            request.auser = self._nobody
        return None

    def _to_set_up(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            request.session[NEXT] = wanted
        return HttpResponseRedirect(reverse("mfa_index"))

    async def _nobody(self) -> AnonymousUser:
        return AnonymousUser()
