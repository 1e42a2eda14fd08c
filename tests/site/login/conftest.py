from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_codes() -> Iterator[None]:
    """Forget which codes were used: another test has another user with the same key."""
    yield
    cache.clear()
