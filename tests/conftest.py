"""Fixtures for all tests: ready databases, a browser, the whole site."""

import gc
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.test import Client
from django.utils import translation

from tests import browsers, databases, live, postgres, racing

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SOAK = os.environ.get("COP_SOAK") == "1"
# Playwright's event loop runs in the thread of the test, which also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

hypothesis.settings.register_profile("bounded", max_examples=20, deadline=None, derandomize=True)
hypothesis.settings.register_profile("soak", max_examples=1000, deadline=None)
hypothesis.settings.load_profile("soak" if SOAK else "bounded")


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in this hook as well
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep races together in one process, each file of journeys, and what looks at the demo; leave soaks out.

    Groups run first. Whatever empties the database of its process when it is done has to run last, by itself.
    """
    for item in items:
        if item.get_closest_marker("race"):
            item.add_marker(pytest.mark.xdist_group("race"))
        elif item.get_closest_marker("journey") and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        elif "loaded" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("demo"))
        if item.get_closest_marker("soak") and not SOAK:
            item.add_marker(pytest.mark.skip(reason="make soak runs it"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Spare the garbage collector what stays for the whole run: the apps, their modules, the tests."""
    gc.collect()
    gc.freeze()


# --- The database of the tests -------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database is there already: `django_db_modify_db_settings` made it."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give this process a copy of the migrated template."""
    from django.db import connections

    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    settings = connections["default"].settings_dict
    if settings["ENGINE"].endswith("sqlite3"):
        folder = Path(tempfile.mkdtemp(prefix="cop-db-"))
        settings["TEST"]["NAME"] = str(databases.copy_sqlite(folder / "test.sqlite3"))
        yield
        connections["default"].close()
        shutil.rmtree(folder, ignore_errors=True)
    else:
        name = f"test_{worker}_{os.getpid()}"
        url = os.environ["DATABASE_URL"]
        databases.copy_postgres(url, name)
        settings["TEST"]["NAME"] = name
        yield
        connections["default"].close()
        postgres.drop_database(url, name)


@pytest.fixture(scope="session", autouse=True)
def no_references() -> Iterator[None]:
    """Leave Wagtail's index of references alone, which costs each page that a test makes as much as the page does."""
    from wagtail.signal_handlers import disable_reference_index_auto_update

    with disable_reference_index_auto_update():
        yield


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Forget the language of the last request: Django sets it for each, and leaves it."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def site_roots() -> Iterator[None]:
    """Clear the cached site roots: a test that is rolled back would leave its own."""
    yield
    from wagtail.models import Site

    Site.clear_site_root_paths_cache()


@pytest.fixture(autouse=True)
def wagtail_tree(request: pytest.FixtureRequest) -> Iterator[None]:
    """Grow Wagtail's first pages again where an earlier transactional test has emptied the tables.

    Tables are emptied as a host's tests do it, without the triggers of frozen rows; the flush makes them anew.
    """
    marker = request.node.get_closest_marker("django_db")
    transactional = marker is not None and marker.kwargs.get("transaction", bool(marker.args and marker.args[0]))
    if not transactional and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    from django.db import connection
    from wagtail.models import Page

    from forms_ext.base import triggers

    if not Page.objects.exists():
        plant_tree()
    yield
    triggers.remove(connection)


def plant_tree() -> None:
    """Make what Wagtail's first migrations make: locale, root, first page, site, collection; and our groups."""
    from django.contrib.auth.models import Group
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Collection, Locale, Page, Site

    from forms_ext.base import groups

    locale, _ = Locale.objects.get_or_create(language_code="en")
    kind = ContentType.objects.get_for_model(Page)
    root = Page.add_root(title="Root", slug="root", content_type=kind, locale=locale)
    first = root.add_child(title="Welcome", slug="home", content_type=kind, locale=locale)
    Site.objects.create(hostname="localhost", root_page=first, is_default_site=True)
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    Group.objects.filter(name__in=groups.PERMISSIONS).delete()
    groups.create_groups()


# --- Databases for other processes ---------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL cluster: the one that `make test` started, otherwise one for this session."""
    if known := os.environ.get(postgres.ADDRESS):
        yield known
        return
    with postgres.Cluster() as cluster:
        yield cluster.url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def race_database(request: pytest.FixtureRequest) -> Iterator[databases.FreshDatabase]:
    """The place of the database of races, on SQLite and then on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="cop-race-") as folder:
        if request.param == "sqlite":
            yield databases.FreshDatabase("sqlite", f"sqlite:///{folder}/data/db.sqlite3", Path(folder) / "data")
            return
        cluster, name = request.getfixturevalue("postgres_url"), f"race_{os.getpid()}"
        url = databases.copy_postgres(cluster, name)
        yield databases.FreshDatabase("postgresql", url, Path(folder) / "data")
        postgres.drop_database(cluster, name)


@pytest.fixture(scope="session")
def running_stable(request: pytest.FixtureRequest, race_database: databases.FreshDatabase) -> Iterator[racing.Stable]:
    """A stable for all races on one database."""

    def renew() -> None:
        shutil.rmtree(race_database.data_dir, ignore_errors=True)
        race_database.data_dir.mkdir()
        if race_database.vendor == "sqlite":
            databases.copy_sqlite(race_database.data_dir / "db.sqlite3")
        else:
            databases.copy_postgres(request.getfixturevalue("postgres_url"), race_database.url.rsplit("/", 1)[1])

    settings = {"DJANGO_SETTINGS_MODULE": "tests.race_settings"}
    stable = racing.Stable(race_database.environment | settings, renew)
    yield stable
    stable.close()


@pytest.fixture
def stable(running_stable: racing.Stable) -> racing.Stable:
    """What runs the scripts of races, with a new migrated database and an empty folder of data."""
    running_stable.renew()
    return running_stable


# --- The browser and the whole site --------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use Debian's Chromium."""
    return browser_type_launch_args | browsers.launch_arguments()


@pytest.fixture(scope="session")
def live_site() -> Iterator[live.LiveSite]:
    """The demo, served by the real processes of `make run`, with its data in a temporary folder."""
    site = live.temporary_site()
    site.start()
    try:
        yield site
    finally:
        with suppress(subprocess.TimeoutExpired):
            site.stop()
        shutil.rmtree(site.data_dir, ignore_errors=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the temporary data folder of the test settings."""
    from django.conf import settings

    if settings.configured and (folder := Path(settings.DATA_DIR)).name.startswith("cop-test-"):
        shutil.rmtree(folder, ignore_errors=True)


# --- People --------------------------------------------------------------------------------------


@pytest.fixture
def admin(client: Client, django_user_model: "type[User]") -> Client:
    """The client of this test, logged in as an administrator."""
    client.force_login(django_user_model.objects.create_superuser("admin", "admin@example.org", "x"))
    return client
