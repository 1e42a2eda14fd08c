"""The fixtures of registration, which programs need."""

from tests.forms_ext.registration.conftest import january, program

__all__ = ["january", "program"]
