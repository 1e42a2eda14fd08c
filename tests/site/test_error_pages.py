"""What a visitor sees if something is missing, forbidden or broken: a page with an explanation and a link."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.views import defaults


def is_ours(answer: HttpResponse, status: int, words: str) -> bool:
    page = answer.content.decode()
    found = re.search(r"<h1>(.*?)</h1>", page)
    return bool(answer.status_code == status and found and words in found[1] and 'href="/"' in page)


@pytest.mark.django_db
def test_a_page_that_is_not_there(client: Client) -> None:
    answer = client.get("/nothing/here/")
    assert is_ours(answer, 404, "Page not found")
    assert "config.urls" not in answer.content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_open(rf: RequestFactory) -> None:
    answer = defaults.permission_denied(rf.get("/go/"), PermissionDenied("secret reason"))
    assert is_ours(answer, 403, "You do not have access to this page")
    assert b"secret reason" not in answer.content


@pytest.mark.django_db
def test_a_log_in_that_lost_its_cookie() -> None:
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "ada", "password": "x"})
    assert is_ours(answer, 403, "This page has expired")


def test_the_page_of_a_fault_needs_no_database(rf: RequestFactory) -> None:
    assert is_ours(defaults.server_error(rf.get("/")), 500, "Sorry, something went wrong")
