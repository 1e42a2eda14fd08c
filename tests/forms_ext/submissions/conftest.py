"""The fixtures of forms, whose answers are sent here."""

from tests.forms_ext.forms.conftest import form_page, january, plain_form, program

__all__ = ["form_page", "january", "plain_form", "program"]
