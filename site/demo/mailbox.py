"""A mail backend that keeps what it is given in a folder, for the mailbox page."""

from django.core.mail.backends.filebased import EmailBackend


class MailboxBackend(EmailBackend):
    """Writes each mail to `settings.COP_MAILBOX_DIR`."""
