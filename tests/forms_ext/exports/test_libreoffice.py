"""Our CSV and XLSX, opened in LibreOffice and saved again."""

import csv
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from forms_ext.exports import csv_lines, xlsx
from forms_ext.exports.columns import Column, field
from forms_ext.exports.options import Options

SOFFICE = shutil.which("soffice")
COLUMNS = [
    field("name", "Name"),
    field("born", "Born", "date"),
    field("total", "Total", "money", currency="currency"),
    field("currency", "Currency"),
    Column("answers.text", "Free text", "text", question="text"),
]
ROWS = [
    ["Zoë, “the \N{PARTY POPPER}”", "2024-02-29", "-1997.5", "USD", "=1+1"],
    ['say "no"; then\nyes', "1999-12-31", "0", "JPY", "@SUM(A1)"],
]

pytestmark = [
    pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed (Debian: libreoffice-calc-nogui)"),
    pytest.mark.timeout(300),
]


UTF8 = "44,34,76,1"  # comma, quotation mark, UTF-8, from the first line on


def convert(file: Path, kind: str, *more: str) -> Path:
    """Let LibreOffice read `file` and save it as `kind`, with a profile of its own."""
    folder = file.parent / "out"
    command = [
        str(SOFFICE),
        f"-env:UserInstallation={(file.parent / 'profile').as_uri()}",
        "--headless",
        *more,
        "--convert-to",
        kind,
        "--outdir",
        str(folder),
        str(file),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    found = next(folder.glob(f"{file.stem}.{kind.partition(':')[0]}"), None)
    assert found, done.stdout + done.stderr
    return found


def test_libreoffice_reads_what_we_wrote_and_runs_no_formula(tmp_path: Path) -> None:
    options = Options(bom=True)
    sheet = tmp_path / "table.csv"
    sheet.write_bytes(b"".join(csv_lines.encode([list(zip(*ROWS, strict=True))], COLUMNS, options)))
    read = openpyxl.load_workbook(convert(sheet, "xlsx", f"--infilter=Text - txt - csv (StarCalc):{UTF8}")).active
    assert read is not None
    lines = [[cell.value for cell in line] for line in read.iter_rows()]
    assert lines[0] == [column.label for column in COLUMNS]
    assert [line[0] for line in lines[1:]] == [row[0] for row in ROWS]
    assert [line[4] for line in lines[1:]] == ["'=1+1", "'@SUM(A1)"]
    assert all(cell.data_type != "f" for line in read.iter_rows() for cell in line)

    book = tmp_path / "book.xlsx"
    book.write_bytes(b"".join(xlsx.encode([list(zip(*ROWS, strict=True))], COLUMNS, options)))
    with convert(book, f"csv:Text - txt - csv (StarCalc):{UTF8}").open(encoding="utf-8", newline="") as file:
        saved = list(csv.reader(file))
    assert [line[0] for line in saved[1:]] == [row[0] for row in ROWS]
    assert [line[4] for line in saved[1:]] == ["=1+1", "@SUM(A1)"], "texts, not their results"
    assert [line[1:4] for line in saved[1:]] == [["2024-02-29", "-1,997.50", "USD"], ["1999-12-31", "0", "JPY"]]
