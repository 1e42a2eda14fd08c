import pytest

from forms_ext.mail import email_types
from tests.forms_ext.mail.kinds import WELCOME


@pytest.fixture(autouse=True)
def welcome(monkeypatch: pytest.MonkeyPatch) -> email_types.EmailType:
    monkeypatch.setitem(email_types._types, WELCOME.name, WELCOME)
    return WELCOME
