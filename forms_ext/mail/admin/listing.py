"""The email log in the admin: what was sent to whom and when, what failed, what is retried."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column

from cop_program.formatting import shown_moment

from ...base.admin.listing import (
    ActionColumn,
    CountedFilter,
    CountedFilterSet,
    Listing,
    ListingAdmin,
    NextAction,
    StateColumn,
)
from .. import email_types
from ..models import OutgoingMail
from ..scopes import scopes

State = OutgoingMail.State


def kind_label(mail: OutgoingMail) -> str:
    """Return the label of an email type; its name if no package declares it any more."""
    kind = email_types.find(mail.kind)
    return str(kind.label) if kind else mail.kind


def when(mail: OutgoingMail) -> str:
    """Return the date that matters now: when the email was sent, will be tried, or was created."""
    if mail.state == State.SENT and mail.sent_at:
        return shown_moment(mail.sent_at)
    if mail.state == State.QUEUED and mail.attempts and mail.next_attempt_at:
        return _("next attempt %(when)s") % {"when": shown_moment(mail.next_attempt_at)}
    return _("created %(when)s") % {"when": shown_moment(mail.created_at)}


def _of_kinds(values: list[str]) -> dict[str, str]:
    """Return the labels of email types."""
    return {value: str(kind.label) if (kind := email_types.find(value)) else value for value in values}


def _of_scopes(values: list[str]) -> dict[str, str]:
    """Return the titles of the programs that have emails."""
    return {value: label for value, label in scopes() if value in values}


class EmailFilters(CountedFilterSet):
    """Filters with counts."""

    state = CountedFilter(label=gettext_lazy("Status"), whole=True)
    kind = CountedFilter(label=gettext_lazy("Email type"), labels=_of_kinds)
    scope = CountedFilter(label=gettext_lazy("Program"), labels=_of_scopes)

    class Meta:
        model = OutgoingMail
        fields = ["state", "kind", "scope"]


class EmailListing(Listing):
    """All emails, the newest first."""

    filterset_class = EmailFilters
    search_fields = ["search_text"]
    bulk_permission = "change"
    default_ordering = ["-created_at", "-pk"]
    empty_message = gettext_lazy(
        "Every email to applicants and members will appear here with its status. The first one is created when "
        "someone applies."
    )

    def get_base_queryset(self) -> QuerySet[OutgoingMail]:
        return OutgoingMail.objects.defer("html", "text", "secrets", "fields")

    def next_step(self, mail: OutgoingMail) -> NextAction:
        """Return what to do with `mail` now."""
        failed = mail.state == State.FAILED
        return NextAction(_("Try again") if failed else _("View"), self.get_detail_url(mail) or "", primary=failed)

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
                label=_("Status"),
                accessor=lambda mail: mail.get_state_display(),
                primary=lambda mail: mail.state == State.FAILED,
                sort_key="state",
                classname="cop-state",
            ),
            ActionColumn("step", label=_("Next step"), accessor=self.next_step),
            Column("kind", label=_("Type"), accessor=kind_label, classname="cop-wide"),
            Column("when", label=_("Date"), accessor=when, sort_key="created_at", classname="cop-date"),
        ]


class EmailLogAdmin(ListingAdmin):
    """The email log in the menu."""

    model = OutgoingMail
    base_url_path = "cop/outbox"
    index_view_class = EmailListing
    list_permission = "view"
    assignable = ("change_outgoingmail",)
    detail_url_name = "forms_ext_mail:mail"
    menu_label = gettext_lazy("Email log")
    menu_icon = "mail"
    menu_order = 190


email_log = EmailLogAdmin()
