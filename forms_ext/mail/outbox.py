"""The outbox in the admin: what went to whom and when, what failed and will be tried again."""

from typing import Any, cast

import django_filters
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import registry

from ..base.errors import ActionRefused
from . import actions, kinds, rendering
from .models import OutgoingMail
from .scopes import scopes

State = OutgoingMail.State
PERMISSION = "forms_ext.view_outgoingmail"
TAGS = {State.SENT: "w-status--primary", State.FAILED: "cop-status--failed"}


def kind_label(mail: OutgoingMail) -> str:
    """Return what kind of mail this is, in words; its name where no room declares it any more."""
    kind = kinds.find(mail.kind)
    return str(kind.label) if kind else mail.kind


def state_tag(mail: OutgoingMail) -> SafeString:
    """Return the state as a word in a tag."""
    return format_html('<span class="w-status {}">{}</span>', TAGS.get(State(mail.state), ""), mail.get_state_display())


def when(mail: OutgoingMail) -> str:
    """Return the date that matters now: when it was sent, will be tried, or was written."""
    if mail.state == State.SENT and mail.sent_at:
        return date_format(mail.sent_at, "SHORT_DATETIME_FORMAT")
    if mail.state == State.QUEUED and mail.attempts and mail.next_attempt_at:
        return _("next attempt %(when)s") % {"when": date_format(mail.next_attempt_at, "SHORT_DATETIME_FORMAT")}
    return _("written %(when)s") % {"when": date_format(mail.created_at, "SHORT_DATETIME_FORMAT")}


def _kind_choices() -> list[tuple[str, str]]:
    return [(kind.name, str(kind.label)) for kind in kinds.all_kinds()]


def _program_choices() -> list[tuple[str, str]]:
    return [choice for choice in scopes() if choice[0]]


class OutboxFilters(WagtailFilterSet):
    """What staff look for."""

    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=State.choices)
    kind = django_filters.ChoiceFilter(label=gettext_lazy("Kind of mail"), choices=_kind_choices)
    scope = django_filters.ChoiceFilter(label=gettext_lazy("Program"), choices=_program_choices)
    created_at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Written"), widget=DateRangePickerWidget)

    class Meta:
        model = OutgoingMail
        fields = ["state", "kind", "scope", "created_at"]


class OutboxList(IndexView):
    """The register of mails."""

    model = OutgoingMail
    any_permission_required = ["view"]
    page_title = gettext_lazy("Outbox")
    header_icon = "mail"
    index_url_name = "forms_ext_mail:outbox"
    index_results_url_name = "forms_ext_mail:outbox_results"
    filterset_class = OutboxFilters
    search_fields = ["recipient", "recipient_name", "subject"]
    default_ordering = ["-created_at", "-pk"]
    paginate_by = 50
    template_name = "forms_ext/mail/admin/outbox.html"
    table_classname = "listing cop-register"
    columns = [
        TitleColumn(
            "subject",
            label=gettext_lazy("Subject"),
            get_url=lambda mail: reverse("forms_ext_mail:mail", args=[mail.pk]),
        ),
        Column("to", label=gettext_lazy("To"), accessor=lambda mail: mail.recipient_name or mail.recipient),
        Column("kind", label=gettext_lazy("Kind"), accessor=kind_label),
        Column("state", label=gettext_lazy("State"), accessor=state_tag, sort_key="state"),
        Column("when", label=gettext_lazy("When"), accessor=when, sort_key="created_at"),
    ]

    def get_base_queryset(self) -> QuerySet[OutgoingMail]:
        return OutgoingMail.objects.defer("html", "text", "secrets", "fields")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class MailDetail(WagtailAdminTemplateMixin, View):
    """One mail, as it was written, its personal links masked; and the button to try again."""

    header_icon = "mail"
    template_name = "forms_ext/mail/admin/mail.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        self.mail = get_object_or_404(OutgoingMail, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get_page_title(self) -> str:
        return kind_label(self.mail)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("forms_ext_mail:outbox"), "label": _("Outbox")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = self.mail
        rendered = rendering.Rendered(mail.subject, rendering.masked(mail.text), rendering.masked(mail.html))
        return self.render_to_response(
            self.get_context_data(
                mail=mail,
                state=state_tag(mail),
                program=dict(scopes()).get(mail.scope, "") if mail.scope else "",
                attachments=mail.attachments.all(),
                history=registry.get_logs_for_instance(mail),
                may_try_again=mail.state in {State.FAILED, State.QUEUED},
                rendered=rendered,
            )
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            actions.try_again(mail=self.mail, by=cast(User, request.user))
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The mail is tried again now."))
        return redirect("forms_ext_mail:mail", pk=pk)
