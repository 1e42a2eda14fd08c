"""The PDF: both standards, the right figures and paper size, every character embedded, the same bytes each time."""

import hashlib
import io
import os
import re
import subprocess
import sys
from typing import Any

import page as page_validation
import pikepdf
import pypdf
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from forms_ext.base import private_files
from forms_ext.invoices import pdf
from forms_ext.invoices.pdf import fonts
from forms_ext.invoices.pdf.drawing import OwnFilesOnly
from forms_ext.invoices.pdf.glyphs import drawable
from tests.forms_ext.invoices.snapshots import invoice

JOINED = {" ", "\u0dca", "\u200d"}
LETTER, A4 = (612, 792), (595.28, 841.89)
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 20"><title>Logo</title>
<circle cx="10" cy="10" r="9" fill="#0e6a60" fill-opacity=".5"/><path d="M30 4h50v12H30z"/></svg>"""
RECIPIENT = {"country": "GR", "country_name": "Greece", "email": "x@example.org"}
NAMES = {
    "greek": "Ελένη Παπαδοπούλου",
    "cyrillic": "Зинаида Щербакова",
    "vietnamese": "Nguyễn Thị Phượng Hằng",
    "hebrew": "דוד כהן",
    "arabic": "ليلى حسن",
}


def length_is_right(data: bytes, number: int) -> bool:
    """Tell whether the raw bytes prove the length of a stream right: page-validation 0.11.0 misreads a last 0D."""
    for match in re.finditer(rb"(?<![0-9])%d 0 obj\s*<<.*?>>\s*stream\r?\n" % number, data, re.DOTALL):
        length = re.search(rb"/Length (\d+)(?! \d+ R)", match.group())
        if length and re.match(rb"\r?\nendstream", data[match.end() + int(length.group(1)) :][:12]):
            return True
    return False


def violations(data: bytes) -> list[str]:
    """Return what breaks PDF/A-3a or PDF/UA-1."""
    found = []
    for profile in ("3a", "ua1"):
        report = page_validation.validate_pdf_bytes(data, profile=profile)
        assert report.rules.total > 100
        for item in report.failures:
            waived = item.rule_id.endswith("-STREAM-LENGTH-001") and item.object_id
            if not (waived and length_is_right(data, item.object_id.object_number)):
                found.append(f"{item.rule_id}: {item.message}")
    return found


def text_of(data: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).replace("\xa0", " ").split())


def fonts_of(data: bytes) -> dict[str, bool]:
    """Return each font's name and whether it is embedded and tells which characters it draws."""
    fonts = {}
    document = pikepdf.open(io.BytesIO(data))  # its objects live no longer than it does
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == pikepdf.Name.Type0:
            descriptor = item.DescendantFonts[0].FontDescriptor
            embedded = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
            fonts[str(item.BaseFont)] = embedded and "/ToUnicode" in item
    return fonts


def missing_glyphs(data: bytes) -> list[str]:
    """Return the fonts of which the pages draw glyph 0, the box for a missing one."""
    found = []
    document = pikepdf.open(io.BytesIO(data))
    for page in document.pages:
        font = ""
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                font = str(operands[0])
            shown = operands[0] if str(operator) == "TJ" else operands if str(operator) == "Tj" else []
            strings = [bytes(part) for part in shown if isinstance(part, pikepdf.String)]
            found += [font for part in strings if b"\0\0" in (part[n : n + 2] for n in range(0, len(part), 2))]
    return found


def sizes_of(data: bytes) -> set[tuple[float, float]]:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return {(round(float(p.mediabox.width), 2), round(float(p.mediabox.height), 2)) for p in pages}


def stored(content: bytes, kind: str) -> dict[str, str]:
    sha256 = hashlib.sha256(content).hexdigest()
    return {"path": private_files.save(f"logos/{sha256}.{kind}", content), "sha256": sha256}


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (200, 60), (10, 90, 80, 120)).save(file, "PNG")
    return file.getvalue()


def with_logo(logo: dict[str, str] | None) -> dict[str, Any]:
    return invoice(issuer=invoice()["issuer"] | {"logo": logo})


def many_lines() -> dict[str, Any]:
    lines = [{"kind": "fee", "text": f"Place {n}", "detail": "One of forty", "amount": "7475"} for n in range(40)]
    return invoice(currency="JPY", lines=lines, total="299000", page_size="A4")


def in_other_scripts() -> dict[str, Any]:
    address = "\n".join(list(NAMES.values())[1:])
    return invoice(recipient=RECIPIENT | {"name": NAMES["greek"], "address": address}, page_size="A4")


def credit_note() -> dict[str, Any]:
    amounts = ["-1997.00", "100.00"]
    lines = [line | {"amount": amount} for line, amount in zip(invoice()["lines"], amounts, strict=True)]
    corrects = {"number": "CF-00012", "issued_on": "2024-02-01"}
    extra = {"corrects": corrects, "lines": lines, "total": "-1897.00", "reason": "You cancelled."}
    return invoice(kind="credit_note", number="CF-CN-00001", due_on="", **extra)


def receipt() -> dict[str, Any]:
    lines = [{"text": "Program", "detail": "Bank transfer", "amount": "100.00"}]
    extra = {"received_on": "2024-01-29", "left": "1897.00"}
    return invoice(kind="receipt", number="R-2024-0001", due_on="", lines=lines, total="100.00", **extra)


@pytest.mark.parametrize(
    "make", [invoice, many_lines, in_other_scripts, credit_note, receipt], ids=lambda make: make.__name__
)
def test_holds_to_both_standards(make):
    data = pdf.render(make())
    assert violations(data) == []
    assert fonts_of(data)
    assert all(fonts_of(data).values())


@pytest.mark.parametrize(("content", "kind"), [(SVG, "svg"), (png(), "png")], ids=["svg", "png"])
def test_logos_hold_to_both_standards(content, kind):
    data = pdf.render(with_logo(stored(content, kind)))
    assert violations(data) == []


def test_the_validation_sees_a_plain_pdf():
    from weasyprint import HTML

    assert violations(HTML(string="<p>Plain").write_pdf())


def test_says_who_owes_what_by_when():
    text = text_of(pdf.render(invoice()))
    for words in (
        "Invoice",
        "CF-00012",
        "1 February 2024",
        "1,997.00",
        "−100.00",
        "Received on 29 January 2024",
        "1,897.00 USD",
        "due by 15 February 2024",
        "Routing 011000015",
        "PAY-2024-0007",
        "Ada Sample",
        "EIN 12-3456789",
        "Page 1 of 1",
    ):
        assert words in text


def test_the_sum_due_is_the_largest_figure():
    sizes: dict[float, str] = {}

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        scale = abs(tm[3] * cm[3])
        if text.strip():
            sizes[round(size * scale, 1)] = sizes.get(round(size * scale, 1), "") + text

    pypdf.PdfReader(io.BytesIO(pdf.render(invoice()))).pages[0].extract_text(visitor_text=visit)
    assert sizes[max(sizes)].strip() == "1,897.00"


@pytest.mark.parametrize(("size", "points"), [("Letter", LETTER), ("A4", A4)])
def test_paper_is_the_recipients(size, points):
    assert sizes_of(pdf.render(invoice(page_size=size))) == {points}


def test_forty_lines_run_over_pages_that_say_which_they_are():
    data = pdf.render(many_lines())
    text = text_of(data)
    pages = len(pypdf.PdfReader(io.BytesIO(data)).pages)
    assert pages > 1
    assert f"Page {pages} of {pages}" in text
    assert text.count("Amount in JPY") == pages  # the head of the table stands on each
    assert "299,000" in text
    assert "Place 39" in text


def test_names_in_many_scripts_are_drawn_with_our_own_fonts():
    data = pdf.render(in_other_scripts())
    text = text_of(data)
    for script in ("greek", "cyrillic", "vietnamese"):
        assert NAMES[script] in text
    assert set(NAMES["hebrew"]) <= set(text)
    named = {re.sub(r"[0-9a-f]{12}", "", name.partition("+")[2]) for name in fonts_of(data)}
    assert named == {"Cop-NotoSans-", "Cop-NotoSans--Semi-Bold", "Cop-NotoSansHebrew-", "Cop-NotoSansArabic-"}


@pytest.mark.parametrize("script", NAMES)
def test_a_name_of_each_script_stands_on_its_own_invoice(script):
    data = pdf.render(invoice(recipient=RECIPIENT | {"name": NAMES[script], "address": "1 First Street"}))
    assert violations(data) == []
    assert set(NAMES[script]) <= set(text_of(data))
    assert not missing_glyphs(data)


#: Names in scripts whose fonts do not ship with the package, by the font of Debian that has them.
OTHER_NAMES = {
    "NotoSansGeorgian": "ნინო ბერიძე",
    "NotoSansThai": "สมชาย ใจดี",
    "NotoSansArmenian": "Արամ Խաչատրյան",
    "NotoSansEthiopic": "አበበ ቢቂላ",
    "NotoSansTamil": "அகிலா சுப்பிரமணியம்",
    "NotoSansBengali": "রবীন্দ্রনাথ ঠাকুর",
    "NotoSansKhmer": "សុខ សុវណ្ណ",
    "NotoSansSinhala": "නිමල් පෙරේරා",
    "NotoSansMyanmar": "အောင်ဆန်းစုကြည်",
    "NotoSansTelugu": "రామారావు శ్రీ",
    "NotoSerifTibetan": "བསྟན་འཛིན",
    "DroidSansFallback": "王小明 山田サくら 김철수",
}


@pytest.mark.parametrize("font", OTHER_NAMES)
def test_a_name_in_another_script_is_drawn_with_a_font_of_the_machine(font):
    """Its characters are in the text, and no glyph of the page is the box that stands for a missing one."""
    if font not in {one.name for one in fonts.installed()}:
        pytest.skip("its font, which site/bin/setup installs, is not here")
    name = OTHER_NAMES[font]
    snapshot = invoice(recipient=RECIPIENT | {"name": name, "address": f"{name}\n1 First Street"})
    assert [one["name"] for one in snapshot["fonts"]] == ["NotoSans", font]
    data = pdf.render(snapshot)
    assert violations(data) == []
    assert set(name) - JOINED <= set(text_of(data))
    assert not missing_glyphs(data)
    assert all(fonts_of(data).values())


def test_the_snapshot_names_the_fonts_that_draw_it():
    bundled = {one.name: hashlib.sha256((fonts.FOLDER / f"{one.name}-Regular.ttf").read_bytes()).hexdigest()
               for one in fonts.bundled()}  # fmt: skip
    assert [(one["name"], one["regular"]) for one in invoice()["fonts"]] == [("NotoSans", bundled["NotoSans"])]
    assert {(one["name"], one["regular"]) for one in in_other_scripts()["fonts"]} == set(bundled.items())


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("Ada 😀", "😀"),
        ("東京", "東京"),
        ("ნინო", "ნიო"),
        ("private \ue000", "\ue000"),
        ("unassigned \U000e0fff", "\U000e0fff"),
        ("a mark \U0001e8d0", "\U0001e8d0"),
        ("ﬁ, Ａ, 𝓐, ½: in other letters", ""),
        ("ب\u200dب and \u3164\u200b\ufe0f nothing", ""),
    ],
)
def test_what_no_font_has_is_told_and_never_drawn_as_a_box(settings, text, lacking):
    settings.COP_INVOICE_FONTS = []
    if not lacking:
        assert not missing_glyphs(pdf.render(invoice(recipient=RECIPIENT | {"name": text, "address": ""})))
        return
    with pytest.raises(pdf.NotPrintable) as refused:
        invoice(recipient=RECIPIENT | {"name": "Ada", "address": text})
    assert refused.value.points == set(map(ord, lacking))


def test_a_machine_without_a_font_of_the_snapshot_says_so(settings, tmp_path):
    """A font of another version is another font."""
    other = tmp_path / "Other-Regular.ttf"
    other.write_bytes(draw_nothing_but("ნიო"))
    settings.COP_INVOICE_FONTS = [other]
    snapshot = invoice(recipient=RECIPIENT | {"name": "ნინო", "address": ""})
    assert [one["name"] for one in snapshot["fonts"]] == ["NotoSans", "Other"]
    first = pdf.render(snapshot)
    other.rename(tmp_path / "moved.ttf")
    settings.COP_INVOICE_FONTS = [tmp_path / "*.ttf"]
    assert pdf.render(snapshot) == first
    (tmp_path / "moved.ttf").write_bytes(draw_nothing_but("ნიო", width=600))
    with pytest.raises(pdf.FontMissing, match="The font Other"):
        pdf.render(snapshot)


def test_a_file_that_is_no_font_stops_nothing(settings, tmp_path, caplog):
    (tmp_path / "Broken.ttf").write_bytes(b"no font")
    settings.COP_INVOICE_FONTS = [tmp_path / "*"]
    with pytest.raises(pdf.NotPrintable):
        invoice(recipient=RECIPIENT | {"name": "😀", "address": ""})
    assert "cannot be used on documents" in caplog.text


def draw_nothing_but(letters: str, width: int = 500) -> bytes:
    """Return a font that has these letters, all empty."""
    glyphs = [".notdef", *(f"uni{ord(letter):04X}" for letter in letters)]
    built = FontBuilder(1000, isTTF=True)
    built.setupGlyphOrder(glyphs)
    built.setupCharacterMap({ord(letter): f"uni{ord(letter):04X}" for letter in letters})
    built.setupGlyf({glyph: TTGlyphPen(None).glyph() for glyph in glyphs})
    built.setupHorizontalMetrics(dict.fromkeys(glyphs, (width, 0)))
    built.setupHorizontalHeader(ascent=800, descent=-200)
    built.setupNameTable({"familyName": "Other", "styleName": "Regular"})
    built.setupOS2()
    built.setupPost()
    file = io.BytesIO()
    built.font["head"].created = built.font["head"].modified = 0
    built.font.recalcTimestamp = False
    built.save(file)
    return file.getvalue()


def test_pages_are_numbered_in_the_language_of_the_invoice(settings, tmp_path):
    catalog = Catalog(locale="de")
    catalog.add("Page %(page)s of %(pages)s", "Seite %(page)s von %(pages)s", flags=["python-format"])
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalog)
    settings.LOCALE_PATHS = [tmp_path]
    text = text_of(pdf.render(invoice(language="de")))
    assert "Seite 1 von 1" in text
    assert "1.897,00 USD" in text
    assert "15. Februar 2024" in text
    assert "Page 1 of 1" in text_of(pdf.render(invoice()))


def test_texts_are_drawn_composed_and_without_what_is_hidden():
    points = frozenset(map(ord, "abcá fi"))
    assert drawable("\u200ba\x07 a\u0301\tb\u202ec ﬁ\u3164", points) == "a á bc fi"


def test_hostile_words_stay_words():
    hostile = '<img src="file:///etc/passwd"><script>alert(1)</script>'
    text = text_of(pdf.render(invoice(recipient=RECIPIENT | {"name": hostile, "address": hostile})))
    assert "file:///etc/passwd" in text


def test_the_fetcher_opens_nothing_but_its_own():
    fetcher = OwnFilesOnly(logo={"path": "logos/x.svg", "sha256": "abc"}, font=invoice()["fonts"][0])
    for url in (
        "file:///etc/passwd",
        "https://example.org/",
        "cop-font:../models.py",
        f"cop-font:{'0' * 64}",
        "cop-logo:other",
        "data:,x",
    ):
        with pytest.raises(ValueError, match="may not open"):
            fetcher.fetch(url)


def test_an_altered_logo_is_not_drawn():
    logo = stored(SVG + b"<!-- altered -->", "svg") | {"sha256": hashlib.sha256(SVG).hexdigest()}
    with pytest.raises(BaseException, match=r"[Ll]ogo"):
        pdf.render(with_logo(logo))


def test_the_same_bytes_in_another_process():
    code = (
        "import django; django.setup(); import hashlib;"
        "from forms_ext.invoices import pdf; from tests.forms_ext.invoices import test_pdf as t;"
        "print([hashlib.sha256(pdf.render(s())).hexdigest() for s in (t.many_lines, t.in_other_scripts, t.invoice)])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": "site:."}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    here = [hashlib.sha256(pdf.render(make())).hexdigest() for make in (invoice, many_lines, in_other_scripts)]
    assert run.stdout.strip() == str([here[1], here[2], here[0]])
