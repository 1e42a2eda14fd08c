"""The invitation link: 256 random bits, of which only the hash is stored."""

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cop_program.clock import now
from cop_program.models import Program

from ..applications.models import Application
from ..base import addresses, dates, history
from ..base.errors import ActionRefused
from .models import Invitation

if TYPE_CHECKING:
    from django.contrib.auth.models import User

TOKEN_BYTES = 32
#: The columns that `revoke` sets.
REVOKED = ("revoked_at", "revoked_by", "revoked_reason")
OPEN = [Program.Status.OPEN, Program.Status.CONFIRMED]


def digest(token: str) -> str:
    """Return what is stored of `token`."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def valid(moment: datetime) -> Q:
    """Return the condition for an invitation to be valid at `moment`. Evaluate it on each request."""
    return Q(
        revoked_at__isnull=True,
        used_at__isnull=True,
        ends_at__gt=moment,
        application__state=Application.State.ACCEPTED,
        application__program__status__in=OPEN,
    )


def find(token: str) -> Invitation | None:
    """Return the valid invitation of `token`, or None. It takes one query, whatever is wrong with the token."""
    found = Invitation.objects.filter(valid(now()), token_sha256=digest(token))
    return found.select_related("application__program__page").first()


def find_by_pk(pk: int) -> Invitation | None:
    """Return the invitation `pk`, named by a signed cookie, or None if it is not valid."""
    found = Invitation.objects.filter(valid(now()), pk=pk)
    return found.select_related("application__program__page").first()


def natural_end(program: Program) -> datetime:
    """Return when links of `program` expire unless staff set another end: at the registration deadline."""
    end = program.page.registration_closes_at
    assert end is not None
    return end


def make(
    *, application: Application, by: "User | None" = None, ends_at: datetime | None = None
) -> tuple[Invitation, str]:
    """Make a new link for `application`, whose older ones the caller has revoked. Return the invitation and its URL.

    The URL cannot be read again: only a hash is stored. Raise ActionRefused if the link would have expired already.
    """
    moment = now()
    end = ends_at or natural_end(application.program)
    if end <= moment:
        raise ActionRefused(
            _("The link would already have expired (%(end)s). Set a last day in the future.")
            % {"end": dates.link_until(end, application.program)}
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        application=application,
        token_sha256=digest(token),
        created_at=moment,
        created_by=by,
        ends_at=end,
        has_own_end=ends_at is not None,
    )
    return invitation, addresses.absolute_url(reverse("forms_ext:open_invitation", args=[token]))


def own_end(application: Application) -> datetime | None:
    """Return the end that staff set for the last link of `application`, or None if there is none or it has passed."""
    found = Invitation.objects.filter(application=application, has_own_end=True, ends_at__gt=now())
    return found.order_by("-pk").values_list("ends_at", flat=True).first()


def live(application: Application) -> Invitation | None:
    """Return the invitation of `application` whose link works now, or None."""
    return Invitation.objects.filter(valid(now()), application=application).first()


def revoke(*, application: Application, by: "User | None" = None, reason: str = "") -> list[Invitation]:
    """Revoke the unused links of `application`, which the caller has locked; return those."""
    unused = Invitation.objects.filter(application=application, revoked_at__isnull=True, used_at__isnull=True)
    revoked = list(unused)
    if revoked:
        unused.update(revoked_at=now(), revoked_by=by, revoked_reason=reason)
    return revoked


def is_used(application: Application) -> bool:
    """Tell whether a link of `application` was used to register."""
    return Invitation.objects.filter(application=application, used_at__isnull=False).exists()


def use(invitation: Invitation) -> bool:
    """Use up `invitation`; return False if it is not valid now. The caller must have locked the application."""
    return bool(Invitation.objects.filter(valid(now()), pk=invitation.pk).update(used_at=now()))


def follow_deadline(program: Program) -> None:
    """Move the end of links that have no end of their own to the registration deadline as published now."""
    end = natural_end(program)
    unused = Invitation.objects.filter(
        application__program=program, has_own_end=False, used_at__isnull=True, revoked_at__isnull=True
    )
    moved = list(unused.exclude(ends_at=end).select_for_update(of=("self",)))
    if moved:
        Invitation.objects.filter(pk__in=[invitation.pk for invitation in moved]).update(ends_at=end)
        changed = dict.fromkeys(moved, ("ends_at",))
        history.record(program, "forms_ext.admission.follow_deadline", changed=changed, links=len(moved))
