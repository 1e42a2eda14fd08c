"""The message to a facilitator: a public form that shows their address nowhere."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from wagtail.models import Site

from cop_program import access
from cop_program.models import FacilitatorPage
from cop_program.presentation.context import of_every_page

from ..base import network
from ..forms.question_types import valid_unicode
from ..submissions import guards, refused_posts, tokens
from . import actions


class ContactForm(forms.Form):
    """Who writes, and what."""

    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        validators=[valid_unicode],
        error_messages={"required": gettext_lazy("Enter your name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Enter your email address.")},
    )
    message = forms.CharField(
        label=gettext_lazy("Your message"),
        widget=forms.Textarea,
        max_length=5000,
        validators=[valid_unicode],
        error_messages={"required": gettext_lazy("Enter your message.")},
    )


def _show(
    request: HttpRequest, page: FacilitatorPage, status: int = 200, nonce: str = "", **context: Any
) -> HttpResponse:
    token = tokens.make(page.pk, 0, nonce)
    context = {**of_every_page(request), "page": page, "token": token, "trap": guards.TRAP, **context}
    response = TemplateResponse(request, "forms_ext/applications/message.html", context, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response


@csrf_exempt
def contact_facilitator(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and accept the message to the facilitator `pk`: 200 shown, 302 sent, 409 stale, 422 not valid, 429 too many.

    A visitor without access to the facilitator's page gets Wagtail's answer and the message that they typed.
    The same form sent again is one message, as everywhere; `tokens` says how.
    """
    page = get_object_or_404(FacilitatorPage.objects.live(), pk=pk)
    if not page.contact_email or not access.stands_on(page, Site.find_for_request(request)):
        raise Http404
    labels = [(name, field.label) for name, field in ContactForm.base_fields.items()]
    return refused_posts.answer(
        page, request, lambda: refused_posts.typed_fields(page, request, labels), lambda: _message(request, page)
    )


def _message(request: HttpRequest, page: FacilitatorPage) -> HttpResponse:
    if request.method != "POST":
        return _show(request, page, form=ContactForm(), sent="sent" in request.GET)
    token = tokens.read(request.POST.get("_token"), page.pk)
    key = f"message:{tokens.idempotency_key(page.pk, token.nonce)}" if token else ""
    if actions.is_message_sent(key):
        return redirect(f"{request.path}?sent=1")
    form = ContactForm(request.POST)
    again: dict[str, Any] = {"form": form, "nonce": token.nonce if token else ""}
    try:
        guards.count_attempt(request)
        if token is None or token.is_stale or token.is_hasty or request.POST.get(guards.TRAP):
            return _show(request, page, 409, notice=_("Check your message and send it again."), **again)
        if not form.is_valid():
            return _show(request, page, 422, **again)
        sender = network.sender(request)
        actions.write_to_facilitator(facilitator=page, sender=sender, idempotency_key=key, **form.cleaned_data)
    except guards.TooMany as refused:
        if not actions.is_message_sent(key):  # the same at the same moment, which was first
            response = _show(request, page, 429, notice=refused.words(request), **again)
            response["Retry-After"] = refused.retry_after
            return response
    return redirect(f"{request.path}?sent=1")
