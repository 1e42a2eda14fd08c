"""The look: the size of its files, and the contrast of any color that an organization sets."""

import colorsys
import itertools
import math
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "cop_program/static/cop_program"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
BUDGET = 50_000
SCHEMES = {"light": 0, "dark": 1}


def test_css_and_js_of_a_page_stay_within_the_budget() -> None:
    ours = [path for app in ("cop_program", "forms_ext") for path in (ROOT / app / "static").rglob("*.[cj]s*")]
    files = [path for path in ours if not {"admin", "staff"} & set(re.split(r"[/.-]", str(path.relative_to(ROOT))))]
    assert files
    assert sum(file.stat().st_size for file in files) <= BUDGET


def test_every_font_and_sheet_that_the_css_names_is_there() -> None:
    for sheet in STATIC.rglob("*.css"):
        for address in re.findall(r'url\("([^"]+)"\)', sheet.read_text()):
            assert (sheet.parent / address).is_file(), address
    assert len(list((STATIC / "fonts").glob("OFL*.txt"))) == 2


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_of_a_page_carries_inline_script_or_style(path: Path) -> None:
    name = path.relative_to(ROOT / "templates")
    if name.parts[:2] in {("forms_ext", "mail"), ("forms_ext", "billing")} or name.name == "rehearsal_report.html":
        pytest.skip("mails, PDFs and a report that is kept as a file are not served under the policy")
    text = path.read_text()
    assert not re.search(r"<[^>]*\sstyle\s*=", text)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<style\b", text)
    assert all(
        "src=" in tag for tag in re.findall(r"<script\b[^>]*>", text) if not re.search("application/(ld[+])?json", tag)
    )


# Contrast ----------------------------------------------------------------------------------------

Linear = tuple[float, float, float]


def linear(rgb: tuple[float, float, float]) -> Linear:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return red, green, blue


def from_hex(text: str) -> Linear:
    digits = text.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return linear((red, green, blue))


def to_oklch(colour: Linear) -> tuple[float, float, float]:
    r, g, b = colour
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    middle = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.793617785 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short
    b2 = 0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short
    return lightness, math.hypot(a, b2), math.atan2(b2, a)


def from_oklch(lightness: float, chroma: float, hue: float) -> Linear:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short
    return min(max(red, 0), 1), min(max(green, 0), 1), min(max(blue, 0), 1)


def luminance(colour: Linear) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def contrast(one: Linear, other: Linear) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def tokens(scheme: str) -> dict[str, Linear]:
    css = (STATIC / "css/cop.css").read_text().split("@supports", 1)[0]
    pairs = re.findall(r"--cop-([a-z-]+): light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\)", css)
    return {name: from_hex(values[SCHEMES[scheme]]) for name, *values in pairs}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_is_legible_on_every_ground(scheme: str) -> None:
    colours = tokens(scheme)
    for text, ground in itertools.product(
        ("ink", "ink-quiet", "accent", "error"), ("paper", "surface", "accent-soft", "error-soft")
    ):
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast(colours["edge"], colours["paper"]) >= 3
    assert contrast(colours["edge"], colours["surface"]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_any_colour_that_an_organization_sets_stays_legible(scheme: str) -> None:
    css = (STATIC / "css/cop.css").read_text()
    found = re.search(
        r"min\(l, ([.\d]+)\) c h\), oklch\(from var\(--cop-brand, #0e6a60\) max\(l, ([.\d]+)\) min\(c, ([.\d]+)\)", css
    )
    assert found
    darkest, lightest, chroma_limit = map(float, found.groups())
    colours = tokens(scheme)
    grid = itertools.product(range(24), (0.0, 0.3, 0.6, 1.0), (0.0, 0.25, 0.5, 0.75, 1.0))
    for hue, saturation, value in grid:
        brand = linear(colorsys.hsv_to_rgb(hue / 24, saturation, value))
        lightness, chroma, angle = to_oklch(brand)
        if scheme == "light":
            accent = from_oklch(min(lightness, darkest), chroma, angle)
        else:
            accent = from_oklch(max(lightness, lightest), min(chroma, chroma_limit), angle)
        for ground in ("paper", "surface"):
            assert contrast(accent, colours[ground]) >= 4.5, (hue, saturation, value)
        assert contrast(accent, colours["on-accent"]) >= 4.5, (hue, saturation, value)
