"""An applicant, and the labels of questions with choices."""

from dataclasses import dataclass

from django.utils.text import slugify


@dataclass(frozen=True)
class Applicant:
    """A person with an organization, a time zone and hopes.

    `applied` counts days from the first session (in the open edition, from the load). `deposited` and `ended` count
    from there to the deposit and to the end of a withdrawal, a hold, a registration or a wait.
    """

    name: str
    organization: str
    role: str
    size: str
    profit: str
    stage: str
    course: str
    country: str
    zone: str
    hopes: str
    applied: int
    hour: int = 17
    address: str = ""
    state: str = "submitted"
    note: str = ""
    deposited: int = 7
    ended: int = 9

    @property
    def email(self) -> str:
        first, *_middle, last = slugify(self.name).split("-")
        return f"{first}.{last}@example.org"


YES, NO = "For profit", "Not for profit"
EARLY, SOME, WHOLE = "First circles", "Several circles", "The whole organization"
