"""Names pass; addresses and hidden characters do not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms_ext.mail.harmless import LENGTH, harmless

NAMES = [
    "Ada",
    "Dr. J. R. O'Neil-Łukasz, Jr.",
    "J.R.R. Tolkien",
    "Ph.D. Ada Lovelace",
    "Sankt. Peter",
    "María José",
    "Jean-Luc d’Été",
    "Nguyễn Thị Minh Khai",
    "S:t Erik",
    "Raju a/l Muthu",
    "Ada (she/her)",
    'Ada "Countess" Lovelace',
    "Tom & Jerry",
    "John Smith 3rd",
    "X Æ A-12",
    "Gal·la",
    "ʻOkina",
    "Дмитрий Иванов",
    "Ελένη Κ.",
    "שרה כהן",
    "محمد بن سلمان",
    "علی\u200cرضا",
    "ശ്രീലക്ഷ്മി",
    "ක්\u200dරිෂ්",
    "สมชาย",
    "山田 太郎",
    "김철수",
    "Studio 54",
    "x" * LENGTH,
]
NO_NAMES = {
    "link": "Visit https://evil.example NOW",
    "any scheme": "evil://x",
    "no scheme": "//evil",
    "mailto": "mailto:eve",
    "tel": "tel:123",
    "javascript": "javascript:alert",
    "port": "localhost:8000",
    "www": "www.evil",
    "www and a letter": "WWW.x",
    "domain": "evil.com",
    "domain in words": "Ada at evil.co today",
    "short domain": "t.co",
    "domain after a space": "evil .com",
    "capitals": "EVIL.COM",
    "path": "bit.ly/x",
    "Cyrillic": "пример.рф",
    "Devanagari": "उदाहरण.भारत",
    "Japanese": "例え.テスト",
    "punycode": "xn--e1afmkfd.xn--p1ai",
    "ideographic dot": "evil。com",
    "half-width dot": "evil｡com",
    "full-width dot": "evil．com",
    "one dot leader": "evil․com",
    "mathematical letters": "𝐞𝐯𝐢𝐥.𝐜𝐨𝐦",
    "emoji domain": "❤.ws",
    "email": "eve@evil",
    "full-width at": "eve＠evil",
    "IPv4": "192.0.2.1",
    "IPv6": "2001:db8::1",
    "telephone": "call +49 170 1234567",
    "Arabic digits": "call ٠١٢٣٤",
    "UNC path": "\\\\evil\\share",
    "two lines": "Ada\nVisit us",
    "header": "Ada\r\nBcc: eve",
    "line separator": "Ada\u2028Eve",
    "next line": "Ada\x85Eve",
    "NUL": "A\x00da",
    "override": "Ada \u202eeve",
    "isolate": "\u2067Ada\u2069",
    "left-to-right mark": "Ada\u200e",
    "zero-width space": "ev\u200bil",
    "joiner in Latin": "ev\u200dil",
    "soft hyphen": "ev\u00adil",
    "byte order mark": "\ufeffAda",
    "tags": "Ada\U000e0041",
    "variation selector": "A\ufe0fda",
    "ideographic variation": "Ada\U000e0100",
    "Hangul filler": "Ada\u3164Eve",
    "braille blank": "Ada\u2800Eve",
    "grapheme joiner": "A\u034fda",
    "private use": "\ue000link\ue001",
    "unassigned": "Ada\U000e0fff",
    "surrogate": "A\ud800",
    "HTML": "<b>Ada</b>",
    "Markdown": "[Ada](evil)",
    "field": "{link}",
    "encoded word": "=?utf-8?q?Ada?=",
    "no letter": "!!! 12",
    "blank": " \u3000 ",
    "empty": "",
    "too long": "x" * (LENGTH + 1),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_passes(name: str) -> None:
    assert harmless(name) == name


@pytest.mark.parametrize("text", NO_NAMES.values(), ids=NO_NAMES.keys())
def test_what_could_be_more_than_a_name_does_not(text: str) -> None:
    assert harmless(text) == ""


def test_spaces_and_accents_are_made_one() -> None:
    assert harmless(" Ade\u0301  Lovelace\u00a0\tKing\u3000") == "Adé Lovelace King"


PIECES = st.sampled_from(
    ["Ada", " ", ".", "com", "@", "://", ":", "/", "\n", "\u202e", "\u200d", "é", "関", "．", "1", "例", "<", "\\"]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
def test_what_passes_is_one_visible_line_and_passes_again(text: str) -> None:
    passed = harmless(text)
    assert passed in {"", " ".join(unicodedata.normalize("NFC", text).split())}
    assert len(passed) <= LENGTH
    assert len(passed.splitlines()) <= 1
    assert not set(passed) & set("@<>{}\\\n\r\t\u202e")
    assert harmless(passed) == passed
    for before in ("www.", "https://", "eve@", "eve.co"):
        assert harmless(before + passed) == ""
