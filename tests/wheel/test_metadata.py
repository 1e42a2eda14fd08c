"""What a registry shows of a release: the metadata, and the README as its long description."""

import re
import sys
import tarfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from readme_renderer import markdown

from tests.wheel import building

pytestmark = pytest.mark.xdist_group("wheel")
LABELS = {"Homepage", "Documentation", "Source", "Changelog", "Issues"}
REGISTRIES = re.compile(r"pypi|pythonhosted")


@pytest.fixture(scope="module")
def metadata(wheel: dict[str, bytes]) -> Message:
    """The metadata of the wheel."""
    text = next(text for name, text in wheel.items() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(text.decode())


@pytest.fixture(scope="module")
def urls(metadata: Message) -> dict[str, str]:
    """The URLs of the project by label."""
    return dict(line.split(", ", 1) for line in metadata.get_all("Project-URL", []))


def test_twine_has_nothing_to_say(built: tuple[Path, Path, Path]) -> None:
    said = building.run(sys.executable, "-m", "twine", "check", "--strict", *built[:2], NO_COLOR="1")
    assert said.count("PASSED") == 2


def test_sdist_and_wheel_say_the_same(built: tuple[Path, Path, Path], metadata: Message) -> None:
    with tarfile.open(built[0]) as archive:
        file = archive.extractfile(f"{built[0].name.removesuffix('.tar.gz')}/PKG-INFO")
        assert file is not None
        assert Parser().parsestr(file.read().decode()).as_string() == metadata.as_string()


def test_says_whose_it_is_and_how_far(metadata: Message) -> None:
    classifiers = metadata.get_all("Classifier", [])
    assert metadata["Author"] or metadata["Author-email"]
    assert metadata["License-File"] == "LICENSE"
    assert len(metadata["Keywords"].split(",")) >= 5
    assert len([one for one in classifiers if one.startswith("Development Status :: ")]) == 1
    for version in ("3.12", "3.13"):
        assert f"Programming Language :: Python :: {version}" in classifiers


def test_urls_lead_to_one_repository(urls: dict[str, str]) -> None:
    assert set(urls) == LABELS
    assert all(url.startswith("https://") and url.startswith(urls["Source"]) for url in urls.values()), urls
    assert not REGISTRIES.search(" ".join(urls.values()))
    for label in ("Documentation", "Changelog"):
        path = urls[label].removeprefix(f"{urls['Source']}/blob/main/")
        assert (building.PROJECT_DIR / path).is_file(), path


def test_the_long_description_needs_no_repository_around_it(metadata: Message, urls: dict[str, str]) -> None:
    """Each link and picture of the README is a whole URL there, and those of the repository are of this version."""
    shown = BeautifulSoup(str(markdown.render(str(metadata.get_payload()))), "html.parser")
    targets = [str(one["href"]) for one in shown.select("a[href]")]
    pictures = [str(one["src"]) for one in shown.select("img")]
    assert [url for url in targets + pictures if not re.match(r"https?://|#|mailto:", url)] == []
    version = metadata["Version"]
    for kind, found in (("blob", targets), ("raw", pictures)):
        prefix = f"{urls['Source']}/{kind}/v{version}/"
        ours = [url.removeprefix(prefix).partition("#")[0] for url in found if url.startswith(urls["Source"])]
        assert ours
        assert [path for path in ours if not (building.PROJECT_DIR / path).is_file()] == []
