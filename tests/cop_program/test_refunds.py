"""The policy of cancelling as data: its words, its checks, and its days in a new edition."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from cop_program import editions, refunds
from cop_program.models import ProgramPage
from cop_program.refunds import Gives

pytestmark = pytest.mark.django_db
DEADLINE = date(2024, 1, 24)
TERMS: list[tuple[str, dict[str, Any]]] = [
    ("session", {"number": 1, "gives": Gives.BALANCE}),
    ("day", {"until": DEADLINE, "gives": Gives.EVERYTHING}),
]


@pytest.fixture
def terms_page(program_page: ProgramPage, add_session: Callable[..., Any]) -> ProgramPage:
    add_session()
    program_page.refund_terms = TERMS
    program_page.save()
    return program_page


def test_the_page_says_the_terms_in_their_order(terms_page: ProgramPage, client: Client) -> None:
    lines = [line.replace("\xa0", " ") for line in refunds.lines(terms_page, "en")]
    assert lines == [
        "Until the end of Wednesday 24 January 2024, Pacific time: everything paid",
        "Until session 1 begins (Wednesday 7 February 2024): everything paid but the deposit",
        "After that: nothing",
    ]
    shown = client.get(terms_page.url).content.decode().replace("\xa0", " ")
    assert [line for line in lines if line not in shown] == []
    assert "Bis zum Beginn" in refunds.lines(terms_page, "de")[1]


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ([("day", {"until": date(2024, 7, 1), "gives": "everything"})], "by the last day"),
        (
            [
                ("day", {"until": date(2024, 1, 10), "gives": "nothing"}),
                ("day", {"until": DEADLINE, "gives": "everything"}),
            ],
            "more than an earlier one",
        ),
        ([("day", {"until": date(2024, 1, 10), "gives": "everything"})], "until the cancellation deadline"),
    ],
)
def test_terms_that_cannot_be_meant_are_refused(terms_page: ProgramPage, terms: list[Any], words: str) -> None:
    terms_page.clean()
    terms_page.refund_terms = terms
    with pytest.raises(ValidationError) as refused:
        terms_page.clean()
    assert words in str(refused.value.message_dict["refund_terms"])


def test_a_new_edition_moves_the_days(terms_page: ProgramPage) -> None:
    copy = editions.copy_program(page=terms_page, first_day=date(2025, 2, 5), title="Again", by=None).program.page
    [day] = [block.value["until"] for block in copy.refund_terms if block.block_type == "day"]
    assert day - DEADLINE == copy.cancellation_deadline - DEADLINE == timedelta(days=364)


def test_without_terms_the_deadline_decides_about_the_deposit(program_page: ProgramPage) -> None:
    found = [(term.gives, term.until) for term in refunds.read(refunds.freeze(program_page), program_page)]
    assert found == [(Gives.EVERYTHING, program_page.cancellation_closes_at), (Gives.BALANCE, None)]
    assert refunds.lines(program_page, "en") == []
