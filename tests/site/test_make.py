"""`make help` lists the commands, `make quick` finds the unit tests of a change, the picture omits implied arrows."""

import os
import re
import shutil
import subprocess
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from tests.databases import PROJECT_DIR

MAKEFILE = (PROJECT_DIR / "Makefile").read_text()
MODULES = [
    "forms_ext/ledger/test_ledger.py",
    "forms_ext/ledger/deep/test_more.py",
    "forms_ext/ledger/factories.py",
    "forms_ext/test_everywhere.py",
    "cop_program/test_pages.py",
    "cop_program/test_api.py",
    "cop_program/test_api_privacy.py",
    "cop_program/test_schedule.py",
    "site/test_masking.py",
    "site/test_setup.py",
    "site/test_docs.py",
    "site/demo/test_history.py",
    "journeys/test_journey.py",
    "wheel/test_contents.py",
]


def script(name: str) -> ModuleType:
    """Load one of the scripts, which have no ending."""
    loader = SourceFileLoader(name, str(PROJECT_DIR / "site/bin" / name))
    spec = spec_from_loader(name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def make(argument: str) -> str:
    """Return what make prints, as outside of the make that runs the tests."""
    command = ["make", "--no-print-directory", argument]
    environment = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}
    return subprocess.run(command, cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=True).stdout


def test_help_lists_every_target() -> None:
    shown = make("help")
    targets = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert targets
    assert sorted(line.split()[1] for line in shown.splitlines()) == sorted(targets[1].split())
    assert all(len(line.split(maxsplit=2)) == 3 for line in shown.splitlines())


def test_make_alone_runs_the_site() -> None:
    """As the README says of a new clone; nothing is begun here."""
    assert make("--dry-run") == "exec site/bin/run\n"


def test_pre_commit_runs_what_lint_runs() -> None:
    lint = (PROJECT_DIR / "site/bin/test").read_text()
    hooks = (PROJECT_DIR / ".pre-commit-config.yaml").read_text()
    names = {name.split(",")[0] for name in re.findall(r'^ *lint "([^"]+)"', lint, re.MULTILINE)}
    assert names == {name.split(",")[0] for name in re.findall(r"^ +name: (.+)$", hooks, re.MULTILINE)}
    assert set(re.findall(r"language: (\w+)", hooks)) == {"system"}


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, in a project that holds a few tests."""
    for name in MODULES:
        file = tmp_path / "tests" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    module = script("quick")
    monkeypatch.setattr(module, "PROJECT", tmp_path)
    return module


@pytest.mark.parametrize(
    ("changed", "units"),
    [
        ("forms_ext/ledger/actions.py", ["forms_ext/ledger/deep/test_more.py", "forms_ext/ledger/test_ledger.py"]),
        ("forms_ext/ledger/admin/views.py", ["forms_ext/ledger/deep/test_more.py", "forms_ext/ledger/test_ledger.py"]),
        ("tests/forms_ext/ledger/test_ledger.py", ["forms_ext/ledger/test_ledger.py"]),
        (
            "tests/forms_ext/ledger/factories.py",
            ["forms_ext/ledger/deep/test_more.py", "forms_ext/ledger/test_ledger.py"],
        ),
        ("forms_ext/provider.py", ["forms_ext/test_everywhere.py"]),
        ("forms_ext/privacy/actions.py", ["forms_ext/test_everywhere.py"]),
        ("cop_program/pages/program.py", ["cop_program/test_pages.py"]),
        ("cop_program/presentation/schedule.py", ["cop_program/test_schedule.py"]),
        ("cop_program/api/router.py", ["cop_program/test_api.py", "cop_program/test_api_privacy.py"]),
        (
            "templates/forms_ext/ledger/list.html",
            ["forms_ext/ledger/deep/test_more.py", "forms_ext/ledger/test_ledger.py"],
        ),
        ("site/config/masking.py", ["site/test_masking.py"]),
        ("site/bin/setup", ["site/test_setup.py"]),
        ("site/demo/history.py", ["site/demo/test_history.py"]),
        ("docs/architecture.md", ["site/test_docs.py"]),
        ("tests/journeys/test_journey.py", []),
        ("tests/wheel/building.py", []),
        ("tests/conftest.py", []),
        ("Makefile", []),
    ],
)
def test_a_change_leads_to_its_units(quick: ModuleType, changed: str, units: list[str]) -> None:
    assert quick.units([changed]) == [f"tests/{unit}" for unit in units]


def test_units_of_several_changes_run_once(quick: ModuleType) -> None:
    assert len(quick.units(["forms_ext/ledger/actions.py", "forms_ext/ledger/models.py"])) == 2


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_a_change_is_what_differs_from_where_the_branch_left_main(quick: ModuleType, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *names, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "first")
    git("checkout", "-b", "work")
    (tmp_path / "committed.py").touch()
    git("add", ".")
    git("commit", "-m", "second")
    (tmp_path / "not yet.py").touch()
    (tmp_path / "tests/site/test_setup.py").write_text("changed")
    (tmp_path / "tests/site/test_docs.py").unlink()
    assert quick.changed() == ["committed.py", "not yet.py", "tests/site/test_setup.py"]
    git("checkout", "main")
    assert quick.changed() == ["not yet.py", "tests/site/test_setup.py"]


def test_the_picture_leaves_out_what_longer_ways_imply() -> None:
    picture = script("draw_architecture")
    imports = {
        "forms_ext": {"forms_ext.a"},
        "forms_ext.a": {"forms_ext.b", "cop_program"},
        "forms_ext.b": {"cop_program"},
    }
    assert picture.reduced(imports) == {
        "forms_ext": {"forms_ext.a"},
        "forms_ext.a": {"forms_ext.b"},
        "forms_ext.b": {"cop_program"},
    }
    assert "    wiring --> a\n    a --> b\n    b --> cop_program\n" in picture.draw(imports)
