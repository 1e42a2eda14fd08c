"""One invoice PDF, tagged and archival, compared with WeasyPrint's plain `write_pdf()` of the same HTML and styles."""

import ctypes.util

from weasyprint import HTML

from forms_ext.invoices import pdf
from forms_ext.invoices.pdf import drawing, fonts, page
from tests.benchmarks.measure import Row, alternate, row
from tests.forms_ext.invoices.snapshots import invoice

ROUNDS = 40


def plain_source() -> str:
    """Return the HTML of the invoice with its style sheet and the addresses of its fonts, as anybody would write it."""
    snapshot = invoice()
    [font] = snapshot["fonts"]
    css = drawing.faces(font) + drawing.css(snapshot["page_size"], snapshot["language"], drawing.family(font))
    for sha256, style in ((font["regular"], "Regular"), (font["bold"], "SemiBold")):
        css = css.replace(f"cop-font:{sha256}", (fonts.FOLDER / f"{fonts.MAIN}-{style}.ttf").as_uri())
    return page.html(snapshot).replace("</head>", f"<style>{css}</style></head>")


def run() -> list[Row]:
    """Measure both in turn."""
    if ctypes.util.find_library("harfbuzz-subset") is None:
        raise RuntimeError("Install libharfbuzz-subset0 first: without it both are slow, and the ratio says nothing.")
    snapshot, source = invoice(), plain_source()
    ours, plain = pdf.render(snapshot), HTML(string=source).write_pdf()
    assert plain
    ours_ms, plain_ms = alternate(
        [lambda: pdf.render(snapshot), lambda: HTML(string=source).write_pdf()], rounds=ROUNDS
    )
    baseline = "WeasyPrint write_pdf(), neither tagged nor archival"
    return [
        row(
            "invoice_pdf.time",
            ours_ms,
            "ms",
            baseline=baseline,
            baseline_value=plain_ms,
            ratio=ours_ms / plain_ms,
            goal=0.6,
        ),
        row(
            "invoice_pdf.size",
            len(ours),
            "bytes",
            baseline=baseline,
            baseline_value=len(plain),
            ratio=len(ours) / len(plain),
        ),
    ]
