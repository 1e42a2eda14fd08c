"""Failed log-ins are slowed by account and by network, and nobody can shut somebody else out."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from config.login import throttle
from django.core import mail
from django.test import Client

from .people import AWAY, HOME, PASSWORD, attempt, code, is_in, person

pytestmark = [pytest.mark.django_db, pytest.mark.domain]
START = datetime(2027, 1, 4, 9, 0, 30, tzinfo=UTC)


def network(number: int) -> str:
    return f"192.0.{number // 250}.{number % 250 + 1}"


def fail(times: int, *, sender: str = AWAY, name: str = "stella", client: Client | None = None) -> list[int]:
    client = client or Client()
    return [attempt(client, "wrong", name=name, sender=sender).status_code for _ in range(times)]


@time_machine.travel(START, tick=False)
def test_after_five_failures_one_waits_and_is_told_until_when() -> None:
    person()
    assert fail(6) == [200] * 5 + [429]
    answer = attempt(Client(), sender=AWAY)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "870"
    page = answer.content.decode()
    assert "Try again at 9:15 a.m. UTC" in page
    assert 'value="stella"' in page, "the name that was typed is lost"


@time_machine.travel(START)
def test_limits_grow_over_the_day() -> None:
    person()
    with time_machine.travel(START, tick=False) as clock:
        refused = []
        for _quarter in range(6):
            refused.append(fail(5)[-1])
            clock.shift(timedelta(minutes=15))
    assert refused == [200] * 4 + [429] * 2


@time_machine.travel(START, tick=False)
@pytest.mark.parametrize("name", ["stella", " Stella ", "STELLA", "ｓｔｅｌｌａ"])
def test_other_spellings_of_a_name_are_the_same_account(name: str) -> None:
    person()
    fail(5, name=name)
    assert attempt(Client(), sender=AWAY).status_code == 429


@time_machine.travel(START, tick=False)
def test_names_that_nobody_has_are_slowed_alike() -> None:
    assert fail(6, name="nobody") == [200] * 5 + [429]


@time_machine.travel(START, tick=False)
def test_right_passwords_do_not_count_and_clear_nothing() -> None:
    person()
    for _ in range(8):
        assert attempt(Client()).status_code == 302
    fail(4, sender=HOME)
    assert attempt(Client()).status_code == 302
    assert fail(2, sender=HOME) == [200, 429]


@time_machine.travel(START, tick=False)
def test_one_network_cannot_try_many_accounts() -> None:
    person()
    for number in range(throttle.NETWORK_FAILURES):
        fail(1, name=f"user{number}")
    assert fail(1, name="another") == [429]
    assert attempt(Client(), sender=HOME).status_code == 302


@time_machine.travel(START, tick=False)
def test_strangers_everywhere_do_not_shut_anybody_out() -> None:
    """Each network keeps one attempt, and a browser that has logged in keeps all of its own."""
    person()
    known = Client()
    attempt(known)
    known.cookies.pop("sessionid")
    for number in range(throttle.ACCOUNT_FAILURES):
        assert fail(1, sender=network(number)) == [200]
    assert fail(2, sender=network(999)) == [200, 429], "a pressed account is tried once from each network"
    assert attempt(Client(), sender="198.51.100.99").status_code == 302, "from a network never seen before"
    fail(9, sender=HOME)
    assert attempt(Client(), sender=HOME).status_code == 429
    assert fail(4, sender=HOME, client=known) == [200] * 4, "a known browser counts by itself"
    assert attempt(known, sender=HOME).status_code == 302


@time_machine.travel(START, tick=False)
def test_a_known_browser_is_known_for_its_accounts_only() -> None:
    person()
    person("ravi")
    client = Client()
    attempt(client, name="ravi")
    client.cookies.pop("sessionid")
    assert fail(6, sender=HOME, client=client) == [200] * 5 + [429]
    assert fail(1, sender=HOME) == [429], "counted with its network"
    cookie = client.cookies["known_browser"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "stella" not in cookie.value
    assert "ravi" not in cookie.value
    client.cookies["known_browser"] = cookie.value[:-2] + "xx"
    assert attempt(client, "wrong", name="ravi", sender=HOME).status_code == 200


@time_machine.travel(START, tick=False)
def test_senders_without_an_address_are_not_locked_together() -> None:
    person()
    assert fail(12, sender="") == [200] * 12
    assert attempt(Client(), sender="").status_code == 302


@time_machine.travel(START, tick=False)
def test_codes_are_slowed_and_count_once() -> None:
    person(app=True)
    client = Client()
    assert attempt(client).url == "/account/login/code/"
    post = lambda typed: client.post("/account/login/code/", {"code": typed}, REMOTE_ADDR=HOME)  # noqa: E731
    assert [post("000000").status_code for _ in range(6)] == [200] * 5 + [429]
    assert post(code()).status_code == 429
    other = Client()
    attempt(other, sender=AWAY)
    assert other.post("/account/login/code/", {"code": code()}, REMOTE_ADDR=AWAY).status_code == 302
    again = Client()
    attempt(again, sender=AWAY)
    assert "Incorrect code" in again.post("/account/login/code/", {"code": code()}, REMOTE_ADDR=AWAY).content.decode()
    assert is_in(other)
    assert not is_in(again)


def ask(client: Client, email: str = "stella@example.org", sender: str = AWAY) -> int:
    return client.post("/account/password/", {"email": email}, REMOTE_ADDR=sender).status_code


@time_machine.travel(START, tick=False)
def test_resets_are_slowed_and_a_link_always_works() -> None:
    user = person()
    assert [ask(Client()) for _ in range(4)] == [302] * 3 + [429]
    for number in range(40):
        assert ask(Client(), sender=network(number)) == 302
    assert len(mail.outbox) == throttle.RESET_EMAILS
    assert all(mail.to == ["stella@example.org"] for mail in mail.outbox)
    known = Client()
    attempt(known)
    assert ask(known, sender=HOME) == 302
    assert len(mail.outbox) == throttle.RESET_EMAILS + 1, "a known browser gets its email"
    link = re.search(r"http://testserver(/account/password/\S+)", mail.outbox[-1].body)[1]  # type: ignore[index]
    client = Client()
    fail(6, sender=HOME)
    page = client.get(link)
    password = "another good one 9"
    done = client.post(page.url, {"new_password1": password, "new_password2": password})
    assert done.url == "/account/password/changed/"
    user.refresh_from_db()
    assert user.check_password(password)
    assert attempt(client, password).status_code == 302, "whoever reads the mailbox is let in, whatever others did"
    assert attempt(Client(), password).status_code == 429


@time_machine.travel(START, tick=False)
def test_the_answer_to_a_reset_tells_nobody_who_has_an_account() -> None:
    person()
    pages = []
    for email in ("stella@example.org", "nobody@example.org"):
        client = Client()
        ask(client, email)
        pages.append(client.get("/account/password/sent/").content)
        assert [ask(Client(), email) for _ in range(3)] == [302, 302, 429]
    assert pages[0] == pages[1]
    assert {mail.to[0] for mail in mail.outbox} == {"stella@example.org"}


@time_machine.travel(START, tick=False)
def test_one_network_cannot_ask_for_many_addresses() -> None:
    statuses = [ask(Client(), f"user{number}@example.org") for number in range(throttle.RESETS_OF_A_NETWORK + 1)]
    assert statuses == [302] * throttle.RESETS_OF_A_NETWORK + [429]


def test_a_link_goes_to_our_own_host(settings) -> None:  # type: ignore[no-untyped-def]
    person()
    Client().post("/account/password/", {"email": "stella@example.org"}, headers={"host": "evil.example"})
    assert "evil.example" not in mail.outbox[0].body + mail.outbox[0].subject
    assert PASSWORD not in mail.outbox[0].body
