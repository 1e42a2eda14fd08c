"""Freeze what a form asks as a version when it is published."""

import hashlib

from django.db import transaction
from wagtail.models import Page

from cop_program.clock import now

from ..base import events
from .definitions import canonical, definition_of
from .models import FormVersion


@transaction.atomic
def freeze(page: Page) -> FormVersion:
    """Return the version of the current questions of `page`: the last one if nothing changed, otherwise a new one."""
    definition = definition_of(page, save=True)
    digest = hashlib.sha256(canonical(definition).encode()).hexdigest()
    Page.objects.select_for_update().get(pk=page.pk)
    last = FormVersion.objects.filter(page_id=page.pk).order_by("-number").first()
    if last and last.sha256 == digest:
        return last
    version = FormVersion.objects.create(
        page_id=page.pk,
        number=last.number + 1 if last else 1,
        definition=definition,
        sha256=digest,
        created_at=now(),
    )
    events.append("forms_ext.forms.freeze", page, made=[version], version=version.pk, number=version.number)
    return version
