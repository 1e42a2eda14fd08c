"""The emails of `registration`, each written in the transaction of what it tells."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from djmoney.money import Money

from cop_program.deadlines import by_text
from cop_program.presentation.context import is_over
from cop_program.translations import title_of

from ...admission import emails, places, queue
from ...admission.models import Invitation, Place
from ...applications.models import Application
from ...base import dates, standing
from ...base.money import format_money
from ...base.references import reference_to
from ...invoices import emails as invoices_emails
from ...invoices import queries as invoices_queries
from ...invoices.models import Receipt
from ...ledger import queries as ledger_queries
from ...mail import actions as mail
from .. import queries, sessions
from ..models import Registration
from ..session_news import Letter
from . import templates

PRIVATE_PAGE_AGAIN, NO_LINK = templates.PRIVATE_PAGE_AGAIN.name, templates.NO_LINK.name

SESSIONS = "sessions"  # the scheme of attachments that are a member's calendar


def reader_zone(registration: Registration) -> str:
    """Return the time zone of a member: their own, otherwise the program's."""
    return dates.known_zone(registration.time_zone) or registration.program.page.home_zone


def common(registration: Registration) -> dict[str, str]:
    """Return what every email of `registration` may use."""
    return {
        "name": registration.name,
        "program": title_of(registration.program, registration.language),
        "reference": registration.reference,
    }


def payment_fields(registration: Registration) -> dict[str, str]:
    """Return how the deposit is paid: what is left of it, account, reference; and what has come in of it."""
    account, language = registration.account, registration.language
    issuer = ledger_queries.issuer_for(registration.program)
    left = queries.deposit_left(registration) if account else queries.deposit(registration)
    return {
        "deposit": format_money(left, language),
        "paid_part": _paid_part(registration, left),
        "payment_reference": account.reference if account else "",
        "bank_details": issuer.bank_details if issuer else "",
    }


def _paid_part(registration: Registration, left: Money) -> str:
    deposit, language = queries.deposit(registration), registration.language
    if left == deposit:
        return ""
    with translation.override(language):
        return _("We have received %(paid)s of the deposit of %(deposit)s.") % {
            "paid": format_money(deposit - left, language),
            "deposit": format_money(deposit, language),
        }


def values_of(kind: str, registration: Registration) -> dict[str, str]:
    """Return what an email of type `kind` would say to a registered person now, as far as it can be known."""
    place = getattr(registration.invitation, "place", None)
    values = common(registration) | payment_fields(registration) | {"policy_note": late_note(registration)}
    values["sessions"] = sessions_text(registration)
    if place and place.held_until:
        values |= _hold_fields(registration, place)
    if place := queue.place(registration.invitation):
        values["place"] = str(place)
    return values


def applicant_values(kind: str, application: Application) -> dict[str, str]:
    """Return the values of the email that tells an applicant that the program is cancelled."""
    return {
        "name": application.name,
        "program": title_of(application.program, application.language),
        "reference": application.reference,
    }


def send(
    registration: Registration,
    kind: str,
    attachments: Sequence[mail.Attachment] = (),
    last_moment: datetime | None = None,
    /,
    **fields: str,
) -> None:
    """Put an email of `kind` to the registered person into the email log, with the link to the private page.

    It is not sent after `last_moment`.
    """
    values = common(registration) | fields
    mail.send(
        kind=kind,
        to=registration.email,
        to_name=registration.name,
        fields=values,
        secrets={"link": queries.member_url(registration)},
        scope=registration.program.scope,
        language=registration.language,
        about=reference_to(registration),
        attachments=attachments,
        last_moment=last_moment,
    )


def way(registration: Registration) -> str:
    """Return the line that says where the person stands."""
    return standing.line(reference_to(registration), registration.language)


def _until(registration: Registration, place: Place) -> str:
    assert place.held_until is not None
    zone, own = dates.hold_zone(registration.program), dates.known_zone(registration.time_zone)
    return dates.until(place.held_until, zone, registration.language, own)


def _hold_fields(registration: Registration, place: Place) -> dict[str, str]:
    """Return until when the place is held: in full, and in short for a subject."""
    assert place.held_until is not None
    zone, own = dates.hold_zone(registration.program), dates.known_zone(registration.time_zone)
    by_day = by_text(place.held_until, zone, registration.language, own)
    return {"held_until": _until(registration, place), "by_day": by_day}


def late_note(registration: Registration) -> str:
    """Return a sentence if the cancellation deadline has passed: a deposit paid now is not refunded."""

    return emails.late_note(registration.invitation.application)


def registered_hold(registration: Registration, place: Place) -> None:
    """Say that a place is held, until when, and how to pay the deposit."""
    send(
        registration,
        "registered_hold",
        (),
        place.held_until,
        way=way(registration),
        **_hold_fields(registration, place),
        policy_note=late_note(registration),
        **payment_fields(registration),
    )


def registered_waiting(registration: Registration) -> None:
    """Tell the place in the queue."""
    send(
        registration,
        "registered_waiting",
        way=way(registration),
        place=str(queue.place(registration.invitation) or ""),
    )


def place_offered(registration: Registration, place: Place) -> None:
    """Tell the first in the queue that a place is held for them."""
    send(
        registration,
        "place_offered",
        (),
        place.held_until,
        way=way(registration),
        **_hold_fields(registration, place),
        policy_note=late_note(registration),
        **payment_fields(registration),
    )


def hold_ending(registration: Registration, place: Place) -> None:
    """Remind a person that a hold expires soon."""
    send(
        registration,
        "hold_ending",
        (),
        place.held_until,
        way=way(registration),
        **_hold_fields(registration, place),
        **payment_fields(registration),
    )


def hold_moved(registration: Registration, place: Place, message: str) -> None:
    """Say that a hold expires at another time."""
    send(
        registration,
        "hold_moved",
        (),
        place.held_until,
        way=way(registration),
        **_hold_fields(registration, place),
        message=message.strip(),
        **payment_fields(registration),
    )


def hold_ended(registration: Registration) -> None:
    """Say that the hold expired without the whole deposit, that the place is free, and what becomes of a part."""
    account, language = registration.account, registration.language
    refund = ledger_queries.to_refund(account) if account else None
    with translation.override(language):
        if refund and refund.amount > 0:
            money = _("We received only %(paid)s of it. We will refund that and email you when it is on its way.") % {
                "paid": format_money(refund, language)
            }
        else:
            money = _("You have nothing to pay.")
        late = (
            ""
            if is_over(registration.program.page)
            else _("If money is still on its way, we will give you a place if one is free, or refund it.")
        )
    send(registration, "hold_ended", money=money, late=late)


def sessions_text(registration: Registration) -> str:
    """Return the sessions with their join links, in the member's time zone."""
    found = sessions.member_sessions(
        registration.program, zone=reader_zone(registration), language=registration.language
    )
    return sessions.as_text(found)


def calendar(registration: Registration) -> mail.Attachment:
    """Return the attachment that puts the sessions into a calendar; it is drawn when the email goes out."""
    return mail.Attachment(
        f"{SESSIONS}:{registration.pk}", f"{registration.program.page.slug[:100]}.ics", "text/calendar"
    )


def program_confirmed(registration: Registration) -> None:
    """Tell a member that the program takes place, with the sessions and their join links, and what is left to pay."""
    account = registration.account
    with translation.override(registration.language):
        balance = invoices_emails.balance_sentence(account) if account else ""
        if account and invoices_queries.open_invoice(account):
            balance = " ".join([balance, _("We will email the invoice separately.")])
    send(
        registration,
        "program_confirmed",
        [calendar(registration)],
        way=way(registration),
        sessions=sessions_text(registration),
        balance=balance,
    )


def cancelled(registration: Registration, message: str, money: str, statement: Receipt | None = None) -> None:
    """Say that the registration is cancelled and what happens to the money; with the `statement` of what is kept."""
    attachments = invoices_emails.receipt_file(statement) if statement else ()
    send(registration, "cancelled", attachments, message=message.strip(), money=money)


def called_off(registration: Registration, message: str, money: str) -> None:
    """Tell a registered person that the program is cancelled."""
    send(registration, "called_off", message=message.strip(), money=money)


def called_off_applicant(application: Application, message: str) -> None:
    """Tell an applicant without a registration that the program is cancelled."""
    mail.send(
        kind="called_off_applicant",
        to=application.email,
        to_name=application.name,
        fields=applicant_values("called_off_applicant", application) | {"message": message.strip()},
        scope=application.program.scope,
        language=application.language,
        about=reference_to(application),
    )


def new_private_page(registration: Registration) -> None:
    """Send the new link to the private page."""
    send(registration, "member_page")


def private_page_again(registration: Registration) -> None:
    """Send the link to the private page again, which stays the same."""
    send(registration, PRIVATE_PAGE_AGAIN)


def no_link(application: Application, newest: Invitation | None) -> None:
    """Tell an accepted person who asks for the invitation link why there is none any more."""
    language = application.language
    with translation.override(language):
        why = queries.why_shut(application.program) or _why_dead(newest, application)
    mail.send(
        kind=NO_LINK,
        to=application.email,
        to_name=application.name,
        fields=applicant_values(NO_LINK, application) | {"why": why},
        scope=application.program.scope,
        language=language,
        about=reference_to(application),
    )


def _why_dead(newest: Invitation | None, application: Application) -> str:
    if newest is None or newest.revoked_at:
        return _("We have disabled it.")
    end = dates.until(newest.ends_at, dates.link_zone(application.program), application.language)
    return _("It expired at %(end)s.") % {"end": end}


def sessions_changed(registration: Registration, letter: Letter) -> None:
    """Tell a member all that is new of the sessions, with the calendar entries."""
    fields = letter.fields(reader_zone(registration))
    send(registration, "sessions_changed", letter.entries(registration.email), **fields)


def place_held(registration: Registration) -> str:
    """Say until when the place is held after a payment was reversed, and how to keep it."""
    place = places.place_of(registration.invitation)
    assert place is not None
    with translation.override(registration.language):
        return _("Your place is held until %(until)s. Pay %(amount)s by then to keep it.") % {
            "until": _until(registration, place),
            "amount": format_money(queries.deposit_left(registration), registration.language),
        }


def place_kept(registration: Registration) -> str:
    """Say that a member keeps the place although a payment was taken back."""
    with translation.override(registration.language):
        return _("Your deposit is paid, and you keep your place.")


def fee_kept(registration: Registration, amount: Money) -> str:
    """Say what remains of the cancellation fee after its payment was reversed."""
    with translation.override(registration.language):
        if amount.amount <= 0:
            return _("You do not have to pay a cancellation fee.")
        return _("The cancellation fee is now %(amount)s.") % {"amount": format_money(amount, registration.language)}


def money_sentence(registration: Registration, *, kept: Money, rebate: Money, follows_policy: bool) -> str:
    """Say what happens to the money of a registration that ends: `kept` as a fee, all else in credit refunded.

    A `rebate` that was paid out is part of it.
    """
    account, language = registration.account, registration.language
    assert account is not None
    refund = ledger_queries.to_refund(account)
    facts = {
        "kept": format_money(kept, language),
        "amount": format_money(refund, language),
        "rebate": format_money(rebate, language),
    }
    with translation.override(language):
        if kept.amount <= 0 and refund.amount <= 0:
            return _("You have nothing to pay.")
        if kept.amount <= 0:
            said = _("We will refund you %(amount)s and email you when it is on its way.")
        elif refund.amount > 0:
            said = _(
                "We will refund you %(amount)s and email you when it is on its way. The remaining %(kept)s of what you "
                "paid is the cancellation fee."
            )
        elif follows_policy:
            said = _("Under the cancellation policy, the %(kept)s that you paid is kept as the cancellation fee.")
        else:
            said = _("The %(kept)s that you paid is kept as the cancellation fee.")
        if rebate.amount > 0:
            said = " ".join([said, _("The rebate of %(rebate)s that we paid you is taken into account.")])
        return said % facts
