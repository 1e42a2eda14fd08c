"""CSV and XLSX of 20,000 submissions with 12 answers, compared with Wagtail's own export, on both databases.

Each measurement has its own process, whose response is read piece by piece, as a web server does it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import databases, postgres
from tests.benchmarks.measure import Row, row

ROWS = int(os.environ.get("COP_BENCH_ROWS", "20000"))
MANY = int(os.environ.get("COP_BENCH_MANY", "1000000"))
ROUNDS = int(os.environ.get("COP_BENCH_ROUNDS", "5"))
GOALS = {("csv", "postgresql"): 10.0, ("csv", "sqlite"): 5.0, ("xlsx", "postgresql"): 3.0, ("xlsx", "sqlite"): 3.0}
SCRIPT = Path(__file__).with_name("export_once.py")


def once(environment: dict[str, str], *arguments: object) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def filled(vendor: str) -> Iterator[dict[str, str]]:
    """Give the environment of a fresh database."""
    with tempfile.TemporaryDirectory(prefix="cop-bench-") as folder:
        if vendor == "sqlite":
            url = f"sqlite:///{databases.copy_sqlite(Path(folder) / 'db.sqlite3')}"
            yield databases.FreshDatabase(vendor, url, Path(folder)).environment
            return
        with postgres.Cluster() as cluster:
            url = databases.copy_postgres(cluster.url, "bench")
            yield databases.FreshDatabase(vendor, url, Path(folder)).environment


def run() -> list[Row]:
    """Measure on both databases."""
    results: list[Row] = []
    for vendor in ("sqlite", "postgresql"):
        with filled(vendor) as environment:
            once(environment, "fill", ROWS)
            for kind in ("csv", "xlsx"):
                results += beside_wagtail(environment, vendor, kind)
            results += of_many(environment, vendor)
    return results


def beside_wagtail(environment: dict[str, str], vendor: str, kind: str) -> list[Row]:
    """Measure both in turn, and compare their medians."""
    ours, wagtails = [], []
    for _round in range(ROUNDS):
        ours.append(once(environment, "ours", kind))
        wagtails.append(once(environment, "wagtail", kind))
    median = {
        name: [statistics.median(found[name] for found in side) for side in (ours, wagtails)]
        for name in ("seconds", "first", "grown_mb")
    }
    name, baseline = f"exports.{vendor}.{kind}", "Wagtail 8's export of form submissions"
    mine, theirs = median["seconds"]
    return [
        row(
            name,
            mine,
            "s",
            baseline=baseline,
            baseline_value=theirs,
            ratio=theirs / mine,
            goal=GOALS[kind, vendor],
            at_least=True,
        ),
        row(
            f"{name}.first_byte",
            median["first"][0],
            "s",
            baseline=f"{baseline}, the whole of it",
            baseline_value=theirs,
            ratio=median["first"][0] / theirs,
            goal=0.1,
        ),
        row(f"{name}.memory", median["grown_mb"][0], "MB", baseline=baseline, baseline_value=median["grown_mb"][1]),
        row(f"{name}.queries", ours[0]["queries"], "queries"),
    ]


def of_many(environment: dict[str, str], vendor: str) -> list[Row]:
    """Measure again with many rows: memory, queries, and whether time stays linear."""
    few = {kind: fastest(environment, kind, ROUNDS) for kind in ("csv", "xlsx")}
    once(environment, "fill", MANY - ROWS)
    results = []
    for kind, little in few.items():
        much = fastest(environment, kind, 2)
        name = f"exports.{vendor}.{kind}.{MANY}"
        linear = (much["seconds"] / MANY) / (little["seconds"] / ROWS)
        results += [
            row(f"{name}.memory", much["peak_mb"] - little["peak_mb"], "MB", goal=20),
            row(f"{name}.time", much["seconds"], "s", ratio=linear, goal=1.1),
            row(f"{name}.queries", much["queries"] - little["queries"], "more", goal=0),
        ]
    return results


def fastest(environment: dict[str, str], kind: str, rounds: int) -> dict[str, Any]:
    """Return the fastest of `rounds` measurements: other work on the machine only adds time."""
    found = [once(environment, "ours", kind) for _round in range(rounds)]
    return min(found, key=lambda one: one["seconds"])
