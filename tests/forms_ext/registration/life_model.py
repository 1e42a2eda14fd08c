"""A plain model, without a database, of what happens to applications, invitations and places."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Los_Angeles")
FEE, DEPOSIT = Decimal(1997), Decimal(100)
STARTS_ON, ENDS_ON = date(2024, 2, 7), date(2024, 6, 26)
APPLY_BY, CANCEL_BY = date(2024, 1, 23), date(2024, 1, 24)
MAY_BECOME = {
    "submitted": {"accepted", "waitlisted", "declined", "withdrawn"},
    "waitlisted": {"accepted", "declined", "withdrawn"},
    "declined": {"accepted"},
    "accepted": {"declined", "withdrawn"},
    "withdrawn": {"submitted"},
}


def end_of(day: date) -> datetime:
    """Return the instant at which `day` is over in the program's zone."""
    return datetime.combine(day + timedelta(days=1), time(), ZONE)


def days_after(moment: datetime, days: int) -> datetime:
    """Return the end of the day `days` days after the day that contains or ends at `moment`."""
    return end_of((moment.astimezone(ZONE) - timedelta(seconds=1)).date() + timedelta(days=days))


def three_working_days_after(moment: datetime) -> date:
    """Return the third day after today that is no Saturday or Sunday."""
    today = moment.astimezone(ZONE).date()
    ahead = (today + timedelta(days=days) for days in range(1, 10))
    return [day for day in ahead if day.weekday() < 5][2]


@dataclass
class Link:
    token: str
    ends_at: datetime
    own_end: bool = False
    revoked: bool = False
    used: bool = False


@dataclass
class Person:
    number: int
    state: str = "submitted"
    links: list[Link] = field(default_factory=list)
    place: str = ""
    held_until: datetime | None = None
    has_account: bool = False
    owed: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    kept: Decimal = Decimal(0)
    payments: list[Decimal] = field(default_factory=list)
    refunds: list[Decimal] = field(default_factory=list)

    @property
    def is_registered(self) -> bool:
        return any(link.used for link in self.links)

    def end_links(self) -> bool:
        live = [link for link in self.links if not link.used and not link.revoked]
        for link in live:
            link.revoked = True
        return bool(live)

    def list_credit(self) -> None:
        credit = max(-self.owed, Decimal(0)) - sum(self.refunds)
        if credit > 0:
            self.refunds.append(credit)


@dataclass
class Model:
    """A program with its people. Each verb tells whether it is allowed, and does it then."""

    now: datetime
    capacity: int
    deadline: date = date(2024, 1, 30)
    status: str = "open"
    people: list[Person] = field(default_factory=list)
    queue: list[Person] = field(default_factory=list)
    to_tell: list[Person] = field(default_factory=list)

    # --- What is so -------------------------------------------------------------------------------

    @property
    def goes_on(self) -> bool:
        return self.status in ("open", "confirmed")

    @property
    def with_a_place(self) -> list[Person]:
        return [person for person in self.people if person.place in ("held", "member")]

    def has_room(self) -> bool:
        return len(self.with_a_place) < self.capacity

    def opens(self, person: Person, link: Link) -> bool:
        fresh = not link.used and not link.revoked and self.now < link.ends_at
        return fresh and person.state == "accepted" and self.goes_on

    # --- What staff decide ------------------------------------------------------------------------

    def can_apply(self) -> bool:
        return self.status == "open" and self.now < end_of(APPLY_BY)

    def decide(self, person: Person, to_state: str, ends_at: datetime | None) -> bool:
        if person.is_registered or to_state not in MAY_BECOME[person.state]:
            return False
        if to_state == "accepted":
            return self._give_link(person, ends_at) and self._become(person, to_state)
        person.end_links()
        return self._become(person, to_state)

    def _become(self, person: Person, to_state: str) -> bool:
        person.state = to_state
        return True

    def _give_link(self, person: Person, ends_at: datetime | None) -> bool:
        link = Link("", ends_at or end_of(self.deadline), own_end=ends_at is not None)
        if not self.goes_on or link.ends_at <= self.now:
            return False
        person.end_links()
        person.links.append(link)
        return True

    def send_link_again(self, person: Person) -> bool:
        if person.state != "accepted" or person.is_registered:
            return False
        own = [link.ends_at for link in person.links if link.own_end]
        return self._give_link(person, own[-1] if own and own[-1] > self.now else None)

    def revoke(self, person: Person) -> bool:
        return person.state == "accepted" and not person.is_registered and person.end_links()

    # --- What people do ---------------------------------------------------------------------------

    def register(self, person: Person, link: Link) -> bool:
        if not self.opens(person, link):
            return False
        link.used = True
        if self.has_room() and not self.queue:
            self._hold(person, days_after(link.ends_at, 3))
        else:
            person.place = "waiting"
            self.queue.append(person)
        return True

    def _hold(self, person: Person, until: datetime) -> None:
        person.place, person.held_until, person.has_account = "held", until, True
        person.owed += FEE

    def take_back(self, person: Person, index: int) -> None:
        """Reverse a payment that was recorded by mistake."""
        amount = person.payments.pop(index)
        person.paid -= amount
        person.owed += amount
        if person.place == "member" and person.paid < DEPOSIT and self.goes_on and self.now < end_of(ENDS_ON):
            person.place, person.held_until = "held", end_of(three_working_days_after(self.now))
        elif person.place == "cancelled":
            left = min(person.kept, max(person.paid, Decimal(0)))
            person.owed += left - person.kept
            person.kept = left

    def pay(self, person: Person, amount: Decimal) -> None:
        person.payments.append(amount)
        person.paid += amount
        person.owed -= amount
        if person.place == "held" and person.paid >= DEPOSIT:
            person.place, person.held_until = "member", None
        elif person.place == "lapsed":
            if person.paid >= DEPOSIT and self.goes_on and not self.queue and self.has_room():
                person.place, person.refunds = "member", []
                person.owed += FEE
            else:
                person.list_credit()
        elif person.place == "cancelled":
            person.list_credit()

    def pay_back(self, person: Person) -> bool:
        amount = person.refunds[0]
        if amount > -person.owed:
            return False
        person.refunds.pop(0)
        person.owed += amount
        person.paid -= amount
        return True

    def cancel(self, person: Person, refund: bool | None) -> bool:
        if person.place not in ("waiting", "held", "member"):
            return False
        self._end(person, "cancelled", keeps=self.now >= end_of(CANCEL_BY) if refund is None else not refund)
        self.offer()
        return True

    def _end(self, person: Person, place: str, *, keeps: bool) -> None:
        if person in self.queue:
            self.queue.remove(person)
        if person.place in ("held", "member"):
            person.owed -= FEE
            person.kept = max(min(person.paid, DEPOSIT), Decimal(0)) if keeps else Decimal(0)
            person.owed += person.kept
            person.list_credit()
        person.place, person.held_until = place, None

    def extend(self, person: Person, until: datetime) -> bool:
        if person.place != "held":
            return False
        person.held_until = until
        return True

    # --- What happens by itself -------------------------------------------------------------------

    def offer(self) -> None:
        begun = self.now.astimezone(ZONE).date() >= STARTS_ON
        while self.goes_on and not begun and self.queue and self.has_room():
            self._hold(self.queue.pop(0), days_after(self.now, 3))

    def edit(self, capacity: int, deadline: date) -> None:
        self.capacity, self.deadline = capacity, deadline
        for link in [link for person in self.people for link in person.links]:
            if not (link.own_end or link.used or link.revoked):
                link.ends_at = end_of(deadline)
        self.offer()

    def confirm(self) -> bool:
        allowed = self.goes_on
        self.status = "confirmed" if allowed else self.status
        return allowed

    def call_off(self) -> None:
        if self.goes_on:
            told = ("accepted", "submitted", "waitlisted")
            self.to_tell = [person for person in self.people if person.place or person.state in told]
        self.status = "called_off"

    def tick(self) -> None:
        """End what has ended; tell those who are to be told that the program does not take place."""
        held = [person for person in self.people if person.held_until and person.held_until <= self.now]
        for person in sorted(held, key=lambda person: (person.held_until, person.number)):
            self._end(person, "lapsed", keeps=False)
            self.offer()
        self.offer()
        for person in self.to_tell:
            if person.place in ("waiting", "held", "member"):
                self._end(person, "cancelled", keeps=False)
            elif not person.place and person.state not in ("declined", "withdrawn"):
                person.end_links()
        self.to_tell = []
