"""The files of the repository, for tests that need a checkout; in an unpacked sdist they are skipped."""

import subprocess

import pytest

from tests.databases import PROJECT_DIR


def files(*arguments: str) -> list[str]:
    """Return what `git ls-files` lists with `arguments`."""
    if not (PROJECT_DIR / ".git").exists():
        pytest.skip("this is not a checkout")
    command = ["git", "ls-files", "-z", *arguments]
    listed = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name]
