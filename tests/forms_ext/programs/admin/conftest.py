from tests.forms_ext.admin_fixtures import *  # noqa: F403
