"""What `registration` registers at start-up: email types, log entries, periodic work, checks, receivers."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cop_program.models import Program
from cop_program.signals import program_published

from ..applications.emails import applicants
from ..base import groups, history, periodic, row_states
from ..base import standing as standings
from ..base import tasks as background
from ..forms import roles
from ..ledger import telling
from ..ledger.models import Account
from ..ledger.signals import payment_recorded, payment_reversed
from ..mail import previews
from . import consistency, holds, payments, standing, tasks  # noqa: F401  (consistency registers its checks)
from .emails import payments as payment_emails
from .emails import sending, templates
from .models import Registration, RegistrationCorrection

MEMBERS = previews.People(
    Registration,
    "manage",
    label=lambda registration: f"{registration.name}, {registration.reference}",
    read=sending.values_of,
    related=("program__page", "invitation__place", "invitation__application__program__page", "account"),
    scopes={"program": "program_id"},
)
COLUMNS = ("name", "email", "country", "billing_name", "billing_address", "time_zone")
HELD_UNTIL = {"held_until": "when the hold expires"}
EVENTS = {
    "register": (
        _("Registered"),
        {"state": "status: held or in the queue", "invitation": "key of the invitation that was used"},
    ),
    "open_account": (_("Account opened"), {"account": "key of the account"}),
    "keep_place": (_("Deposit paid: place secured"), {}),
    "offer_place": (_("Place offered from the queue"), HELD_UNTIL),
    "end_hold": (_("Hold expired unpaid"), {}),
    "remind": (_("Reminded of the deposit"), {}),
    "set_hold_end": (_("Hold changed"), HELD_UNTIL),
    "hold_again": (_("Deposit reversed: place held"), HELD_UNTIL),
    "cancel": (_("Registration cancelled"), {"refund": "what is refunded, with a point"}),
    "announce_transfer": (_("Says that the transfer is on its way"), {}),
    "renew_member_page": (_("New private page link"), {}),
    "correct": (_("Name or email corrected"), {"correction": "key of the correction"}),
    "private_page_again": (_("Private page link emailed as asked"), {}),
    "no_link": (_("Asked for an invitation link that no longer works"), {}),
}


def offer_added_places(sender: Any, *, program: Program, **kwargs: Any) -> None:
    """Offer the places that a publication has added; admission's receiver, connected before, made them."""
    holds.offer_free_places(program)


def connect() -> None:
    """Register this package."""
    groups.grant(groups.STAFF, "forms_ext.manage_registration")
    roles.store(Registration, **{name: name for name in COLUMNS})
    roles.store(
        Account,
        email="payer_email",
        country="payer_country",
        billing_name="payer_name",
        billing_address="payer_address",
    )
    standings.register("application", standing.read_application)
    standings.register("registration", standing.read_registration)
    standings.register("account", standing.read_account)
    templates.register()
    previews.register([kind.name for kind in templates.ALL], MEMBERS)
    for kind in (templates.CALLED_OFF_APPLICANT, templates.NO_LINK):
        previews.register([kind.name], applicants(sending.applicant_values))
    background.register(tasks.send_links)
    for verb, (label, keys) in EVENTS.items():
        history.register(f"forms_ext.registration.{verb}", label, keys)
    row_states.watch(Registration, but=["reminded_at"])
    row_states.watch(RegistrationCorrection)
    payment_recorded.connect(payments.payment_recorded, dispatch_uid="forms_ext.registration.payment_recorded")
    telling.register(payment_emails.tell)
    payment_reversed.connect(payments.payment_reversed, dispatch_uid="forms_ext.registration.payment_reversed")
    program_published.connect(offer_added_places, dispatch_uid="forms_ext.registration.offer_added_places")
    for job in (holds.end_holds, holds.remind_holds, holds.offer_everywhere):
        periodic.register(job)
