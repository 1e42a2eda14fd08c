"""The fixtures of registration, on which programs stand."""

from tests.forms_ext.registration.conftest import january, program

__all__ = ["january", "program"]
