"""Format amounts for staff, emails and the audit, by the rule of `cop_program.formatting`."""

from djmoney.money import Money

from cop_program import locales
from cop_program.formatting import money_text

__all__ = ["format_money"]


def format_money(amount: Money, language: str = "") -> str:
    """Return `amount` as in a sentence ("1,897 USD", "499.25 USD"), in `language` or the active one."""
    return money_text(amount, language or locales.language())
