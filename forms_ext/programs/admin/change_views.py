"""Tell the members of changed sessions at once, or not at all."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cop_program import locales
from cop_program.models import Program

from ...base.admin.views import ShownEmail, StaffActionView
from ...mail import actions as mail
from ...mail import email_types
from .. import session_changes
from .notices import may_tell


class ChangesView(StaffActionView):
    """What both pages share: editors who may publish the program see them, too, so they name no member."""

    header_icon = "mail"
    program: Program

    def has_access(self) -> bool:
        found = Program.objects.select_related("page").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.program = found
        return may_tell(self.request.user, found)

    def load(self) -> None:
        self.pending = session_changes.pending(self.program)

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(self.get_success_url(), self.program.page.title)]

    def get_success_url(self) -> str:
        """Return the page that led here: the editor's, or the dashboard."""
        back = self.request.GET.get("next", "")
        is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return back if is_ours else reverse("cop_programs:program", args=[self.program.pk])

    def effects(self) -> Sequence[str]:
        if self.pending is None:
            return [_("There is nothing to tell: the members know all sessions as they are.")]
        lines = self.pending.letter(locales.language()).lines(self.program.page.home_zone)
        return [*self.sentences(self.pending), *lines]

    def sentences(self, found: session_changes.Pending) -> Sequence[str]:
        """Return what happens, before the list of changes."""
        raise NotImplementedError


class TellChangesView(ChangesView):
    """Email the members at once what has changed."""

    page_title = gettext_lazy("Email session changes now")
    submit_label = gettext_lazy("Send now")
    shows_emails = True

    def sentences(self, found: session_changes.Pending) -> Sequence[str]:
        n = found.members
        return [
            ngettext("Emails %(n)d member what has changed:", "Emails %(n)d members what has changed:", n) % {"n": n}
        ]

    def emails(self, values: dict[str, Any]) -> Sequence[ShownEmail]:
        if self.pending is None:
            return []
        kind, language = email_types.get("sessions_changed"), locales.language()
        letter = self.pending.letter(language)
        fields = dict(kind.sample) | {"program": self.program.page.title} | letter.fields(self.program.page.home_zone)
        shown = mail.preview(kind=kind.name, fields=fields, scope=self.program.scope, language=language)
        return [
            ShownEmail(
                kind=str(kind.label),
                to=_("each in their language and time zone"),
                subject=shown.subject,
                text=shown.text,
                html=shown.html,
                attachments=[entry.file_name for entry in letter.entries("member@example.org")],
                audience=_("Members"),
                recipients=self.pending.members,
            )
        ]

    def perform(self, values: dict[str, Any]) -> str:
        n = session_changes.tell_now(program=self.program, by=self.request.user)
        return ngettext("%(n)d member is being emailed.", "%(n)d members are being emailed.", n) % {"n": n}


class DontTellView(ChangesView):
    """Let the members be told nothing of these changes."""

    page_title = gettext_lazy("Do not email session changes")
    submit_label = gettext_lazy("Don't tell")
    done_message = gettext_lazy("The members will not be told of these changes.")

    def sentences(self, found: session_changes.Pending) -> Sequence[str]:
        return [
            _("Members will not be told what has changed until now. Their private page and their calendar show it."),
        ]

    def perform(self, values: dict[str, Any]) -> None:
        session_changes.dont_tell(program=self.program, by=self.request.user)
