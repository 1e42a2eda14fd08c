"""Run the benchmarks and write build/bench.json: `python -m tests.benchmarks [NAME]`, or ONLY=NAME."""

import importlib
import json
import logging
import os
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HELPERS = {"__init__", "__main__", "measure"}


def names() -> list[str]:
    """Return the modules of this folder that are benches: those with a `run`, by name."""
    return sorted(
        p.stem for p in Path(__file__).parent.glob("*.py") if p.stem not in HELPERS and "def run(" in p.read_text()
    )


def table(results: list[dict[str, object]]) -> str:
    """Return the results as lines of text."""
    lines = [f"{'name':<34}{'value':>12} {'unit':<12}{'baseline':>12}{'ratio':>8}{'goal':>8}  met"]
    for result in results:
        shown = {key: "" if result[key] is None else result[key] for key in result}
        met = {True: "yes", False: "NO", None: ""}[result["met"]]  # type: ignore[index]
        lines.append(
            f"{shown['name']:<34}{shown['value']:>12} {shown['unit']:<12}{shown['baseline_value']:>12}"
            f"{shown['ratio']:>8}{shown['goal']:>8}  {met}"
        )
    return "\n".join(lines)


def main() -> int:
    """Run all benchmarks, or the given one; return 1 if one failed, after the others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    sys.path[:0] = [str(ROOT / "site"), str(ROOT)]
    import django

    django.setup()
    logging.disable(logging.INFO)
    from tests.benchmarks.measure import machine

    only = (sys.argv[1:] or [os.environ.get("ONLY", "")])[0]
    chosen = [name for name in names() if not only or name == only]
    if not chosen:
        print(f"No bench is called {only!r}. There are: {', '.join(names())}")
        return 2
    results: list[dict[str, object]] = []
    broken = []
    target = ROOT / "build" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    for name in chosen:
        print(f"Measuring {name} ...", flush=True)
        try:
            results += importlib.import_module(f"tests.benchmarks.{name}").run()
        except Exception:
            traceback.print_exc()
            broken.append(name)
        target.write_text(json.dumps({"machine": machine(), "results": results}, indent=2) + "\n")
    print(table(results))
    if broken:
        print(f"Broke, see above: {', '.join(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
