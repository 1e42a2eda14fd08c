"""Who is on the way in a program, and what a change of its page does to them."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import ngettext
from wagtail.models import Page

from cop_program.clock import now
from cop_program.models import Program, ProgramPage

from ..admission.invitations import OPEN, valid
from ..admission.models import Invitation
from ..applications.models import Application
from ..registration.models import Registration
from ..registration.pages import RegistrationFormPage

HERE = [Registration.State.WAITING, Registration.State.HELD, Registration.State.MEMBER]


@dataclass(frozen=True)
class OnTheWay:
    """How many have applied and wait for a decision, may register by a link, and are registered."""

    undecided: int
    invited: int
    registered: int

    def __bool__(self) -> bool:
        return bool(self.undecided or self.invited or self.registered)

    @property
    def people(self) -> int:
        """How many there are."""
        return self.undecided + self.invited + self.registered


def on_the_way(program: Program) -> OnTheWay:
    """Return who is on the way in `program`: nobody once it is cancelled or closed."""
    if program.status not in OPEN:
        return OnTheWay(0, 0, 0)
    submitted = Application.objects.filter(program=program, state=Application.State.SUBMITTED)
    registered = Registration.objects.filter(program=program, state__in=HERE)
    return OnTheWay(submitted.count(), invited(program).count(), registered.count())


def invited(program: Program) -> "QuerySet[Invitation]":
    """Return the links by which people can register now."""
    return Invitation.objects.filter(valid(now()), application__program=program)


def fee_currency(program: Program) -> str:
    """Return the currency of the amounts that people were told: of their accounts, or the published fee; else ''."""
    account = program.accounts.order_by("pk").first()
    if account is not None:
        return str(account.currency)
    is_told = Registration.objects.filter(program=program).exists()
    return str(ProgramPage.objects.values_list("fee_currency", flat=True).get(pk=program.page_id)) if is_told else ""


def effects_of_dates(program: Program) -> list[str]:
    """Say to whom new deadlines matter."""
    there = on_the_way(program)
    found = []
    if there.invited:
        found.append(
            ngettext(
                "%(n)d person has an invitation link, which expires at the registration deadline. If that is in the "
                "past, they cannot register any more.",
                "%(n)d people have an invitation link, which expires at the registration deadline. If that is in the "
                "past, they cannot register any more.",
                there.invited,
            )
            % {"n": there.invited}
        )
    if there.registered:
        found.append(
            ngettext(
                "%(n)d person is registered. They keep the policy and the deposit that they agreed to.",
                "%(n)d people are registered. They keep the policy and the deposit that they agreed to.",
                there.registered,
            )
            % {"n": there.registered}
        )
    return found


def effects_of_unpublishing(page: Page) -> list[str]:
    """Say what it does to whom if `page`, of a program or its registration form, is not published any more."""
    is_form = isinstance(page, RegistrationFormPage)
    if not (is_form or isinstance(page, ProgramPage)):
        return []
    program = Program.for_page(page.get_parent() if is_form else page)
    there = on_the_way(program) if program else OnTheWay(0, 0, 0)
    found = []
    if there.invited:
        found.append(
            ngettext(
                "%(n)d person has an invitation link and cannot register until you publish the page again.",
                "%(n)d people have an invitation link and cannot register until you publish the page again.",
                there.invited,
            )
            % {"n": there.invited}
        )
    if there.undecided and not is_form:
        found.append(
            ngettext(
                "%(n)d person has applied and awaits a decision. Their emails lead to a page that is not there.",
                "%(n)d people have applied and await a decision. Their emails lead to a page that is not there.",
                there.undecided,
            )
            % {"n": there.undecided}
        )
    if there.registered and not is_form:
        found.append(
            ngettext(
                "%(n)d person is registered. Their private page stays, but the page of the program is not there.",
                "%(n)d people are registered. Their private pages stay, but the page of the program is not there.",
                there.registered,
            )
            % {"n": there.registered}
        )
    return found


def hidden_from(program: Program) -> str:
    """Say what people on the way cannot find, because it is not published; "" if they find everything."""
    there = on_the_way(program)
    if there and not program.page.live:
        return ngettext(
            "The page of the program is not published, but %(n)d person is on the way",
            "The page of the program is not published, but %(n)d people are on the way",
            there.people,
        ) % {"n": there.people}
    if there.invited and not RegistrationFormPage.objects.child_of(program.page).live().exists():
        return ngettext(
            "The registration form is not published, but %(n)d person has an invitation link",
            "The registration form is not published, but %(n)d people have an invitation link",
            there.invited,
        ) % {"n": there.invited}
    return ""


def too_late(program: Program) -> "QuerySet[Application]":
    """Return the accepted applications whose link has expired unused, while the program has not begun."""
    links = Invitation.objects.filter(revoked_at=None, used_at=None, ends_at__lte=now())
    accepted = Application.objects.filter(program=program, state=Application.State.ACCEPTED, invitations__in=links)
    return accepted.distinct()
