"""The address to which a form of a page is sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from wagtail import hooks
from wagtail.models import Page, Site

from .models import AbstractFormPage


@csrf_exempt
@sensitive_post_parameters()
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the form of the live page `pk` (its signed token stands for the CSRF cookie); a GET goes to the page."""
    found = Page.objects.live().filter(pk=pk).first()
    page = found.specific if found else None
    if not isinstance(page, AbstractFormPage):
        raise Http404
    site = Site.find_for_request(request)
    if site is None or not page.is_descendant_of(site.root_page):
        raise Http404
    for hook in hooks.get_hooks("before_serve_page"):
        answer = hook(page, request, [], {})
        if isinstance(answer, HttpResponse):
            return answer
    if request.method != "POST":
        return redirect(page.get_url(request) or "/")
    return page.serve(request)
