from tests.forms_ext.admin_fixtures import (  # noqa: F401
    client_of,
    january,
    make_application,
    make_upload,
    program,
    reviewer,
    staff,
    user,
)
