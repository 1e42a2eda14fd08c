"""Settings of the processes of race tests: mails end in a folder that the test counts."""

import os

from config.settings.test import *  # noqa: F403
from config.settings.test import DATA_DIR

MAILERS = {"default": {"BACKEND": "demo.mailbox.MailboxBackend"}}
COP_MAILBOX_DIR = DATA_DIR / "mailbox"
COP_MAIL_CLAIM_SECONDS = int(os.environ.get("COP_MAIL_CLAIM_SECONDS", "600"))
