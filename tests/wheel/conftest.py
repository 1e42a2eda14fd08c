"""The built packages, and a plain Wagtail site that an integrator made with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wheel import announcing, building, project, readme
from tests.wheel.browsing import Visitor


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The sdist, the wheel built from it, and the wheel built from the tree."""
    return building.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def wheel(built: tuple[Path, Path, Path]) -> dict[str, bytes]:
    """Each file of the wheel that was built from the sdist."""
    return building.in_wheel(built[1])


@pytest.fixture(scope="session")
def plain(built: tuple[Path, Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[project.Project]:
    """A plain Wagtail site with both apps, made and started by following the README."""
    version = built[1].name.split("-")[1]
    made = project.make(tmp_path_factory.mktemp("plain") / "work", built[1].parent, version)
    try:
        for step in readme.steps():
            made.follow(step)
        made.wait()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def integrator(plain: project.Project) -> Visitor:
    """The user made by `createsuperuser`, logged in to the admin."""
    visitor = Visitor(plain.base)
    answers = {"username": project.ADMIN["USERNAME"], "password": project.ADMIN["PASSWORD"]}
    page = visitor.send(visitor.open("/admin/login/"), answers)
    assert page.url == f"{plain.base}/admin/"
    return visitor


@pytest.fixture(scope="session")
def announced(integrator: Visitor) -> announcing.Announced:
    """The pages that the README tells to make, published in the admin."""
    return announcing.announce(integrator)
