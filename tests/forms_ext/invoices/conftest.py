"""The fixtures of the ledger, which invoices need."""

from tests.forms_ext.ledger.conftest import february, issuer, member, program

__all__ = ["february", "issuer", "member", "program"]
