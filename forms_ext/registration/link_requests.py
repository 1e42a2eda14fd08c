"""People ask for their private links again. The answer is the same for every address, and takes as many queries."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from cop_program.presentation.context import of_every_page

from ..base import network
from ..mail.sender import sender_address
from ..submissions import guards, tokens
from . import actions, gate

NO_PAGE = 0  # the form belongs to no page


class LinksForm(forms.Form):
    """The email address that the links belong to."""

    use_required_attribute = False
    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter your email address.")},
    )


def _show(request: HttpRequest, status: int = 200, nonce: str = "", **context: Any) -> HttpResponse:
    around = of_every_page(request) | {"trap": guards.TRAP, "write_to": sender_address()}
    context = around | {"token": tokens.make(NO_PAGE, NO_PAGE, nonce)} | context
    template = "forms_ext/registration/ask_for_links.html"
    return gate.unkept(TemplateResponse(request, template, context, status=status))


@csrf_exempt
def ask_for_links(request: HttpRequest) -> HttpResponse:
    """Take an email address, to which a worker emails its private links, if it has any.

    The signed token in the form replaces the CSRF cookie. Status: 200 shown, 302 taken, 409 stale, 422 to fix, 429 too
    many. Nothing tells whether the address has a link.
    """
    if request.method != "POST":
        return _show(request, form=LinksForm(), is_sent="sent" in request.GET)
    token = tokens.read(request.POST.get("_token"), NO_PAGE)
    form = LinksForm(request.POST)
    again: dict[str, Any] = {"form": form, "nonce": token.nonce if token else ""}
    try:
        guards.count_post(request)
        guards.check_sender(request, token)
        if not form.is_valid():
            return _show(request, 422, **again)
        actions.request_links(email=form.cleaned_data["email"], sender=network.sender(request))
    except guards.Doubtful as refused:
        return _show(request, 409, notice=str(refused), **again)
    except guards.TooMany as refused:
        response = _show(request, 429, notice=refused.words(request), **again)
        response["Retry-After"] = refused.retry_after
        return response
    return gate.unkept(redirect(f"{request.path}?sent=1"))
