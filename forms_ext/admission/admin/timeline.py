"""One timeline of a person: answers, notes, decisions, links, place, money, mails."""

from collections.abc import Iterator
from typing import Any

from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils.translation import gettext as _

from ...applications.models import Application
from ...base.money import format_money
from ...base.timeline import Entry, logged, name_of
from ...mail.email_types import MESSAGE
from ...mail.models import OutgoingMail
from ...submissions.actions import DOWNLOADED
from ..models import Invitation


def _application(application: Application) -> Iterator[Entry]:
    entered = application.source == Application.Source.STAFF
    title = _("Application added by staff") if entered else _("Application sent")
    yield Entry(application.submitted_at, title, application.reference, name_of(application.entered_by))
    for note in application.notes.select_related("author"):
        yield Entry(note.created_at, _("Note"), note.text, name_of(note.author))
    for decision in application.decisions.select_related("decided_by"):
        yield Entry(
            decision.decided_at,
            _("Decision: %(state)s") % {"state": decision.get_to_state_display()},
            decision.reason,
            name_of(decision.decided_by),
        )


def _links(invitations: list[Invitation]) -> Iterator[Entry]:
    for invitation in invitations:
        yield Entry(invitation.created_at, _("Invitation link created"), by=name_of(invitation.created_by))
        if invitation.used_at:
            yield Entry(invitation.used_at, _("Invitation link used to register"))
        if invitation.revoked_at:
            by = name_of(invitation.revoked_by)
            yield Entry(invitation.revoked_at, _("Invitation link disabled"), invitation.revoked_reason, by)


def _money(account: Any) -> Iterator[Entry]:
    for row in account.rows.select_related("recorded_by"):
        yield Entry(
            row.recorded_at,
            _("%(kind)s: %(amount)s") % {"kind": row.get_kind_display(), "amount": format_money(row.amount)},
            row.note,
            name_of(row.recorded_by),
        )
    for invoice in account.invoices.all():
        yield Entry(invoice.issued_at, f"{invoice.get_kind_display()} {invoice.number}")


def _mails(abouts: list[str]) -> Iterator[Entry]:
    mails = OutgoingMail.objects.filter(about__in=abouts).annotate(told=KeyTextTransform(MESSAGE, "fields"))
    for mail in mails.defer("html", "text", "secrets", "fields"):
        url = reverse("forms_ext_mail:mail", args=[mail.pk])
        title = _("Email: %(state)s") % {"state": mail.get_state_display()}
        yield Entry(mail.sent_at or mail.created_at, title, mail.subject, url=url, told=mail.told or "")


def of_application(application: Application, *, money: bool, mails: bool) -> list[Entry]:
    """Return the timeline of `application`, the newest first; money and mails for those who may see them."""
    invitations = list(application.invitations.select_related("created_by", "revoked_by", "registration__account"))
    entries = [*_application(application), *_links(invitations), *logged(application, DOWNLOADED)]
    abouts = [f"application:{application.pk}"]
    for invitation in invitations:
        registration = getattr(invitation, "registration", None)
        if registration is None:
            continue
        entries += logged(registration)
        abouts.append(f"registration:{registration.pk}")
        if registration.account:
            abouts.append(f"account:{registration.account.pk}")
            abouts += [f"invoice:{invoice.pk}" for invoice in registration.account.invoices.all()]
            entries += _money(registration.account) if money else []
    if mails:
        entries += _mails(abouts)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)
