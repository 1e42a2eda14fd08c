"""The outbox in the admin: what went to whom and when, what failed and will be tried again."""

from typing import Any, cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import registry

from ..base.errors import ActionRefused
from ..base.registers import (
    ActionColumn,
    CountedFilter,
    CountedFilterSet,
    Register,
    RegisterAdmin,
    StateColumn,
    Step,
    may,
)
from . import actions, kinds, rendering
from .models import OutgoingMail
from .scopes import scopes

State = OutgoingMail.State


def kind_label(mail: OutgoingMail) -> str:
    """Return what kind of mail this is, in words; its name where no room declares it any more."""
    kind = kinds.find(mail.kind)
    return str(kind.label) if kind else mail.kind


def when(mail: OutgoingMail) -> str:
    """Return the date that matters now: when it was sent, will be tried, or was written."""
    if mail.state == State.SENT and mail.sent_at:
        return date_format(mail.sent_at, "DATETIME_FORMAT")
    if mail.state == State.QUEUED and mail.attempts and mail.next_attempt_at:
        return _("next attempt %(when)s") % {"when": date_format(mail.next_attempt_at, "DATETIME_FORMAT")}
    return _("written %(when)s") % {"when": date_format(mail.created_at, "DATETIME_FORMAT")}


def _of_kinds(values: list[str]) -> dict[str, str]:
    """Return the words for kinds of mail."""
    return {value: str(kind.label) if (kind := kinds.find(value)) else value for value in values}


def _of_scopes(values: list[str]) -> dict[str, str]:
    """Return the titles of the programs that have mails."""
    return {value: label for value, label in scopes() if value in values}


class OutboxFilters(CountedFilterSet):
    """What staff look for, with counts."""

    state = CountedFilter(label=gettext_lazy("State"), whole=True)
    kind = CountedFilter(label=gettext_lazy("Kind of mail"), labels=_of_kinds)
    scope = CountedFilter(label=gettext_lazy("Program"), labels=_of_scopes)

    class Meta:
        model = OutgoingMail
        fields = ["state", "kind", "scope"]


class OutboxRegister(Register):
    """All mails, the newest first."""

    filterset_class = OutboxFilters
    search_fields = ["recipient", "recipient_name", "subject"]
    default_ordering = ["-created_at", "-pk"]
    empty_message = gettext_lazy(
        "Every mail to applicants and members will stand here, with what became of it. The first one is written when "
        "somebody applies."
    )

    def get_base_queryset(self) -> QuerySet[OutgoingMail]:
        return OutgoingMail.objects.defer("html", "text", "secrets", "fields")

    def next_step(self, mail: OutgoingMail) -> Step:
        """Return what to do with `mail` now."""
        failed = mail.state == State.FAILED
        return Step(_("Try again") if failed else _("Read"), self.get_detail_url(mail) or "", primary=failed)

    def get_columns(self) -> list[Column]:
        return [
            self.name_column(
                "to",
                label=_("To"),
                accessor=lambda mail: mail.recipient_name or mail.recipient,
                sort_key="recipient_name",
                below=lambda mail: mail.subject,
            ),
            StateColumn(
                "state",
                label=_("State"),
                accessor=lambda mail: mail.get_state_display(),
                primary=lambda mail: mail.state == State.FAILED,
                sort_key="state",
                classname="cop-state",
            ),
            ActionColumn("step", label=_("Next step"), accessor=self.next_step),
            Column("kind", label=_("Kind"), accessor=kind_label, classname="cop-wide"),
            Column("when", label=_("When"), accessor=when, sort_key="created_at", classname="cop-date"),
        ]


class OutboxAdmin(RegisterAdmin):
    """The outbox in the menu."""

    model = OutgoingMail
    base_url_path = "cop/outbox"
    index_view_class = OutboxRegister
    list_permission = "view"
    exports = (("mails", gettext_lazy("Export")),)
    detail_url_name = "forms_ext_mail:mail"
    menu_label = gettext_lazy("Outbox")
    menu_icon = "mail"
    menu_order = 190


outbox = OutboxAdmin()


class MailDetail(WagtailAdminTemplateMixin, View):
    """One mail, as it was written, its personal links masked; and the button to try again."""

    header_icon = "mail"
    template_name = "forms_ext/mail/admin/mail.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        if not may(request.user, "view", OutgoingMail):
            raise PermissionDenied
        self.mail = get_object_or_404(OutgoingMail, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get_page_title(self) -> str:
        return kind_label(self.mail)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": outbox.url_helper.index_url, "label": _("Outbox")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = self.mail
        rendered = rendering.Rendered(mail.subject, rendering.masked(mail.text), rendering.masked(mail.html))
        return self.render_to_response(
            self.get_context_data(
                mail=mail,
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
