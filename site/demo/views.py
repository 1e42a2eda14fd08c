"""Pages of the demo: the mailbox, and the clock that can be set. Development settings only."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.csp import CSP
from django.utils.html import urlize
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_safe

from cop_program import clock
from forms_ext.base.tasks import tick

from . import mailbox

type View = Callable[..., HttpResponse]

PER_PAGE = 50
JSON_LIMIT = 500
MAIL_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
}


def demo_only(setting: str) -> Callable[[View], View]:
    """Let a view exist only where the settings are the demo's and have `setting`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not getattr(settings, "COP_DEMO", False) or not getattr(settings, setting, None):
                raise Http404
            return view(request, *args, **kwargs)

        return never_cache(guarded)

    return decorate


def _mail(name: str) -> mailbox.Mail:
    if (found := mailbox.find(name)) is None:
        raise Http404
    return found


@demo_only("COP_MAILBOX_DIR")
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """List the emails, newest first; `?to=` keeps those to an address, `?format=json` gives data."""
    wanted = request.GET.get("to", "").strip().lower()
    mails = [mail for mail in mailbox.all_mails() if not wanted or wanted in mail.to.lower()]
    if request.GET.get("format") == "json":
        return JsonResponse({"count": len(mails), "mails": [mail.as_dict() for mail in mails[:JSON_LIMIT]]})
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "config/demo/mailbox.html", {"page": page, "to": wanted, "now": clock.now()})


@demo_only("COP_MAILBOX_DIR")
@require_safe
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one email: its headers, its HTML in a frame, its text with links, its attachments."""
    mail = _mail(name)
    text = mark_safe(urlize(mail.text, autoescape=True))  # noqa: S308
    return render(request, "config/demo/mail.html", {"mail": mail, "text": text})


@demo_only("COP_MAILBOX_DIR")
@require_safe
@xframe_options_sameorigin
@csp_override(MAIL_CSP)
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """Show the HTML of an email as a separate page that may run nothing; its links open in the whole window."""
    html = _mail(name).html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(html)


@demo_only("COP_MAILBOX_DIR")
@require_safe
def mail_attachment(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Download an attachment."""
    attachments = _mail(name).attachments
    if number >= len(attachments):
        raise Http404
    attached = attachments[number]
    response = HttpResponse(attached.content, content_type=attached.content_type)
    response["Content-Disposition"] = f'attachment; filename="{attached.name.replace(chr(34), "")}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


class ClockForm(forms.Form):
    """How far to move the clock."""

    days = forms.IntegerField(min_value=-3660, max_value=3660, required=False, initial=1)
    hours = forms.IntegerField(min_value=-24, max_value=24, required=False, initial=0)


@demo_only("COP_CLOCK_FILE")
@require_http_methods(["GET", "HEAD", "POST"])
def clock_page(request: HttpRequest) -> HttpResponse:
    """Show the clock of the site; a post moves it, or sets it back, and starts the periodic work."""
    if request.GET.get("format") == "json":
        return JsonResponse({"now": clock.now().isoformat(), "offset_seconds": clock.offset().total_seconds()})
    form = ClockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _move(request, form)
        return redirect("demo:clock")
    context = {"form": form, "now": clock.now(), "offset": clock.offset()}
    return render(request, "config/demo/clock.html", context)


def _move(request: HttpRequest, form: ClockForm) -> None:
    if "reset" in request.POST:
        clock.set_offset(timedelta())
    else:
        step = timedelta(days=form.cleaned_data["days"] or 0, hours=form.cleaned_data["hours"] or 0)
        clock.set_offset(clock.offset() + step)
    tick.enqueue()
    messages.success(request, "Clock set. Periodic jobs have been started.")
