"""`make run` as a newcomer uses it: what it serves, writes and keeps, and how it ends."""

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests import databases, live

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

KEYS = {"base_url", "admin_url", "mailbox_url", "api_url", "openapi_url", "users", "programs"}
PROGRAM_KEYS = {"title", "slug", "url", "application_url", "api_url", "application_api_url", "calendar_url"}


def processes_with(data_dir: Path) -> list[str]:
    """Return the command lines of living processes whose DATA_DIR is `data_dir`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"DATA_DIR={data_dir}\0".encode() in environment and "Z" not in command:
            found.append(command)
    return found


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.fixture
def site(live_site: live.LiveSite) -> live.LiveSite:
    return live_site


def test_the_addresses_in_demo_json_answer(site: live.LiveSite) -> None:
    demo = site.demo
    assert set(demo) == KEYS
    assert demo["base_url"] == site.base_url
    assert [set(program) for program in demo["programs"]] == [PROGRAM_KEYS] * 2
    pages = [demo["base_url"] + "/", demo["admin_url"], demo["mailbox_url"], demo["api_url"], demo["openapi_url"]]
    pages += [program[key] for program in demo["programs"] for key in PROGRAM_KEYS if key.endswith("url")]
    assert {url: status_of(url) for url in pages} == dict.fromkeys(pages, 200)


def test_demo_json_is_for_its_owner_alone(site: live.LiveSite) -> None:
    assert stat.S_IMODE((site.data_dir / "demo.json").stat().st_mode) == 0o600


def test_each_role_logs_in_with_its_password(site: live.LiveSite) -> None:
    assert {user["role"] for user in site.demo["users"]} == {"editor", "reviewer", "staff", "administrator"}
    code = (
        "import json, sys; from django.contrib.auth import authenticate;"
        "print(all(authenticate(username=u['username'], password=u['password']) for u in json.loads(sys.argv[1])))"
    )
    script = f"import sys; sys.argv = ['', {json.dumps(json.dumps(site.demo['users']))}]; {code}"
    assert site.run(script).strip() == "True"


def test_manage_works_on_the_same_data_by_its_folder_alone(site: live.LiveSite) -> None:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment["DATA_DIR"] = str(site.data_dir)
    command = [sys.executable, str(databases.MANAGE), "cop_audit"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "checks passed" in done.stdout


def test_a_personal_link_is_not_in_the_log(site: live.LiveSite) -> None:
    token = "Zm9vYmFyYmF6cXV4" * 3
    status_of(f"{site.base_url}/go/r/{token}/?next={token}")
    status_of(f"{site.base_url}/?secret={token}")
    time.sleep(0.5)
    assert "/go/r/***/" in site.log
    assert token not in site.log


def test_the_port_is_taken(site: live.LiveSite) -> None:
    """A second copy on the same port says so and ends at once."""
    second = live.LiveSite(site.data_dir.with_name(site.data_dir.name + "-second"), port=site.port)
    try:
        second.data_dir.mkdir()
        done = second.manage("cop_serve", check=False)
        assert done.returncode == 1
        assert f"Port {site.port} is in use" in done.stderr
    finally:
        shutil.rmtree(second.data_dir)


def test_one_signal_to_make_ends_everything_and_a_restart_keeps_the_data() -> None:
    """Signal `make` itself, as a service manager does; nothing that it started may live on."""
    running = live.temporary_site()
    databases.copy_sqlite(running.data_dir / "db.sqlite3")
    arguments = ["make", "run", f"PORT={running.port}", f"DATA_DIR={running.data_dir}"]
    known = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATA_DIR")}
    environment = known | {"DJANGO_SETTINGS_MODULE": "config.settings.development"}

    def start() -> "subprocess.Popen[bytes]":
        with (running.data_dir / "output.log").open("ab") as output:
            return subprocess.Popen(
                arguments,
                cwd=databases.PROJECT_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_for_an_answer(seconds: float) -> None:
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                assert status_of(running.base_url + "/") == 200
                return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(running.log)

    def wait_for_all_processes() -> None:
        """The supervisor, the web server with two workers, the worker of tasks, the clockwork."""
        deadline = time.monotonic() + 60
        while len(processes_with(running.data_dir)) < 6:
            assert time.monotonic() < deadline, processes_with(running.data_dir)
            time.sleep(0.2)

    def the_log_ins_are_not_washed_away() -> None:
        """The worker has hundreds of small tasks after the first load: it does them in silence."""
        deadline = time.monotonic() + 60
        with closing(sqlite3.connect(f"file:{running.data_dir}/db.sqlite3?mode=ro", uri=True)) as connection:

            def waiting() -> int:
                asked = connection.execute(
                    "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'READY'"
                )
                return int(asked.fetchone()[0])

            assert waiting() > 100
            while waiting():
                assert time.monotonic() < deadline
                time.sleep(0.5)
        after = running.log.partition(running.demo["users"][-1]["password"])[2].splitlines()
        assert len([line for line in after if " GET " not in line and " POST " not in line]) < 15, after

    def stopped(process: "subprocess.Popen[bytes]") -> None:
        process.wait(15)
        assert processes_with(running.data_dir) == []

    try:
        process = start()
        wait_for_an_answer(240)
        wait_for_all_processes()
        before = running.demo
        the_log_ins_are_not_washed_away()
        process.send_signal(signal.SIGTERM)
        stopped(process)

        process = start()
        wait_for_an_answer(120)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to the whole foreground group
        stopped(process)
        assert running.demo == before
        assert running.log.count("Loading the demo") == 1
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        shutil.rmtree(running.data_dir, ignore_errors=True)


def test_postgresql_by_its_address_alone_beside_another_copy(postgres_url: str, site: live.LiveSite) -> None:
    from tests import postgres

    name = f"live_{os.getpid()}"
    running = live.temporary_site(DATABASE_URL=databases.copy_postgres(postgres_url, name))
    try:
        running.start()
        assert status_of(running.base_url + "/") == 200
        assert len(running.demo["programs"]) == 2
        assert not (running.data_dir / "db.sqlite3").exists()
        assert "checks passed" in running.manage("cop_audit").stdout
        assert status_of(site.base_url + "/") == 200
        for copy in (site, running):
            assert {program["url"].partition("/programs/")[0] for program in copy.demo["programs"]} == {copy.base_url}
    finally:
        running.stop()
        postgres.drop_database(postgres_url, name)
        shutil.rmtree(running.data_dir, ignore_errors=True)
