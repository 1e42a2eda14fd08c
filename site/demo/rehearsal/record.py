"""What has happened in a rehearsal: kept in a file of the data folder, written anew after each stage."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings


@dataclass
class Event:
    """One thing that happened; `unplanned` if a person could not do what their part says."""

    at: str
    text: str
    unplanned: bool = False


@dataclass
class Visit:
    """A stage that was passed: what happened, how the figures stood, and the last mail that was written by then."""

    name: str
    at: str
    events: list[Event]
    figures: dict[str, Any]
    last_mail: int

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


@dataclass
class Record:
    """One rehearsal: the copied program, the stages in their order, and those that were passed."""

    program: int
    source: str
    begun: str
    first_mail: int
    stages: list[str]
    remarks: list[str]
    visits: list[Visit] = field(default_factory=list)
    audit: list[str] | None = None

    @property
    def next_stage(self) -> str | None:
        """The name of the stage that comes next; None at the end."""
        return self.stages[len(self.visits)] if len(self.visits) < len(self.stages) else None

    @property
    def unplanned(self) -> list[Event]:
        """What did not go as the parts say."""
        return [event for visit in self.visits for event in visit.events if event.unplanned]


def folder() -> Path:
    """Return where a rehearsal keeps its record and its report."""
    return Path(settings.DATA_DIR) / "rehearsal"


def save(record: Record) -> None:
    """Write `record`, whole or not at all."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder() / ".record.part"
    draft.write_text(json.dumps(asdict(record), ensure_ascii=False, indent=1))
    draft.replace(folder() / "record.json")


def load() -> Record | None:
    """Return the newest rehearsal of this data folder, or None."""
    try:
        data = json.loads((folder() / "record.json").read_text())
    except FileNotFoundError:
        return None
    visits = [Visit(**{**one, "events": [Event(**event) for event in one["events"]]}) for one in data.pop("visits")]
    return Record(**data, visits=visits)
