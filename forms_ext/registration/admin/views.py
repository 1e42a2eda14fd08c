"""The staff pages of a registration."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_program.clock import now
from cop_program.deadlines import deadline_instant

from ...admission.admin import timeline
from ...admission.admin.decisions import way_line
from ...base import dates
from ...base.admin.views import ShownEmail, StaffView
from ...base.money import format_money
from ...base.permissions import may
from ...ledger import actions as ledger
from ...ledger import queries as ledger_queries
from ...ledger.models import Account, Payment
from ...mail.admin.views import MailingActionView
from ...mail.models import OutgoingMail
from ...submissions.admin.files import AnswerFileView
from .. import actions, holds, queries
from ..models import Registration
from . import reversal
from .forms import CancelForm, HoldForm, ReversePaymentForm
from .listing import deposit_url, held_until, registrations

State = Registration.State
ACTIVE = {State.WAITING, State.HELD, State.MEMBER}


class RegistrationPage(StaffView):
    """What the pages of one registration share."""

    permissions = [(Registration, "manage")]
    header_icon = "group"
    registration: Registration

    def load(self) -> None:
        rows = Registration.objects.select_related(
            "program__page", "invitation__place", "invitation__application__program__page", "account", "version"
        )
        self.registration = get_object_or_404(rows, pk=self.kwargs["pk"])

    def registration_url(self) -> str:
        """Return the URL of the registration."""
        return reverse("cop_registration:registration", args=[self.registration.pk])


class RegistrationView(RegistrationPage, StaffView):
    """One registration: answers, place, account, timeline and actions."""

    template_name = "forms_ext/registration/admin/registration.html"

    def get_page_title(self) -> str:
        return self.registration.name

    def get_back(self) -> list[tuple[str, str | Promise]]:
        return [(registrations.url_helper.index_url, _("Registrations"))]

    def money(self) -> dict[str, Any]:
        """Return the amounts paid and due."""
        account = self.registration.account
        if account is None:
            return {}
        return {
            "owed": format_money(ledger_queries.balance(account)),
            "paid": format_money(ledger_queries.paid(account)),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        registration, user = self.registration, self.request.user
        may_bill, end = may(user, "bill", Account), held_until(registration)
        return super().get_context_data(**kwargs) | {
            "registration": registration,
            "application": registration.invitation.application,
            "program_page": registration.program.page,
            "answers": queries.display_answers(registration),
            "way_line": way_line(registration.invitation.application, registration),
            "money": self.money(),
            "may_bill": may_bill,
            "held_until": dates.until_here(end, registration.program) if end else "",
            "is_active": registration.state in ACTIVE,
            "deposit_url": deposit_url(registration, back=self.registration_url())
            if registration.account_id and may_bill and registration.state in {State.HELD, State.LAPSED}
            else "",
            "deposit": format_money(registration.program.page.deposit),
            "entries": timeline.of_application(
                registration.invitation.application, money=may_bill, mails=may(user, "view", OutgoingMail)
            ),
        }


class RegistrationFileView(AnswerFileView):
    """A file sent with a registration."""

    permissions = [(Registration, "manage")]
    model = Registration


class RegistrationActionView(RegistrationPage, MailingActionView):
    """A form about one registration."""

    def get_back(self) -> list[tuple[str, str | Promise]]:
        name = self.registration.name
        return [(registrations.url_helper.index_url, _("Registrations")), (self.registration_url(), name)]

    def get_success_url(self) -> str:
        return self.registration_url()


class CancelView(RegistrationActionView):
    """Cancel a registration."""

    page_title = gettext_lazy("Cancel the registration")
    submit_label = gettext_lazy("Cancel the registration")
    form: CancelForm
    is_destructive = True

    def make_form(self, data: Any = None) -> forms.Form:
        self.form = CancelForm(data, initial=self.get_initial())
        return self.form

    def effects(self) -> Sequence[str]:
        registration = self.registration
        effects = [
            _("%(name)s is told by mail.") % {"name": registration.name},
            _("The place is free at once, and goes to the first in the queue, if anybody waits."),
        ]
        if registration.state == State.WAITING or registration.account is None:
            return [effects[0], _("The place in the queue is given up.")]
        paid = ledger_queries.paid(registration.account)
        if paid.amount > 0:
            effects.append(self.deposit_effect(format_money(paid)))
        effects.append(_("The fee is taken back; an issued invoice gets a credit note."))
        return effects

    def deposit_effect(self, paid: str) -> str:
        """Say what the deadline means for the amount paid."""
        page = self.registration.program.page
        closes_at = page.cancellation_closes_at
        day = date_format(page.cancellation_deadline, "l j F Y") if page.cancellation_deadline else ""
        if closes_at is not None and now() >= closes_at:
            said = _("The cancellation deadline (%(day)s) has passed: of the %(paid)s paid, the deposit is kept as a "
                     "cancellation fee, unless you choose otherwise.")  # fmt: skip
        elif closes_at is not None:
            said = _("The cancellation deadline (%(day)s) lies ahead: the %(paid)s paid are listed for refund, unless "
                     "you choose otherwise.")  # fmt: skip
        else:
            said = _("The program has no cancellation deadline: the %(paid)s paid are listed for refund, unless you "
                     "choose otherwise.")  # fmt: skip
        return said % {"day": day, "paid": paid}

    def perform(self, values: dict[str, Any]) -> str:
        actions.cancel(
            registration=self.registration,
            by=self.request.user,
            reason=values["reason"],
            message=values["message"],
            refund=self.form.choice,
        )
        return _("The registration of %(name)s is cancelled.") % {"name": self.registration.name}


class NewAddressView(RegistrationActionView):
    """Create a new private page link."""

    page_title = gettext_lazy("Give the member's page a new address")
    submit_label = gettext_lazy("Make a new address and mail it")
    done_message = gettext_lazy("The member's page has a new address; the old one is dead.")

    def effects(self) -> Sequence[str]:
        return [
            _("The old address stops working at once, for everybody who has it."),
            _("Mails the new address to %(email)s.") % {"email": self.registration.email},
        ]

    def perform(self, values: dict[str, Any]) -> None:
        actions.renew_member_page(registration=self.registration, by=self.request.user)


class HoldView(RegistrationActionView):
    """Change the end of a hold."""

    page_title = gettext_lazy("Set the end of the hold")
    submit_label = gettext_lazy("Set the end")
    done_message = gettext_lazy("The hold has a new end.")
    form_class = HoldForm

    def get_initial(self) -> dict[str, Any]:
        end = held_until(self.registration)
        zone = ZoneInfo(self.registration.program.page.home_zone)
        return {"last_day": (end - timedelta(microseconds=1)).astimezone(zone).date()} if end else {}

    def effects(self) -> Sequence[str]:
        end = held_until(self.registration)
        effects = [
            _("%(name)s is told by mail.") % {"name": self.registration.name},
            _("A hold that ends unpaid frees the place, and the person is told."),
        ]
        if end:
            effects.insert(
                0, _("The place is held until %(end)s now.") % {"end": dates.until_here(end, self.registration.program)}
            )
        return effects

    def perform(self, values: dict[str, Any]) -> None:
        end = deadline_instant(values["last_day"], self.registration.program.page.home_zone)
        assert end is not None
        holds.set_hold_end(
            registration=self.registration, held_until=end, by=self.request.user, message=values["message"]
        )


class OfAccountView(StaffView):
    """Redirect from an account to the registration that opened it."""

    permissions = [(Registration, "manage")]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        registration = get_object_or_404(Registration, account=kwargs["account"])
        return redirect(reverse("cop_registration:registration", args=[registration.pk]))


class ReversePaymentView(MailingActionView):
    """Reverse a payment that was recorded by mistake."""

    permissions = [(Account, "bill")]
    header_icon = "redirect"
    page_title = gettext_lazy("Reverse the payment")
    submit_label = gettext_lazy("Reverse the payment and send this email")
    is_destructive = True
    confirmations = frozenset({"reason"})
    payment: Payment
    registration: Registration | None

    def load(self) -> None:
        payments = Payment.objects.select_related("row", "account__program__page", "reversal")
        self.payment = get_object_or_404(payments, pk=self.kwargs["pk"])
        registrations = Registration.objects.select_related("program__page", "invitation__place", "account")
        self.registration = registrations.filter(account=self.payment.account).first()

    @cached_property
    def loses_place(self) -> bool:
        """Tell whether a member only holds the place from now on."""
        registration = self.registration
        return registration is not None and reversal.loses_deposit(registration, self.payment)

    def make_form(self, data: Any = None) -> forms.Form:
        is_held = self.registration is not None and self.registration.state == State.HELD
        initial = {"last_day": holds.last_day_of_new_hold(self.payment.account.program)} if self.loses_place else {}
        return ReversePaymentForm(
            data, initial=initial, asks_day=self.loses_place or is_held, needs_day=self.loses_place
        )

    def get_back(self) -> list[tuple[str, str | Promise]]:
        url = reverse("cop_billing:account", args=[self.payment.account_id])
        return [(reverse("cop_accounts_modeladmin_index"), _("Accounts")), (url, self.payment.account.payer_name)]

    def get_success_url(self) -> str:
        return reverse("cop_billing:account", args=[self.payment.account_id])

    def effects(self) -> Sequence[str]:
        return reversal.effects(self.payment, self.registration, loses_place=self.loses_place)

    def emails(self, values: dict[str, Any]) -> Sequence[ShownEmail]:
        return super().emails({"reason": "-", **values})

    def perform(self, values: dict[str, Any]) -> str:
        day = values.get("last_day")
        ledger.reverse_payment(
            payment=self.payment,
            reason=values["reason"],
            by=self.request.user,
            hold_until=deadline_instant(day, self.payment.account.program.page.home_zone),
            message=values["message"],
        )
        return _("The payment of %(amount)s is reversed.") % {"amount": format_money(self.payment.received)}
