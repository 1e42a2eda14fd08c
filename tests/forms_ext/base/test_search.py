"""Staff find people whatever the case and the accents that either of them typed, on every database."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cop_program import clock
from forms_ext.applications.models import Application
from forms_ext.base import search
from forms_ext.base.search import fold
from forms_ext.ledger.models import Account
from forms_ext.mail.models import OutgoingMail
from forms_ext.registration.models import Registration
from tests.forms_ext.admission.factories import START, make_application, make_registration, open_program

pytestmark = [pytest.mark.django_db, pytest.mark.domain]


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ÖZTÜRK", "ozturk"),
        ("O\u0308ztu\u0308rk", "ozturk"),
        ("García", "garcia"),
        ("Müller", "muller"),
        ("Strauß", "strauss"),
        ("STRAUẞ", "strauss"),
        ("İstanbul IŞIK ışık", "istanbul isik isik"),
        ("Søren Łukasz Đorđe Æsir Œuvre Þór Guðrún", "soren lukasz dorde aesir oeuvre thor gudrun"),
        ("Ὀδυσσεύς ΟΔΥΣΣΕΎΣ", "οδυσσευσ οδυσσευσ"),
        ("Ёлка", "елка"),
        ("ＡＢＣ ﬁ ①", "abc fi 1"),
        ("O’Brien\u2011Smith", "o'brien-smith"),
        (" two\u00a0words\r\nand\u200b more\0 ", "two words and more"),
        ("김민수", fold("김민수")),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert fold(typed) == folded
    assert fold(folded) == folded


def test_the_words_of_a_search_are_few_and_bare() -> None:
    assert search.words('García, "Ana" ,') == ["garcia", "ana", ","]
    assert len(search.words(" ".join(map(str, range(1000))))) <= search.MOST_WORDS
    assert sum(map(len, search.words("é" * 100_000))) <= search.LONGEST


NAMES = ["Ayşe Öztürk", "José García", "Jürgen Müller"]
SEARCHES = {
    "ozturk": NAMES[:1], "ÖZTÜRK": NAMES[:1], "Oztürk ayse": NAMES[:1], "garcia, jose": NAMES[1:2],
    "GARCÍA": NAMES[1:2], "muller": NAMES[2:], "müller ayşe": [], "100%": [], "_": [], "": NAMES,
}  # fmt: skip


def shown(client: Client, name: str, query: str) -> set[str]:
    page = client.get(reverse(name), {"q": query})
    assert page.status_code == 200
    text = page.content.decode()
    return {one for one in NAMES if one in text}


def test_every_listing_finds_people(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    with clock.at(START):
        program = open_program(9)
        made = [make_registration(program, number) for number in range(len(NAMES))]
    for registration, name in zip(made, NAMES, strict=True):
        application = registration.invitation.application
        application.name = registration.name = name
        application.save(update_fields=["name"])
        registration.save(update_fields=["name"])
        Account.objects.filter(pk=registration.account_id).update(payer_name=name)
        OutgoingMail.objects.filter(recipient=application.email).update(recipient_name=name)
    assert list(search.differing()) == []
    listings = [
        "cop_applications_modeladmin_index",
        "cop_registrations_modeladmin_index",
        "cop_accounts_modeladmin_index",
        "cop_outbox_modeladmin_index",
    ]
    shown(admin_client, listings[0], "x")
    for name in listings:
        for query, names in SEARCHES.items():
            with django_assert_max_num_queries(30):
                assert shown(admin_client, name, query) == set(names), (name, query)


def test_rows_written_in_bulk_are_found() -> None:
    program = open_program(3)
    application = make_application(program, 1)
    application.name = "Müller"
    Application.objects.bulk_update([application], ["name"])
    assert Application.objects.get(search.matching("muller", ["search_text"])) == application
    Application.objects.filter(name="Müller").update(name="Öztürk", state="waitlisted")
    assert Application.objects.get(search.matching("ozturk", ["search_text"])) == application
    copy = Application.objects.get()
    copy.pk, copy.name, copy.reference, copy.idempotency_key = None, "García", "A-X", None
    Application.objects.bulk_create([copy])
    assert Application.objects.filter(search.matching("garcia a-x", ["search_text"])).count() == 1
    assert list(search.differing()) == []


def test_other_columns_are_updated_in_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        Registration.objects.filter(pk=0).update(state="lapsed")
