"""The message to a facilitator: a public form that never shows the facilitator's address."""

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
from ..base.fields import EmailField, TextField
from ..submissions import guards, refused_posts, tokens
from . import actions


class ContactForm(forms.Form):
    """Name, email address and message of the sender."""

    use_required_attribute = False
    name = TextField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Enter your name.")},
    )
    email = EmailField(
        label=gettext_lazy("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Enter your email address.")},
    )
    message = TextField(
        label=gettext_lazy("Your message"),
        widget=forms.Textarea,
        max_length=5000,
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
    """Show the form that writes to the facilitator `pk`, and send the message.

    Status: 200 shown, 302 sent, 409 stale, 422 errors, 429 too many. A visitor who may not see the page gets what
    Wagtail answers, with the message that they had typed. Sending the same form again sends nothing more (see
    `tokens`). Raise Http404 if the facilitator has no address or no page on this site.
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
        guards.count_post(request)
        guards.check_sender(request, token)
        if not form.is_valid():
            return _show(request, page, 422, **again)
        sender = network.sender(request)
        actions.write_to_facilitator(facilitator=page, sender=sender, idempotency_key=key, **form.cleaned_data)
    except guards.Doubtful:
        return _show(request, page, 409, notice=_("Check your message and send it again."), **again)
    except guards.TooMany as refused:
        if not actions.is_message_sent(key):  # the same at the same moment, which was first
            response = _show(request, page, 429, notice=refused.words(request), **again)
            response["Retry-After"] = refused.retry_after
            return response
    return redirect(f"{request.path}?sent=1")
