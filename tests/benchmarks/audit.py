"""`cop_audit` of a history with more than 10,000 rows, made by the actions, on both databases."""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

from tests.benchmarks.exports import filled
from tests.benchmarks.measure import Row, row

PEOPLE = int(os.environ.get("COP_BENCH_PEOPLE", "320"))
GOAL = 10.0


def run() -> list[Row]:
    """Measure on both databases."""
    results: list[Row] = []
    for vendor in ("sqlite", "postgresql"):
        with filled(vendor) as environment:
            command = [sys.executable, "-m", "tests.benchmarks.audit"]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr)
            found = json.loads(done.stdout.splitlines()[-1])
            name = f"audit of {found['rows']} rows, {found['queries']} queries, {vendor}"
            results.append(row(name, found["seconds"], "s", goal=GOAL))
    return results


def measure() -> dict[str, Any]:
    """Make the history, and audit it; raise RuntimeError if something is found."""
    from django.apps import apps
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from forms_ext.base import consistency

    make_history()
    ours = [model for model in apps.get_models() if model._meta.app_label == "forms_ext"]
    count = sum(model._default_manager.count() for model in ours)
    with CaptureQueriesContext(connection) as queries:
        start = time.perf_counter()
        found = list(consistency.run_all())
        seconds = time.perf_counter() - start
    if found:
        raise RuntimeError(f"{len(found)} findings, such as {found[0]}")
    return {"rows": count, "queries": len(queries), "seconds": seconds}


def make_history() -> None:
    """Make a confirmed program with many members, their documents and emails."""
    from cop_program import clock
    from forms_ext.base import events, periodic
    from forms_ext.programs import actions
    from tests.forms_ext.admission.factories import START, make_registration, open_program, pay

    with clock.at(START):
        program = open_program(min(PEOPLE, 500))
        for number in range(1, PEOPLE + 1):
            pay(make_registration(program, number))
        actions.work_off(actions.confirm_program(program=program, by=None))
    with clock.at(START + timedelta(minutes=5)):
        for _round in range(PEOPLE // 20 + 2):
            periodic.run_all()
        events.number()


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure()))
