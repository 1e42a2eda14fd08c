"""The people, the program and the applications of the tests of staff pages."""

from ..staff.conftest import client_of, january, make_application, program, reviewer, staff, user  # noqa: F401
