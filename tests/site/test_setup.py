"""`site/bin/setup` on machines that lack something: each with its own PATH of stubs, and a copy of it."""

import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import databases

LIBRARIES = "libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0"
TOOLS = ("bash", "dirname", "env", "mkdir", "chmod", "cat")
TO_RUN = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig"
FONT = "fonts-droid-fallback"
NO_FONT = "No invoice can be issued for names in Chinese, Japanese and Korean"
NOTO = "fonts-noto-core"
NO_NOTO = "No invoice can be issued for names in Georgian, Thai, Armenian, Amharic, Tamil, Bengali, Khmer and others"
FONTS = {
    NOTO: "/usr/share/fonts/truetype/noto/NotoSansGeorgian-Regular.ttf",
    FONT: "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
}
UV = """case "$*" in
    *--check) [[ -x .venv/bin/python ]] ;;
    sync*) mkdir -p .venv/bin; cat </dev/null >.venv/bin/python; chmod +x .venv/bin/python ;;
esac"""
INSTALL = "install -y -qq --no-install-recommends"


@dataclass
class Machine:
    """A folder with the script, a PATH of stubs that record how they were called, and nothing else."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    def stub(self, name: str, script: str = "") -> None:
        """Put a command on the machine; it notes its arguments, and does `script`."""
        path = self.bin / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"$CALLS"\n{script}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run(self, purpose: str = "run") -> "subprocess.CompletedProcess[str]":
        environment = {"PATH": str(self.bin), "HOME": str(self.folder), "CALLS": str(self.folder / "calls")}
        command = [str(self.folder / "site/bin/setup"), purpose]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)

    @property
    def calls(self) -> list[str]:
        """How the stubs were called, in order."""
        file = self.folder / "calls"
        return file.read_text().splitlines() if file.exists() else []

    def calls_of(self, name: str) -> list[str]:
        return [call.removeprefix(f"{name} ") for call in self.calls if call.startswith(f"{name} ")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine of root's with uv, and none of the libraries."""
    made = Machine(tmp_path)
    made.bin.mkdir()
    (tmp_path / "site/bin").mkdir(parents=True)
    (tmp_path / ".python-version").write_text("3.13\n")
    shutil.copy(databases.PROJECT_DIR / "site/bin/setup", tmp_path / "site/bin/setup")
    for name in TOOLS:
        (made.bin / name).symlink_to(str(shutil.which(name)))
    made.stub("ldconfig")
    made.stub("id", "echo 0")
    made.stub("apt-get")
    made.stub("uv", UV)
    return made


def equip(machine: Machine) -> None:
    machine.stub("ldconfig", f'echo "{LIBRARIES}"')
    has_fonts(machine, *FONTS)
    for name in ("chromium", "chromium-headless-shell", "pdftoppm", "nginx", "xgettext", "soffice", "initdb"):
        machine.stub(name)


def has_fonts(machine: Machine, *packages: str) -> None:
    machine.stub("fc-list", "\n".join(f"echo {FONTS[package]}" for package in packages))


def test_root_gets_what_is_missing(machine: Machine) -> None:
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert machine.calls_of("apt-get") == ["update -qq", *(f"{INSTALL} {asked}" for asked in (TO_RUN, NOTO, FONT))]
    assert f"Installing Debian packages: {TO_RUN}" in done.stderr
    assert "Creating the virtual environment from uv.lock" in done.stderr


def test_the_suite_needs_a_browser_and_a_database_too(machine: Machine) -> None:
    assert machine.run("test").returncode == 0
    _update, asked, *optional = machine.calls_of("apt-get")
    assert asked.startswith(f"{INSTALL} {TO_RUN} chromium poppler-utils")
    packages = (NOTO, FONT, "chromium-headless-shell", "libreoffice-calc-nogui")
    assert optional == [f"{INSTALL} {package}" for package in packages]
    has_postgres = any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert asked.endswith(" postgresql") != has_postgres


def test_only_what_is_missing_is_asked_for(machine: Machine) -> None:
    equip(machine)
    machine.stub("ldconfig", 'echo "libpango-1.0.so.0 libpangoft2-1.0.so.0"')
    assert machine.run().returncode == 0
    assert machine.calls_of("apt-get")[-1] == f"{INSTALL} libharfbuzz-subset0"


def test_a_user_who_may_become_root_does(machine: Machine) -> None:
    machine.stub("id", "echo 1000")
    machine.stub("sudo", 'shift; "$@"')
    assert machine.run().returncode == 0
    assert machine.calls_of("apt-get")[1:] == [f"{INSTALL} {asked}" for asked in (TO_RUN, NOTO, FONT)]
    assert "-n env DEBIAN_FRONTEND=noninteractive apt-get update -qq" in machine.calls_of("sudo")


@pytest.mark.parametrize("sudo", [None, "exit 1"], ids=["no sudo", "sudo asks for a password"])
def test_a_user_who_may_not_is_told_what_to_run(machine: Machine, sudo: str | None) -> None:
    machine.stub("id", "echo 1000")
    if sudo:
        machine.stub("sudo", sudo)
    done = machine.run()
    assert done.returncode == 1
    assert f"    apt-get install --no-install-recommends {TO_RUN}" in done.stderr
    assert machine.calls_of("apt-get") == machine.calls_of("uv") == []


def test_another_system_is_told_the_names(machine: Machine) -> None:
    (machine.bin / "apt-get").unlink()
    done = machine.run()
    assert done.returncode == 1
    assert f"Missing packages (Debian names): {TO_RUN}" in done.stderr


def test_packages_that_do_not_install_stop_it_in_words(machine: Machine) -> None:
    machine.stub("apt-get", '[[ "$1" == update ]] || exit 100')
    done = machine.run()
    assert done.returncode == 1
    assert "apt-get could not install them" in done.stderr
    assert machine.calls_of("uv") == []


@pytest.mark.parametrize(
    ("purpose", "package", "told"),
    [
        ("run", FONT, NO_FONT),
        ("run", NOTO, NO_NOTO),
        ("test", "libreoffice-calc-nogui", "Tests with LibreOffice will be skipped"),
    ],
)
@pytest.mark.parametrize("why", ["no apt-get", "no right", "no such package"])
def test_what_is_done_without_stops_nothing_and_is_told_in_a_line(
    machine: Machine, purpose: str, package: str, told: str, why: str
) -> None:
    equip(machine)
    if purpose == "run":
        has_fonts(machine, *(FONTS.keys() - {package}))
    else:
        (machine.bin / "soffice").unlink()
    if why == "no apt-get":
        (machine.bin / "apt-get").unlink()
    elif why == "no right":
        machine.stub("id", "echo 1000")
    else:
        machine.stub("apt-get", '[[ "$1" == update ]] || exit 100')
    done = machine.run(purpose)
    assert done.returncode == 0, done.stderr
    assert f"==> {told}: {package} is missing\n" in done.stderr
    assert (machine.folder / ".venv/bin/python").exists()
    assert machine.calls_of("apt-get") == (["update -qq", f"{INSTALL} {package}"] if why == "no such package" else [])


def test_a_source_that_does_not_answer_stops_nothing(machine: Machine) -> None:
    machine.stub("apt-get", '[[ "$1" == install ]] || exit 100')
    assert machine.run().returncode == 0


def test_a_machine_that_has_all_is_left_alone_in_silence(machine: Machine) -> None:
    equip(machine)
    assert machine.run("test").returncode == 0
    (machine.folder / "calls").unlink()
    done = machine.run("test")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert machine.calls == ["ldconfig -p", "fc-list ", "uv --version", "uv sync --locked --quiet --check"]


def test_an_environment_older_than_the_lock_is_renewed_and_says_so(machine: Machine) -> None:
    equip(machine)
    machine.run()
    machine.stub("uv", '[[ "$*" != *--check ]]')
    done = machine.run()
    assert "Updating the virtual environment" in done.stderr
    assert machine.calls_of("uv")[-1] == "sync --locked --quiet"


UV_IN_TOOLS = 'printf "#!/bin/bash\\\\necho tools-uv \\$* >>\\$CALLS\\\\n" >.tools/bin/uv; chmod +x .tools/bin/uv'
PIP_IN_TOOLS = f"#!/bin/bash\n{UV_IN_TOOLS}\n"


def test_uv_comes_by_pip_or_else_into_an_environment_of_its_own(machine: Machine) -> None:
    """Debian's own Python refuses pip: then uv gets a small environment in the project's folder."""
    equip(machine)
    (machine.bin / "uv").unlink()
    (machine.folder / "pip").write_text(PIP_IN_TOOLS)
    machine.stub(
        "python3",
        'case "$*" in "-m pip"*|-c*) exit 1 ;; "-m venv .tools") mkdir -p .tools/bin; '
        "cat pip >.tools/bin/python; chmod +x .tools/bin/python ;; esac",
    )
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert "Installing uv" in done.stderr
    assert machine.calls_of("apt-get")[-1] == f"{INSTALL} python3-venv"
    assert any(call.startswith("sync --locked") for call in machine.calls_of("tools-uv"))


def test_uv_by_pip_is_enough(machine: Machine) -> None:
    equip(machine)
    (machine.bin / "uv").rename(machine.folder / "kept")
    machine.stub("python3", f"cat {machine.folder}/kept >{machine.bin}/uv; chmod +x {machine.bin}/uv")
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert machine.calls_of("python3") == ["-m pip install --quiet uv"]
    assert machine.calls_of("apt-get") == []


def test_a_machine_without_python_gets_it(machine: Machine) -> None:
    equip(machine)
    (machine.bin / "uv").unlink()
    machine.run()
    assert f"{INSTALL} python3 python3-venv" in machine.calls_of("apt-get")
