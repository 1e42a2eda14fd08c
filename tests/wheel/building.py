"""What we ship: the wheel and the sdist, and what a plain environment needs to install them."""

import os
import subprocess
import sys
import tarfile
import zipfile
from functools import cache
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[2]
#: The oldest supported versions, where `make test-oldest` asks for them (an interpreter, a requirement).
PYTHON = os.environ.get("COP_TEST_PYTHON", "")
DJANGO = os.environ.get("COP_TEST_DJANGO", "")
#: True where `make test-newest` asks for whatever the registry has, not for the versions of the lock file.
IS_UNPINNED = os.environ.get("COP_TEST_UNPINNED") == "1"
FOREIGN = ("COP_", "DJANGO_", "PYTEST_", "PYTHON", "UV_PYTHON", "UV_PROJECT")
OURS = {"DATA_DIR", "DATABASE_URL", "BASE_URL", "PORT", "VIRTUAL_ENV"}


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    """Run `command` and return its output; fail with that output if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean_environment() | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


def clean_environment() -> dict[str, str]:
    """Return the environment of a machine that knows nothing of this project, with uv on its path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN) and name not in OURS}
    # The interpreter that is meant comes first. `UV_PYTHON` would also be where `uv pip` installs.
    path = [part for part in kept.get("PATH", "").split(":") if not part.startswith(str(PROJECT_DIR))]
    path = [str(Path(PYTHON or sys.executable).resolve().parent), str(Path(uv()).parent), *path]
    return kept | {"PATH": ":".join(path), "UV_PYTHON_PREFERENCE": "system", "UV_PYTHON_DOWNLOADS": "never"}


@cache
def uv() -> str:
    """Return the uv that `site/bin/setup` found or installed."""
    for name in ("uv", str(PROJECT_DIR / ".tools/bin/uv"), str(Path.home() / ".local/bin/uv")):
        for folder in [""] if "/" in name else os.environ.get("PATH", "").split(":"):
            candidate = os.path.join(folder, name)
            if os.access(candidate, os.X_OK):
                return _itself(candidate)
    raise RuntimeError("There is no uv on this machine: run site/bin/setup")


def _itself(command: str) -> str:
    """Return the uv that `command` starts: a shim of pyenv would put an interpreter of its own before ours."""
    asked = [command, "run", "--quiet", "--no-project", "--python", sys.executable, "python", "-c"]
    return subprocess.check_output([*asked, "import os; print(os.environ['UV'])"], text=True).strip()


def build(folder: Path) -> tuple[Path, Path, Path]:
    """Build an sdist, a wheel from it, and a wheel from the tree; return the three files."""
    run(uv(), "build", "--quiet", "--sdist", "--out-dir", folder, PROJECT_DIR)
    sdist = next(folder.glob("*.tar.gz"))
    run(uv(), "build", "--quiet", "--wheel", "--out-dir", folder, sdist)
    run(uv(), "build", "--quiet", "--wheel", "--out-dir", folder / "tree", PROJECT_DIR)
    return sdist, next(folder.glob("*.whl")), next((folder / "tree").glob("*.whl"))


def in_wheel(path: Path) -> dict[str, bytes]:
    """Return each file of a wheel."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def in_sdist(path: Path) -> set[str]:
    """Return the names in an sdist, without its folder."""
    with tarfile.open(path) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def constraints(folder: Path, version: str) -> Path:
    """Write the versions of the lock file, our own, and the Django that is asked for, for uv to hold on to."""
    file = folder / "constraints.txt"
    if IS_UNPINNED:
        file.write_text(f"wagtail-cop=={version}\n")
        return file
    locked = run(uv(), "export", "--quiet", "--locked", "--no-dev", "--group", "site", "--no-emit-project",
                 "--no-hashes", "--no-annotate", "--no-header", cwd=PROJECT_DIR)  # fmt: skip
    lines = [line for line in locked.splitlines() if not (DJANGO and line.startswith("django=="))]
    file.write_text("\n".join([*lines, *([DJANGO] if DJANGO else []), f"wagtail-cop=={version}", ""]))
    return file
