"""Settings for the processes of race tests: emails go to a folder that the test counts."""

from config.settings.test import *  # noqa: F403
from config.settings.test import DATA_DIR

MAILERS = {"default": {"BACKEND": "demo.mailbox.MailboxBackend"}}
COP_MAILBOX_DIR = DATA_DIR / "mailbox"
