"""What all benchmarks share: rows of the table, medians, the machine."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

type Row = dict[str, Any]


def row(
    name: str,
    value: float,
    unit: str,
    *,
    goal: float | None = None,
    ratio: float | None = None,
    baseline: str = "",
    baseline_value: float | None = None,
    at_least: bool = False,
) -> Row:
    """Return one result; it passes if its ratio (or its value, without a ratio) is within `goal`."""
    measured = value if ratio is None else ratio
    met = None if goal is None else (measured >= goal if at_least else measured <= goal)
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "baseline": baseline,
        "baseline_value": None if baseline_value is None else round(baseline_value, 3),
        "ratio": None if ratio is None else round(ratio, 3),
        "goal": goal,
        "met": met,
    }


def alternate(jobs: Sequence[Callable[[], object]], *, rounds: int) -> list[float]:
    """Run the jobs in turn, `rounds` times; return the median of each in milliseconds."""
    times: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds):
        for job, spent in zip(jobs, times, strict=True):
            start = time.perf_counter()
            job()
            spent.append((time.perf_counter() - start) * 1000)
    return [statistics.median(spent) for spent in times]


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }
