"""The body of the demo's program page, as its templates render it."""

import pytest
from demo.loader import pages, texts

from cop_program.models import ProgramPage

pytestmark = pytest.mark.django_db


def test_the_body_shows_every_benefit_question_and_code() -> None:
    block = ProgramPage.body.field.stream_block
    value = block.to_python(list(pages._blocks()))
    html = "".join(str(child.render()) for child in value)
    for words in (*(title for title, _text in texts.BENEFITS), *(question for question, _answer in texts.QUESTIONS)):
        assert words in html
    for words in (texts.QUOTATION_BY, texts.TRAILER_URL, texts.RECORDING_URL, texts.COURSE_URL, "3CEOS4FREE"):
        assert words in html
    assert ">None<" not in html
