"""A new edition: the program's pages, its own email texts, and what to check afterwards."""

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cop_program import edition_checklist, editions
from cop_program.edition_checklist import CheckItem
from cop_program.editions import Edition
from cop_program.models import Program, ProgramPage

from ..base import history
from ..mail import actions as mail
from ..mail import queries as mails
from ..mail import secrecy

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


@transaction.atomic
def new_edition(*, program: Program, first_day: date, title: str, by: "AbstractBaseUser | None") -> Edition:
    """Copy `program`, its forms and its own email texts to the first session on or after `first_day`, as drafts."""
    edition = editions.copy_program(page=program.page, first_day=first_day, title=title, by=by)
    mail.copy_templates(from_scope=program.scope, to_scope=edition.program.scope, by=by)
    history.record(edition.program, "forms_ext.programs.new_edition", user=by, source=program.pk)
    return edition


def checklist(page: ProgramPage) -> list[CheckItem]:
    """Return what to check before `page` is published: on its pages, then in its own email texts."""
    found = edition_checklist.of_program(page)
    program = Program.for_page(page)
    scope = program.scope if program else None
    for template in mails.own_templates(scope) if scope else ():
        where = _("Email: %(subject)s") % {"subject": template.subject}
        query = urlencode({"scope": scope, "language": template.language})
        url = f"{reverse('forms_ext_mail:template', args=[template.kind])}?{query}"
        years = edition_checklist.years_of(page)
        dates = edition_checklist.of_texts(template, years=years, language=template.language)
        links = [secrecy.advice(name) for name in mails.misplaced(template)]
        texts = [*links, *dates, *edition_checklist.of_links(template, home=page)]
        found += [CheckItem(text, where, url) for text in texts]
    return found
