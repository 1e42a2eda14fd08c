"""Email templates in the admin, and the page of an email."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ...base.admin.views import ShownEmail, StaffActionView, StaffRequest
from ...base.errors import ActionRefused
from ...base.permissions import may
from ...base.timeline import logged
from .. import actions, email_types, queries, rendering
from ..dry_run import emails_of
from ..models import MailTemplate, OutgoingMail
from ..previews import Preview
from ..rendering import Rendered, Source
from ..scopes import scopes
from .forms import Place, PreviewForm, TemplateForm
from .listing import email_log, kind_label

State = OutgoingMail.State


@dataclass(frozen=True)
class UnusedText:
    """An own text that is not used, and where to change it."""

    label: str
    url: str


@dataclass(frozen=True)
class KindRow:
    """One row of the list."""

    kind: email_types.EmailType
    subject: str
    state: str
    is_changed: bool
    updated_at: datetime | None
    url: str


def may_read(user: Any) -> bool:
    """Tell whether `user` may see the texts of emails."""
    return user.has_perm("forms_ext.view_mailtemplate") or user.has_perm("forms_ext.change_mailtemplate")


def place_url(name: str, *args: str, scope: str, language: str) -> str:
    """Return the URL of a page for `scope` and `language`."""
    return f"{reverse(f'forms_ext_mail:{name}', args=args)}?{urlencode({'scope': scope, 'language': language})}"


def unused_texts() -> list[UnusedText]:
    """Return the own texts of all programs and languages that are not used."""
    places, languages = dict(scopes()), dict(settings.LANGUAGES)
    return [
        UnusedText(
            f"{email_types.get(text.kind).label}: {places[text.scope]}, {languages[text.language]}",
            place_url("template", text.kind, scope=text.scope, language=text.language),
        )
        for text in queries.unused()
        if text.scope in places and text.language in languages
    ]


class MailTemplateView(WagtailAdminTemplateMixin, View):
    """What both pages share: who has access, and which scope and language are meant."""

    request: StaffRequest
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_read(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    @cached_property
    def scopes(self) -> list[tuple[str, str]]:
        return scopes()

    @cached_property
    def scope(self) -> str:
        wanted = self.request.GET.get("scope", "")
        if wanted not in dict(self.scopes):
            raise Http404
        return wanted

    @cached_property
    def language(self) -> str:
        wanted = self.request.GET.get("language") or settings.LANGUAGES[0][0]
        if wanted not in dict(settings.LANGUAGES):
            raise Http404
        return wanted

    @property
    def may_change(self) -> bool:
        return self.request.user.has_perm("forms_ext.change_mailtemplate")

    def place_url(self, name: str, *args: str) -> str:
        """Return the URL of a page for the same scope and language."""
        return place_url(name, *args, scope=self.scope, language=self.language)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            scopes=self.scopes, scope=self.scope, languages=settings.LANGUAGES, language=self.language, **kwargs
        )


class TemplateList(MailTemplateView):
    """Every email type with its subject, and whether it uses the default text."""

    page_title: str | Promise = gettext_lazy("Email templates")
    template_name = "forms_ext/mail/admin/templates.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render_to_response(self.get_context_data(rows=self.rows(), unused=unused_texts()))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def rows(self) -> list[KindRow]:
        """Return the list, with one query for all texts."""
        found = MailTemplate.objects.filter(language=self.language, scope__in={"", self.scope})
        texts = {(text.kind, text.scope): text for text in found}
        return [self._row(kind, texts) for kind in email_types.all_types()]

    def _row(self, kind: email_types.EmailType, texts: dict[tuple[str, str], MailTemplate]) -> KindRow:
        own, general = texts.get((kind.name, self.scope)), texts.get((kind.name, ""))
        text = own or general
        is_unused = bool(text and queries.misplaced(text))
        if is_unused:
            state = _("Not used: fix the link")
        elif own is not None and self.scope:
            state = _("Changed for this program")
        elif text is not None:
            state = _("Changed for all programs")
        else:
            state = _("Default text")
        return KindRow(
            kind=kind,
            subject=text.subject if text and not is_unused else str(kind.subject),
            state=state,
            is_changed=text is not None,
            updated_at=text.updated_at if text else None,
            url=self.place_url("template", kind.name),
        )


class TemplateEdit(MailTemplateView):
    """The text of one email type: edit it, preview it, save it, or go back to the previous text."""

    template_name = "forms_ext/mail/admin/template.html"

    @cached_property
    def place(self) -> Place:
        kind = email_types.find(self.kwargs["kind"])
        if kind is None:
            raise Http404
        return Place(kind, self.scope, self.language)

    def get_page_title(self) -> str:
        return str(self.place.kind.label)

    def get_page_subtitle(self) -> str:
        return dict(self.scopes)[self.scope]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": self.place_url("templates"), "label": _("Email templates")},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        return self.show(TemplateForm(place=self.place, **self._instance()), self.rendered(self.place.source()))

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        if not self.may_change:
            return self.only_show(request)
        if "reset" in request.POST:
            return self.reset()
        form = TemplateForm(request.POST, place=self.place, **self._instance())
        form.check_body_is_readable()
        if not form.is_valid():
            messages.error(request, _("The text was not saved. Fix the errors below."))
            return self.show(form, None)
        if "preview" in request.POST:
            return self.show(form, self.rendered(_source(form, self.place)))
        return self.save(form)

    def only_show(self, request: HttpRequest) -> HttpResponse:
        """Show the text in use to a reader who may not change it."""
        if "preview" not in request.POST:
            raise PermissionDenied
        return self.show(TemplateForm(place=self.place, **self._instance()), self.rendered(self.place.source()))

    def _instance(self) -> dict[str, MailTemplate]:
        row = self.place.row()
        return {"instance": row} if row else {}

    def save(self, form: TemplateForm) -> HttpResponse:
        """Store the text."""
        actions.save_template(
            kind=self.place.kind.name,
            scope=self.scope,
            language=self.language,
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["body"],
            button_label=form.cleaned_data.get("button_label", ""),
            by=self.request.user,
        )
        messages.success(self.request, _("Text saved. New emails will use it."))
        return redirect(self.place_url("template", self.place.kind.name))

    def reset(self) -> HttpResponse:
        """Delete the own text of this place."""
        actions.reset_template(
            kind=self.place.kind.name, scope=self.scope, language=self.language, by=self.request.user
        )
        messages.success(self.request, _("This email is back to its previous text."))
        return redirect(self.place_url("template", self.place.kind.name))

    @cached_property
    def preview(self) -> Preview:
        """Return whose values this user may see in a preview."""
        return Preview(self.place.kind, self.scope, self.request.user)

    @cached_property
    def preview_form(self) -> PreviewForm:
        return PreviewForm(self.request.POST or None, choices=self.preview.choices())

    def rendered(self, source: Source) -> Rendered:
        """Return the email as this user may see it."""
        values = self.preview.values(self.preview_form.data.get("values_of", ""))
        return actions.show(self.place.kind, source, fields=values, language=self.language)

    def show(self, form: TemplateForm, rendered: Rendered | None) -> HttpResponse:
        kind = self.place.kind
        row = self.place.row()
        return self.render_to_response(
            self.get_context_data(
                form=form,
                kind=kind,
                fields=[
                    {"name": f"{{{n}}}", "label": label, "secret": n in kind.secrets}
                    for n, label in kind.fields.items()
                ],
                rendered=rendered,
                preview_form=self.preview_form,
                row=row,
                unused=self.place.unused(),
                history=list(logged(row)) if row else [],
                may_change=self.may_change,
                back_url=self.place_url("templates"),
                media=form.media,
            )
        )


def _source(form: TemplateForm, place: Place) -> Source:
    label = form.cleaned_data.get("button_label") or str(place.kind.button)
    return Source(form.cleaned_data["subject"], form.cleaned_data["body"], label)


class EmailView(WagtailAdminTemplateMixin, View):
    """One mail, as it was written, its private links masked; and the button to send it."""

    header_icon = "mail"
    template_name = "forms_ext/mail/admin/mail.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, "view", OutgoingMail):
            raise PermissionDenied
        self.mail = get_object_or_404(OutgoingMail, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get_page_title(self) -> str:
        return kind_label(self.mail)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": email_log.url_helper.index_url, "label": _("Email log")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = self.mail
        may_send = self.may_send and not mail.is_out_of_date
        rendered = rendering.Rendered(mail.subject, rendering.masked(mail.text), rendering.masked(mail.html))
        return self.render_to_response(
            self.get_context_data(
                mail=mail,
                program=dict(scopes()).get(mail.scope, "") if mail.scope else "",
                attachments=mail.attachments.all(),
                history=list(logged(mail)),
                may_try_again=may_send and mail.state in {State.FAILED, State.QUEUED},
                may_send_again=may_send and mail.state == State.SENT,
                rendered=rendered,
            )
        )

    @property
    def may_send(self) -> bool:
        return may(self.request.user, "change", OutgoingMail)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Try the email again, or send it once more. Raise PermissionDenied if the user may not."""
        if not self.may_send:
            raise PermissionDenied
        by = cast(User, request.user)
        try:
            if "again" in request.POST:
                pk = actions.send_again(mail=self.mail, by=by).pk
            else:
                actions.try_again(mail=self.mail, by=by)
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The email will be sent again now."))
        return redirect("forms_ext_mail:mail", pk=pk)


class MailingActionView(StaffActionView):
    """The page of an action that emails people: it shows the emails first."""

    shows_emails = True

    def emails(self, values: dict[str, Any]) -> Sequence[ShownEmail]:
        try:
            return emails_of(partial(self.perform, values))
        finally:
            self.load()  # the trial has changed the objects in memory
