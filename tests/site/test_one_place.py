"""A rule that stands in two places is two rules soon: each of these stands in one."""

import re

import pytest

from tests.databases import PROJECT_DIR

RULES = {
    "the language in use": (r"get_language\(\)", {"cop_program/locales.py"}),
    "the scope of a program": (r'f"program:\{', {"cop_program/models/program.py"}),
    "a reference to a row": (r'f"(account|application|invoice|registration):\{', set()),
    "who waits in the queue": (r"offered_at__isnull|left_at__isnull", {"forms_ext/admission/models.py"}),
    "the lock of an account": (r"Account\.objects\.select_for_update", {"forms_ext/ledger/queries.py"}),
    "the lock of an application": (r"Application\.objects\.select_for_update", {"forms_ext/applications/queries.py"}),
    "the lock of a program": (r"(Program|cls)\.objects\.select_for_update", {"cop_program/models/program.py"}),
    "what is given back": (r"now\(\)[^\n]*cancellation|< term\.until", {"cop_program/refunds.py"}),
    "whether a person sent a form": (r"is_hasty|\bPOST\.get\((guards\.)?TRAP", {
        "forms_ext/submissions/guards.py", "forms_ext/submissions/tokens.py",
    }),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_stands_in_one_place(rule: str) -> None:
    pattern, places = RULES[rule]
    found = {
        str(path.relative_to(PROJECT_DIR))
        for package in ("cop_program", "forms_ext")
        for path in (PROJECT_DIR / package).rglob("*.py")
        if "migrations" not in path.parts and re.search(pattern, path.read_text())
    }
    assert found == places


def test_the_api_asks_every_form_alike() -> None:
    assert "isinstance" not in (PROJECT_DIR / "forms_ext/api/forms.py").read_text()
