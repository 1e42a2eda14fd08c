"""The page on which staff go through a rehearsal step by step, and its report. Development settings only."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_safe

from cop_program import clock
from demo.views import MAIL_CSP, demo_only

from . import record, report, running

REPORT_CSP: dict[str, list[str]] = MAIL_CSP | {"font-src": ["data:"], "frame-src": [CSP.SELF]}


class StartForm(forms.Form):
    """Which program to copy."""

    program = forms.ChoiceField()

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["program"].choices = [(page.slug, page.title) for page in running.programs()]  # type: ignore[attr-defined]


@demo_only("COP_CLOCK_FILE")
@require_http_methods(["GET", "HEAD", "POST"])
def walk(request: HttpRequest) -> HttpResponse:
    """Show the stages and what has happened; a post starts a rehearsal, or goes on to the next stage or the end."""
    if request.method == "POST":
        try:
            with running.alone():
                _act(request)
        except running.Refused as refused:
            messages.error(request, str(refused))
        return redirect("demo:rehearsal")
    made = record.load()
    context = {"now": clock.now(), "form": StartForm()}
    if made is not None:
        try:
            scenario = running.scenario_of(made)
            zone = scenario.page.home_zone
            context |= report.context(made, scenario)
            context["timetable"] = [(one, report.stamp(at, zone)) for one, at in running.timetable(made, scenario)]
            context["now_text"] = report.stamp(clock.now(), zone)
        except running.Refused as refused:
            context["refused"] = refused
    return render(request, "config/demo/rehearsal.html", context)


def _act(request: HttpRequest) -> None:
    form = StartForm(request.POST)
    if "start" in request.POST:
        if form.is_valid():
            running.start(running.choose(form.cleaned_data["program"]))
        return
    made = record.load()
    if made is None or request.POST.get("at") != made.next_stage:  # pressed twice, or on an old page
        return
    running.go_on(made)
    while "end" in request.POST and made.next_stage:
        running.go_on(made)


@demo_only("COP_CLOCK_FILE")
@require_safe
@csp_override(REPORT_CSP)
def whole(request: HttpRequest) -> HttpResponse:
    """Show the report so far as one self-contained page; `?download` saves it as a file."""
    made = record.load()
    if made is None:
        return redirect("demo:rehearsal")
    response = HttpResponse(report.html(made, running.scenario_of(made)))
    if "download" in request.GET:
        response["Content-Disposition"] = 'attachment; filename="rehearsal.html"'
    return response
