"""The XMP packet of an invoice: it declares PDF/UA-1 and the attached e-invoice."""

from collections.abc import Sequence

from . import einvoice

PDFUA = "http://www.aiim.org/pdfua/ns/id/"
FACTURX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
FACTURX_PROPERTIES = {
    "DocumentType": "INVOICE",
    "DocumentFileName": einvoice.NAME,
    "Version": "1.0",
    "ConformanceLevel": "EN 16931",
}


def _schema(title: str, uri: str, prefix: str, properties: Sequence[str], value_type: str, category: str) -> str:
    """Return the declaration of a schema that PDF/A does not know."""
    declared = "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        f"<pdfaProperty:valueType>{value_type}</pdfaProperty:valueType>"
        f"<pdfaProperty:category>{category}</pdfaProperty:category>"
        f"<pdfaProperty:description>{name} of the {title}</pdfaProperty:description></rdf:li>"
        for name in properties
    )
    return (
        f'<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>{title}</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{uri}</pdfaSchema:namespaceURI><pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{declared}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )


def descriptions(*, with_invoice: bool) -> str:
    """Return the descriptions to add to the packet."""
    schemas = _schema("PDF/UA identification schema", PDFUA, "pdfuaid", ["part"], "Integer", "internal")
    facturx = ""
    if with_invoice:
        values = "".join(f' fx:{name}="{value}"' for name, value in FACTURX_PROPERTIES.items())
        facturx = f'<rdf:Description rdf:about="" xmlns:fx="{FACTURX}"{values}/>'
        schemas += _schema("Factur-X extension schema", FACTURX, "fx", list(FACTURX_PROPERTIES), "Text", "external")
    return (
        f'<rdf:Description rdf:about="" xmlns:pdfuaid="{PDFUA}" pdfuaid:part="1"/>{facturx}'
        '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
        'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" '
        'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>'
        f"{schemas}</rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    )
