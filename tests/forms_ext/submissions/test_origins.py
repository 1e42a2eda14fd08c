"""The list of web sites that may show our forms: what it takes, and what it says to what it does not."""

import pytest
from django.core.exceptions import ValidationError

from forms_ext.submissions import origins
from forms_ext.submissions.models import EmbeddingSite


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://www.example.org", "https://www.example.org"),
        (" HTTPS://WWW.Example.org/ ", "https://www.example.org"),
        ("https://example.org:443", "https://example.org"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_an_address_is_kept_as_browsers_compare_it(typed: str, kept: str) -> None:
    assert origins.parse(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "with https://"),
        ("www.example.org", "with https://"),
        ("javascript:alert(1)", "with https://"),
        ("https://", "with https://"),
        ("https://example.org:port", "with https://"),
        ("http://www.example.org", "https:// instead of http://"),
        ("https://*.example.org", "Wildcards"),
        ("https://www.example.org/contact", "Enter https://www.example.org only"),
        ("https://www.example.org?a=b", "Enter https://www.example.org only"),
        ("https://ada@www.example.org", "Enter https://www.example.org only"),
        ("https://example", "is not a website"),
        ("https://192.168.0.1", "is not a website"),
        ("https://[::1]", "is not a website"),
        ("https://exa mple.org", "is not a website"),
        ("https://example.org; script-src 'unsafe-inline'", "is not a website"),
        ("https://-example.org", "is not a website"),
        ("https://a..org", "is not a website"),
    ],
)
def test_what_is_no_web_site_is_refused_with_words_that_help(typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        origins.parse(typed)
    assert said in refused.value.messages[0]


@pytest.mark.django_db
def test_a_web_site_is_listed_once() -> None:
    EmbeddingSite.objects.create(origin="https://www.example.org")
    with pytest.raises(ValidationError) as refused:
        EmbeddingSite(origin="https://www.example.org/").full_clean()
    assert "origin" in refused.value.message_dict
