"""The fixtures of forms, whose answers these tests send."""

from tests.forms_ext.forms.conftest import form_page, january, plain_form, program

__all__ = ["form_page", "january", "plain_form", "program"]
