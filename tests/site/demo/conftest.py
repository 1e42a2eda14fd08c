"""The demo's content, for tests that only read it."""

from collections.abc import Iterator
from typing import Any

import pytest
from demo.loader import load


@pytest.fixture(scope="package")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the demo once for all tests of this folder; every trace is rolled back."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        assert load(say=lambda _text: None)
        assert not load(say=lambda _text: None)
        yield
        transaction.set_rollback(True)
