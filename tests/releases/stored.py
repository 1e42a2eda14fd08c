"""The data of released versions: a site with the demo as SQL for each database, with its private and public files.

`python -m tests.releases.stored VERSION` stores those of this checkout (`make store-release VERSION=0.1.0`). A stored
release is never made anew: later versions have to upgrade what people have.
"""

import io
import lzma
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests import databases, live, postgres

HERE = Path(__file__).parent
FILES = ("private", "public")


def versions() -> list[str]:
    """Return the versions that are stored, the oldest first."""
    return sorted((path.name for path in HERE.iterdir() if (path / "sqlite.sql.xz").exists()), key=_order)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


# --- Storing -------------------------------------------------------------------------------------


def store(version: str) -> Path:
    """Load the demo into a new database of each kind and store both; return the folder.

    Raises FileExistsError if that version is stored already.
    """
    folder = HERE / version
    folder.mkdir()
    shutil.copytree(databases.loaded_demo(), site := Path(tempfile.mkdtemp(prefix="cop-store-")), dirs_exist_ok=True)
    with closing(sqlite3.connect(site / "db.sqlite3")) as connection:
        _write(folder / "sqlite.sql.xz", "\n".join(connection.iterdump()).encode())
    _pack(site, folder / "sqlite.tar.xz")
    with postgres.Cluster() as cluster:
        url = databases.copy_postgres(cluster.url, "stored")
        site = live.temporary_site(DATABASE_URL=url).data_dir
        demo = live.LiveSite(site, environment={"DATABASE_URL": url})
        demo.manage("load_demo")
        demo.manage("db_worker", "--batch")
        dump = [_program("pg_dump"), "--no-owner", "--no-privileges", url]
        _write(folder / "postgresql.sql.xz", subprocess.run(dump, check=True, capture_output=True).stdout)
        _pack(site, folder / "postgresql.tar.xz")
    return folder


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))


def _pack(site: Path, target: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in FILES:
            archive.add(site / name, name)
    _write(target, packed.getvalue())


def _program(name: str) -> str:
    return shutil.which(name) or str((postgres.binaries() or Path()) / name)


# --- Restoring -----------------------------------------------------------------------------------


def restore(version: str, vendor: str, url: str, data_dir: Path) -> None:
    """Fill the empty database at `url` and the folder `data_dir` with the stored `version`."""
    dump = lzma.decompress((HERE / version / f"{vendor}.sql.xz").read_bytes())
    if vendor == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(dump.decode())
    else:
        command = [_program("psql"), "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, url]
        subprocess.run(command, input=dump, check=True)
    files = io.BytesIO(lzma.decompress((HERE / version / f"{vendor}.tar.xz").read_bytes()))
    with tarfile.open(fileobj=files) as archive:
        archive.extractall(data_dir, filter="data")


def main(arguments: Sequence[str]) -> int:
    """Store the version that is named."""
    if len(arguments) != 1:
        print("Name the version: make store-release VERSION=0.1.0")
        return 2
    print(f"Stored {store(arguments[0])}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
