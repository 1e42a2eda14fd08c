"""Emails in the timeline of a person."""

from collections.abc import Iterable, Iterator

from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils.translation import gettext as _

from ...base.timeline import Entry
from ..email_types import MESSAGE
from ..models import OutgoingMail


def emails_about(references: Iterable[str]) -> Iterator[Entry]:
    """Yield the emails about `references` ("application:12"), for readers who may see the email log."""
    mails = OutgoingMail.objects.filter(about__in=list(references)).annotate(told=KeyTextTransform(MESSAGE, "fields"))
    for mail in mails.defer("html", "text", "secrets", "fields"):
        url = reverse("forms_ext_mail:mail", args=[mail.pk])
        title = _("Email: %(state)s") % {"state": mail.get_state_display()}
        yield Entry(mail.sent_at or mail.created_at, title, mail.subject, url=url, told=mail.told or "")
