"""The invented people of a rehearsal, and what each does in it; their addresses lead nowhere."""

from dataclasses import dataclass, replace

MORE_THAN_PLACES = 7  # two in the queue, a lost email, waitlisted, declined, withdrawn, too late


@dataclass(frozen=True)
class Person:
    """An applicant; `number` makes answers and network address differ."""

    name: str
    mailbox: str
    country: str
    zone: str
    language: str
    organization: str
    address: str
    number: int = 0

    @property
    def email(self) -> str:
        return f"{self.mailbox}@example.org"

    @property
    def network_address(self) -> str:
        return f"198.51.{100 + self.number // 250}.{self.number % 250 + 1}"


def _person(name: str, mailbox: str, country: str, zone: str, language: str, at: str, address: str) -> Person:
    return Person(name, mailbox, country, zone, language, at, address)


PEOPLE = (
    _person("Ruth Abara", "ruth.abara", "NG", "Africa/Lagos", "en", "Harbour Light", "8 Marina Road\nLagos"),
    _person("Jonas Weber", "jonas.weber", "DE", "Europe/Berlin", "de", "Werkstatt Nord", "Kanalweg 3\n20457 Hamburg"),
    _person(
        "Élodie Marchand", "elodie.marchand", "FR", "Europe/Paris", "fr", "Les Ateliers", "4 rue Basse\n69001 Lyon"
    ),
    _person("山田 花子", "hanako.yamada", "JP", "Asia/Tokyo", "ja", "株式会社みらい", "東京都千代田区1-2-3"),
    _person("Maeve Tremblay", "maeve.tremblay", "CA", "America/Toronto", "en", "Maple Co-op", "9 Bay St\nToronto"),
    _person("Bruce Nolan", "bruce.nolan", "AU", "Australia/Sydney", "en", "Saltbush Care", "2 Wattle St\nSydney"),
    _person("Carmen Ibáñez", "carmen.ibanez", "ES", "Europe/Madrid", "es", "Casa Roja", "Calle Mayor 7\n28013 Madrid"),
    _person("Aroha Ngata", "aroha.ngata", "NZ", "Pacific/Auckland", "en", "Kererū Trust", "5 Quay St\nAuckland"),
    _person("Thomas Reed", "thomas.reed", "US", "America/New_York", "en", "Reed & Daughters", "1 Elm St\nIthaca, NY"),
    _person("Lucía Ferrari", "lucia.ferrari", "AR", "America/Argentina/Buenos_Aires", "es", "Taller Sur", "Defensa 1"),
    _person("Kwame Mensah", "kwame.mensah", "GH", "Africa/Accra", "en", "Volta Schools", "12 Ring Road\nAccra"),
    _person("Ingrid Solheim", "ingrid.solheim", "NO", "Europe/Oslo", "en", "Fjordhuset", "Strandgaten 2\n5013 Bergen"),
    _person("Arjun Nair", "arjun.nair", "IN", "Asia/Kolkata", "en", "Monsoon Looms", "7 MG Road\nKochi"),
    _person("Petra Nováková", "petra.novakova", "CZ", "Europe/Prague", "en", "Dílna", "Dlouhá 4\n110 00 Praha"),
    _person("林 美玲", "meiling.lin", "TW", "Asia/Taipei", "en", "山海工作室", "台北市中正區1號"),
    _person("Omar Haddad", "omar.haddad", "LB", "Asia/Beirut", "en", "Cedar Clinic", "3 Hamra St\nBeirut"),
    _person("Sinéad Walsh", "sinead.walsh", "IE", "Europe/Dublin", "en", "Liffey Trust", "6 Dame St\nDublin"),
    _person("Tiago Rocha", "tiago.rocha", "BR", "America/Sao_Paulo", "en", "Mutirão", "Rua Augusta 9\nSão Paulo"),
    _person(
        "Leilani Kahale", "leilani.kahale", "US", "Pacific/Honolulu", "en", "Hale School", "4 Ala St\nHonolulu, HI"
    ),
    _person("Nils Åberg", "nils.aberg", "SE", "Europe/Stockholm", "en", "Norrhus", "Storgatan 1\nLuleå"),
)


@dataclass(frozen=True)
class Participants:
    """Who does what: `holders` are as many as there are places, and the last of them never pays."""

    holders: tuple[Person, ...]
    queue: tuple[Person, Person]
    loses_mail: Person
    waitlisted: Person
    declined: Person
    withdrawn: Person
    late: Person

    @property
    def applicants(self) -> tuple[Person, ...]:
        """Everyone who applies in time."""
        return (*self.accepted, self.waitlisted, self.declined, self.withdrawn)

    @property
    def accepted(self) -> tuple[Person, ...]:
        return (*self.holders, *self.queue, self.loses_mail)

    @property
    def never_pays(self) -> Person:
        return self.holders[-1]

    @property
    def leaves(self) -> Person | None:
        """Who cancels after the invoice."""
        return self.holders[0] if len(self.holders) > 1 else None

    @property
    def slow(self) -> tuple[Person, ...]:
        """Who pays the balance in part, and who not at all, until it is overdue."""
        return self.holders[1:3] if len(self.holders) > 4 else ()


def _people(count: int) -> list[Person]:
    people = []
    for number in range(count):
        lap, index = divmod(number, len(PEOPLE))
        person = replace(PEOPLE[index], number=number)
        if lap:
            person = replace(person, name=f"{person.name} ({lap + 1})", mailbox=f"{person.mailbox}.{lap + 1}")
        people.append(person)
    return people


def participants(places: int, rebate_countries: list[str]) -> Participants:
    """Choose them for a program with so many places; one of those who pay lives where there is a rebate."""
    people = _people(places + MORE_THAN_PLACES)
    holders = people[:places]
    if rebate_countries and not {person.country for person in holders[3:-1]} & set(rebate_countries):
        index = min(3, places - 1)
        holders[index] = replace(holders[index], country=rebate_countries[0])
    first, second, *others = people[places:]
    return Participants(tuple(holders), (first, second), *others)
