import pytest

from forms_ext.mail import kinds

from .kinds import WELCOME


@pytest.fixture(autouse=True)
def welcome(monkeypatch: pytest.MonkeyPatch) -> kinds.MailKind:
    monkeypatch.setitem(kinds._kinds, WELCOME.name, WELCOME)
    return WELCOME
