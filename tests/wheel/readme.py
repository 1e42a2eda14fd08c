"""The README's "Five minutes as an integrator" as steps that a test follows."""

import re
from dataclasses import dataclass

from tests.wheel.building import PROJECT_DIR

SECTION = re.compile(r"^## Five minutes as an integrator\n(.*?)^## ", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(
    r"(?P<before>[^`]*(?:`[^`\n]+`[^`]*)*)^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
FILE = re.compile(r"at the end of `([^`]+)`")
PAGE = re.compile(r"\*\*([^*]+)\*\*")


@dataclass(frozen=True)
class Step:
    """A block of the README: commands to run, or lines for the end of `file`."""

    text: str
    file: str = ""


def section() -> str:
    """Return the text of the section."""
    found = SECTION.search((PROJECT_DIR / "README.md").read_text())
    assert found is not None, "The README has no section for integrators"
    return found[1]


def steps() -> list[Step]:
    """Return the section's blocks in order."""
    found = []
    for block in BLOCK.finditer(section()):
        files = FILE.findall(block["before"])
        if block["language"] == "sh":
            found.append(Step(block["text"]))
        else:
            found.append(Step(block["text"], file=files[-1]))
    return found


def pages() -> list[str]:
    """Return the page types that the section tells to make, in its order."""
    return PAGE.findall(section())
