"""The README's five minutes as an integrator, word by word, in a plain Wagtail site, and the result."""

import re
import time

import pytest

from tests.wheel import building, readme
from tests.wheel.announcing import Announced
from tests.wheel.browsing import Visitor
from tests.wheel.project import Project

pytestmark = pytest.mark.xdist_group("wheel")
OURS = re.compile(r"\b(cop_program|forms_ext)\.[EWC]\d{3}")


@pytest.fixture(scope="module")
def inside(plain: Project) -> str:
    """What a look from inside says: modules, templates, migrations, checks."""
    script = (building.PROJECT_DIR / "tests/wheel/inside.py").read_text()
    return building.run(plain.python, "manage.py", "shell", "-v0", "-c", script, cwd=plain.site)


def read_until(plain: Project, words: str, seconds: float = 30) -> str:
    """Return what the worker has printed, once `words` are in it."""
    deadline = time.monotonic() + seconds
    while words not in (log := plain.log("worker")):
        assert time.monotonic() < deadline, f"The worker has not said “{words}”:\n{log}"
        time.sleep(0.2)
    return log


def test_installs_the_wheel_that_was_built(plain: Project, wheel: dict[str, bytes]) -> None:
    packages = next(plain.folder.glob(".venv/lib/python3*/site-packages"))
    for name, text in wheel.items():
        if not name.endswith("/RECORD"):
            assert (packages / name).read_bytes() == text, name
    version = building.run(plain.python, "-c", "import django, sys; print(django.__version__, sys.version)")
    if building.DJANGO:
        assert version.startswith("6.0.")
        assert " 3.12." in version


def test_nothing_is_missing_after_the_lines_of_the_readme(plain: Project, inside: str) -> None:
    said = plain.said["python manage.py migrate"] + plain.log("server") + inside
    assert not OURS.search(said), said
    assert "No changes detected" in inside


def test_static_files_stand_a_manifest(plain: Project) -> None:
    (plain.site / "mysite/settings/local.py").write_text('SECRET_KEY = "of the test"\n')
    said = building.run(
        plain.python, "manage.py", "collectstatic", "--no-input", "-v0",
        "--settings", "mysite.settings.production", cwd=plain.site,
    )  # fmt: skip
    assert said == ""
    manifest = (plain.site / "static/staticfiles.json").read_text()
    assert "cop_program/css/cop.css" in manifest
    assert "forms_ext/staff.css" in manifest


def test_stands_a_user_model_of_the_site(plain: Project) -> None:
    accounts = plain.site / "accounts"
    (accounts / "migrations").mkdir(parents=True)
    (accounts / "__init__.py").touch()
    (accounts / "models.py").write_text(
        "from django.contrib.auth.models import AbstractUser\n\n\nclass Person(AbstractUser):\n    pass\n"
    )
    (plain.site / "mysite/settings/people.py").write_text(
        'from .dev import *\n\nINSTALLED_APPS += ["accounts"]\nAUTH_USER_MODEL = "accounts.Person"\n'
        'DATABASES["default"]["NAME"] = ":memory:"\n'
    )
    manage = (plain.python, "manage.py")
    settings = ("--settings", "mysite.settings.people")
    said = building.run(*manage, "check", *settings, cwd=plain.site)
    assert "no issues" in said


LIVED = """
from django.db import models
from wagtail.models import Page

from cop_program import models as programs


class FormPage(Page):
    body = models.TextField(blank=True)


class ProgramPage(Page):
    pass


class SessionPage(Page):
    pass


class RetreatPage(programs.ProgramPage):
    house = models.CharField(max_length=200, blank=True)
"""
OTHERWISE = """
from .dev import *

BASE_DIR = str(BASE_DIR)
INSTALLED_APPS = (*INSTALLED_APPS, "lived")
MIDDLEWARE = tuple(MIDDLEWARE)
COP_PRIVATE_ROOT = str(COP_PRIVATE_ROOT)
CURRENCIES = ("EUR", "CHF")
LANGUAGE_CODE = "fr"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = (("fr", "French"), ("it", "Italian"))
COUNTRIES_ONLY = ("CH", "FR")
COUNTRIES_OVERRIDE = {"CH": "Helvetia"}
TIME_ZONE = "Europe/Zurich"
"""


def test_stands_page_types_and_settings_of_a_site_that_lives(plain: Project) -> None:
    """And no migration is asked for or written but the site's own, whatever Babel and the others are."""
    lived = plain.site / "lived"
    (lived / "migrations").mkdir(parents=True)
    for folder in (lived, lived / "migrations"):
        (folder / "__init__.py").touch()
    (lived / "models.py").write_text(LIVED)
    (plain.site / "mysite/settings/lived.py").write_text(OTHERWISE)
    settings = ("--settings", "mysite.settings.lived")
    packages = next(plain.folder.glob(".venv/lib/python3*/site-packages"))
    before = set(packages.glob("*/migrations/*.py"))
    assert "no issues" in building.run(plain.python, "manage.py", "check", *settings, cwd=plain.site)
    made = building.run(plain.python, "manage.py", "makemigrations", *settings, cwd=plain.site)
    assert made.count("0001_initial.py") == 1, made
    assert set(packages.glob("*/migrations/*.py")) == before
    assert "('cop_program', '0001_initial')" in (lived / "migrations/0001_initial.py").read_text()
    building.run(plain.python, "manage.py", "makemigrations", "--check", *settings, cwd=plain.site)


def test_public_pages_extend_the_template_that_the_readme_names(plain: Project, announced: Announced) -> None:
    """The one of the plain site has the block that is needed, and its own style sheet is around our page."""
    (line,) = re.findall(r"^    (COP_BASE_TEMPLATE = .*)$", readme.section(), re.MULTILINE)
    (plain.site / "mysite/settings/framed.py").write_text(
        f'from .dev import *\n\n{line}\nALLOWED_HOSTS = ["testserver"]\n'
    )
    look = f"from django.test import Client; print(Client().get({announced.addresses['Program page']!r}).text)"
    shell = ("shell", "-v0", "--settings", "mysite.settings.framed", "-c", look)
    shown = building.run(plain.python, "manage.py", *shell, cwd=plain.site)
    assert "/static/css/mysite.css" in shown
    assert "450 USD" in " ".join(shown.split())


def error(plain: Project, *lines: str) -> str:
    """Return the last line of `manage.py check`, which fails, with `lines` at the end of the settings."""
    (plain.site / "mysite/settings/wrong.py").write_text("\n".join(["from .dev import *", *lines, ""]))
    with pytest.raises(AssertionError) as failed:
        building.run(plain.python, "manage.py", "check", "--settings", "mysite.settings.wrong", cwd=plain.site)
    return str(failed.value).strip().splitlines()[-1]


@pytest.mark.parametrize("name", ["TASKS", "STORAGES"])
def test_what_wagtail_cannot_start_with_is_named(plain: Project, name: str) -> None:
    """No check can say it: Wagtail reads both before any runs, and ends like this without our apps, too."""
    ours = ("forms_ext", "cop_program", "wagtail_modeladmin", "wagtail.api.v3", "django_tasks_db")
    alone = f"INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in {ours}]"
    assert name in error(plain, f"{name} = {{}}")
    assert re.search("Invalid(TaskBackend|Storage)", error(plain, f"{name} = {{}}", alone))


def test_admin_has_a_place_for_everything(integrator: Visitor, announced: Announced) -> None:
    home = integrator.open("/admin/")
    menu = set(re.findall(r'"url": ?"(/admin/cop[^"]*)"', home.text))
    assert len(menu) >= 10
    for address in sorted(menu):
        integrator.open(address)
    for number in announced.numbers.values():
        integrator.open(f"/admin/pages/{number}/edit/")


def test_visitors_read_the_pages(plain: Project, announced: Announced) -> None:
    visitor = Visitor(plain.base)
    for kind, address in announced.addresses.items():
        if kind == "Registration form":
            continue
        page = visitor.open(address)
        assert kind in page.words
        assert "meet.example" not in page.text
        assert "frida@example.org" not in page.text
        for found in page.soup.find_all(["link", "script", "img"]):
            source = found.get("src") or found.get("href")
            if source and str(source).startswith("/static/"):
                visitor.open(str(source))
    program = visitor.open(announced.addresses["Program page"])
    assert "450 USD" in program.words
    assert "What to bring" not in program.words  # nobody wrote it
    assert program.link("Facilitator page").endswith(announced.addresses["Facilitator page"])


def test_somebody_applies(plain: Project, integrator: Visitor, announced: Announced) -> None:
    visitor = Visitor(plain.base)
    program = visitor.open(announced.addresses["Program page"])
    form = visitor.open(program.link("Apply"))
    time.sleep(2.1)  # a faster form counts as spam
    sent = visitor.send(form, {"your_name": "Ada Example", "your_email": "ada@example.org"})
    reference = re.search(r"A-\d{4}-\d+", sent.words)
    assert reference is not None, sent.words

    assert "Ada Example" in integrator.open("/admin/cop/applications/").words
    assert f"Application {reference[0]} received" in integrator.open("/admin/cop/outbox/").words
    mail = read_until(plain, f"Subject: Application {reference[0]} received")
    assert "To: Ada Example <ada@example.org>" in mail
    assert "From: Programs <programs@example.org>" in mail


def test_other_software_reads(plain: Project, announced: Announced) -> None:
    visitor = Visitor(plain.base)
    program, form = announced.numbers["Program page"], announced.numbers["Application form"]
    for address in (
        "/api/v3/programs/",
        f"/api/v3/programs/{program}/",
        f"/api/v3/forms/{form}/",
        f"/api/v3/pages/{program}/",
        "/cop/openapi.json",
        "/api/v3/openapi.json",
    ):
        assert "json" in visitor.open(address).headers["Content-Type"]
    feed = visitor.open(f"/cop/calendar/{program}.ics")
    assert "BEGIN:VEVENT" in feed.text
