"""The staff pages of a registration."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cop_program import locales
from cop_program.clock import now
from cop_program.deadlines import Deadline, deadline_instant

from ...admission.admin import timeline
from ...base import dates, standing
from ...base import person as people
from ...base.admin.forms import CorrectContactForm
from ...base.admin.views import ShownEmail, StaffView
from ...base.money import format_money
from ...base.permissions import may
from ...base.references import reference_to
from ...ledger import actions as ledger
from ...ledger import queries as ledger_queries
from ...ledger.models import Account, Payment
from ...mail.admin.views import MailingActionView
from ...submissions.admin.files import AnswerFileView
from .. import actions, holds, queries, refunds
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
        application = registration.invitation.application
        panels = people.panels(reference_to(application), user)
        return super().get_context_data(**kwargs) | {
            "registration": registration,
            "application": application,
            "program_page": registration.program.page,
            "answers": queries.display_answers(registration),
            "way_line": standing.line(reference_to(registration), locales.language()),
            "money": self.money(),
            "may_bill": may_bill,
            "held_until": dates.hold_until(end, registration.program) if end else "",
            "is_active": registration.state in ACTIVE,
            "deposit_url": deposit_url(registration, back=self.registration_url())
            if registration.account_id and may_bill and registration.state in {State.HELD, State.LAPSED}
            else "",
            "deposit": format_money(queries.deposit(registration)),
            "entries": timeline.of_application(
                application, user, [entry for panel in panels for entry in panel.entries]
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

    page_title = gettext_lazy("Cancel registration")
    submit_label = gettext_lazy("Cancel registration")
    form: CancelForm
    is_destructive = True

    @cached_property
    def settlement(self) -> refunds.Settlement | None:
        """Return what the policy gives back; None if there is no account."""
        return refunds.settlement(self.registration, now()) if self.registration.account else None

    def make_form(self, data: Any = None) -> forms.Form:
        self.form = CancelForm(data, settlement=self.settlement)
        return self.form

    def effects(self) -> Sequence[str]:
        registration, settlement = self.registration, self.settlement
        effects = [
            _("Emails %(name)s.") % {"name": registration.name},
            _("Releases the place at once. The first person in the queue gets it, if there is one."),
        ]
        if registration.state == State.WAITING or settlement is None:
            return [effects[0], _("Removes the person from the queue.")]
        effects.append(_("Reverses the fee. If an invoice was issued, issues a credit note."))
        if settlement.held.amount <= 0:
            return effects
        return [
            self._policy(settlement),
            *self._rebate(settlement),
            _("Lists the refund below. What is left is kept as the cancellation fee, with a statement."),
            *effects,
        ]

    def _policy(self, settlement: refunds.Settlement) -> str:
        """Say which term of the policy counts now, and what it gives back."""
        return _("The policy that they agreed to now gives back: %(term)s. Paid: %(paid)s. Refund: %(refund)s.") % {
            "term": settlement.term.text(locales.language()),
            "paid": format_money(ledger_queries.paid(self.registration.account)),  # type: ignore[arg-type]
            "refund": format_money(settlement.refund),
        }

    def _rebate(self, settlement: refunds.Settlement) -> list[str]:
        if settlement.rebate.amount <= 0:
            return []
        return [
            _("The rebate of %(rebate)s that was paid out is deducted.") % {"rebate": format_money(settlement.rebate)}
        ]

    def perform(self, values: dict[str, Any]) -> str:
        actions.cancel(
            registration=self.registration,
            by=self.request.user,
            reason=values["reason"],
            message=values["message"],
            refund=self.form.refund,
            offer_until=deadline_instant(values["offer_last_day"], dates.hold_zone(self.registration.program)),
        )
        return _("Registration of %(name)s cancelled.") % {"name": self.registration.name}


class NewAddressView(RegistrationActionView):
    """Create a new private page link."""

    page_title = gettext_lazy("New private page link")
    submit_label = gettext_lazy("Create and email new link")
    done_message = gettext_lazy("The private page has a new link. The old one no longer works.")

    def effects(self) -> Sequence[str]:
        return [
            _("The old link stops working at once for everyone who has it."),
            _("Emails the new link to %(email)s.") % {"email": self.registration.email},
        ]

    def perform(self, values: dict[str, Any]) -> None:
        actions.renew_member_page(registration=self.registration, by=self.request.user)


class CorrectView(RegistrationActionView):
    """Correct the name or email address."""

    page_title = gettext_lazy("Correct name or email")
    submit_label = gettext_lazy("Save correction")
    done_message = gettext_lazy("Correction saved.")
    form_class = CorrectContactForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.registration.name, "email": self.registration.email}

    def effects(self) -> Sequence[str]:
        return [
            _("Both spellings stay in the history. The answers stay as they were sent."),
            _("The application, the billing name and the account are corrected with it if they say the same."),
            _("Invoices and receipts that were issued stay as they are."),
            _("A new email address gets a new private page link. The old link stops working."),
        ]

    def emails(self, values: dict[str, Any]) -> Sequence[ShownEmail]:
        is_same = values["email"] == self.registration.email
        return [] if is_same else super().emails(values)

    def perform(self, values: dict[str, Any]) -> None:
        actions.correct_contact(registration=self.registration, by=self.request.user, **values)


class HoldView(RegistrationActionView):
    """Change the end of a hold."""

    page_title = gettext_lazy("Change hold")
    submit_label = gettext_lazy("Save hold")
    done_message = gettext_lazy("Hold changed.")
    form_class = HoldForm

    def get_initial(self) -> dict[str, Any]:
        end = held_until(self.registration)
        zone = dates.hold_zone(self.registration.program)
        return {"last_day": Deadline.around(end, zone).day} if end else {}

    def effects(self) -> Sequence[str]:
        end = held_until(self.registration)
        effects = [
            _("Emails %(name)s.") % {"name": self.registration.name},
            _("If the hold expires unpaid, the place is released and the person is emailed."),
        ]
        if end:
            effects.insert(
                0,
                _("The place is currently held until %(end)s.")
                % {"end": dates.hold_until(end, self.registration.program)},
            )
        return effects

    def perform(self, values: dict[str, Any]) -> None:
        end = deadline_instant(values["last_day"], dates.hold_zone(self.registration.program))
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
    page_title = gettext_lazy("Reverse payment")
    submit_label = gettext_lazy("Reverse payment and send email")
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
            hold_until=deadline_instant(day, dates.hold_zone(self.payment.account.program)),
            message=values["message"],
        )
        return _("Payment of %(amount)s reversed.") % {"amount": format_money(self.payment.received)}
