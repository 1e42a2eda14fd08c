"""The parts of a workbook other than its sheets: styles, names and relations."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

from .options import Options

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = {"head": 1, "date": 2, "moment": 3, "quoted": 4, "money0": 5, "money1": 6, "money2": 7, "money3": 8}
DATES = {"iso": "yyyy-mm-dd", "day": "dd.mm.yyyy", "month": "mm/dd/yyyy"}
SHEET_END = "</sheetData></worksheet>"


def sheet_head(widths: Sequence[int]) -> str:
    """Return a sheet up to its first row, with a frozen first line and columns of `widths`."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def styles(options: Options) -> str:
    """Return the styles, in the order of `STYLES`."""
    day = DATES[options.date_format]
    formats = [day, f"{day} hh:mm:ss", "#,##0", "#,##0.0", "#,##0.00", "#,##0.000"]
    listed = "".join(f'<numFmt numFmtId="{164 + n}" formatCode={quoteattr(f)}/>' for n, f in enumerate(formats))

    def xf(number: int = 0, font: int = 0, more: str = "") -> str:
        applied = ' applyNumberFormat="1"' if number else ' applyFont="1"' if font else ""
        return f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="0" xfId="0"{applied}{more}/>'

    cells = [xf(), xf(font=1), xf(164), xf(165), xf(more=' quotePrefix="1"'), *(xf(166 + n) for n in range(4))]
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">{listed}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(cells)}">{"".join(cells)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def parts(names: Sequence[str], options: Options) -> Iterator[tuple[str, str]]:
    """Yield `(path, content)` of everything but the sheets, which are called `names`."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name[:31])} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{sheets}</sheets></workbook>",
    )
    related = [(n, f"{DOCUMENT}/worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*related, (len(names) + 1, f"{DOCUMENT}/styles", "styles.xml")])
    yield "_rels/.rels", _relations([(1, f"{DOCUMENT}/officeDocument", "xl/workbook.xml")])
    yield "xl/styles.xml", styles(options)
    kinds = [
        ("workbook", "sheet.main"),
        ("styles", "styles"),
        *((f"worksheets/sheet{n}", "worksheet") for n in numbers),
    ]
    overrides = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{KIND}.{kind}+xml"/>' for name, kind in kinds
    )
    yield (
        "[Content_Types].xml",
        f'{XML}<Types xmlns="{TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
    )


def _relations(found: Sequence[tuple[int, str, str]]) -> str:
    listed = "".join(f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, kind, target in found)
    return f'{XML}<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'
