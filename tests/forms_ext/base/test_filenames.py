"""Names of uploaded files: the stored name ends as the content does and is safe on every disk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms_ext.base.filenames import RESERVED, safe_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("my paper.pdf", "my_paper.pdf"),
        ("Scan.PDF", "Scan.pdf"),
        ("x.html", "x.pdf"),
        ("jpg.html", "jpg.pdf"),
        (".htaccess", "htaccess.pdf"),
        (".exe", "exe.pdf"),
        ("invoice.pdf.exe", "invoice.pdf"),
        ("invoice.exe.pdf", "invoice_exe.pdf"),
        ("x.php.pdf", "x_php.pdf"),
        ("a.pdf:exe", "a_pdf_exe.pdf"),
        ("a.pdf::$DATA", "a_pdf_DATA.pdf"),
        ("a.html. . ", "a.pdf"),
        ("report.v1.2.pdf", "report_v1_2.pdf"),
        ("1.5.2024", "1_5_2024.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\cv.docx", "cv.pdf"),
        ("cv\u202efdp.exe", "cvfdp.pdf"),
        ("a\r\nX-Evil: 1\x00.html", "a_X-Evil_1.pdf"),
        ('"; filename="x.exe', "filenamex.pdf"),
        ("CON", "file_CON.pdf"),
        ("nul.txt", "file_nul.pdf"),
        ("com1.pdf", "file_com1.pdf"),
        ("COM¹.pdf", "file_COM¹.pdf"),
        ("LPT9.tar.gz", "LPT9_tar.pdf"),
        ("-rf.pdf", "rf.pdf"),
        ("Lebenslauf für Ü.pdf", "Lebenslauf_für_Ü.pdf"),
        ("हिन्दी दस्तावेज़.pdf", "हिन्दी_दस्तावेज़.pdf"),
        ("履歴書.pdf", "履歴書.pdf"),
        ("\u0301a.pdf", "a.pdf"),
        ("a\ud800b.pdf", "ab.pdf"),
        *[(name, "file.pdf") for name in ("", ".", "..", "...", " ", "😀", "\u200b", "/", "a/", "~$")],
    ],
)  # fmt: skip
def test_a_name_becomes_a_safe_one(name: str, expected: str) -> None:
    assert safe_name(name, ".pdf") == expected


@given(st.text(max_size=400))
def test_no_name_is_dangerous(name: str) -> None:
    safe = safe_name(name, ".pdf")
    assert safe.endswith(".pdf")
    assert safe.count(".") == 1
    assert len(safe.encode()) <= 160
    assert not set(safe) & set('/\\:*?"<>|\0\r\n ')
    assert not RESERVED.fullmatch(safe.removesuffix(".pdf"))
    assert safe[0] not in ".-~"
    assert safe_name(safe, ".pdf") == safe, "it is stored, and handed out, as itself"
