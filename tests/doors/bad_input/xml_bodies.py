"""Bodies in XML: what is sneaked in, and what R4 does not know there."""

from __future__ import annotations

from typing import Any

from tests.doors.bad_input.row import XML, Row, post

FHIR = 'xmlns="http://hl7.org/fhir"'
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))


def patient(inner: str) -> str:
    """A Patient around something."""
    return f"<Patient {FHIR}>{inner}</Patient>"


def xml(name: str, body: str | bytes, status: int = 400, code: str = "structure", **more: Any) -> Row:
    """A create in XML."""
    return post(name, body, status, code, headers={"content-type": XML} | more.pop("headers", {}), **more)


def with_type(inner: str, body: str) -> str:
    """A document with a document type."""
    return f"<!DOCTYPE Patient {inner}>{body}"


ROWS: tuple[Row, ...] = (
    xml("XML of nothing", b""),
    xml("XML of blanks", b"  \n"),
    xml("XML that is a text", b"Urdaneta"),
    xml("XML that is not closed", f"<Patient {FHIR}><active value='true'/>"),
    xml("XML closed by another name", f"<Patient {FHIR}></Person>"),
    xml("XML with two roots", patient("") + patient("")),
    xml("XML with a broken attribute", patient("<active value=true/>")),
    xml("XML with an attribute twice", patient("<active value='true' value='true'/>")),
    xml("XML in UTF-16", patient("").encode("utf-16")),
    xml(
        "XML in Latin-1",
        b"<?xml version='1.0' encoding='ISO-8859-1'?>" + patient("<language value='\xf1'/>").encode("latin-1"),
    ),
    xml(
        "XML that says it is in Latin-1",
        "<?xml version='1.0' encoding='ISO-8859-1'?>" + patient("<active value='true'/>"),
    ),
    xml("XML that says it is in UTF-7", "<?xml version='1.0' encoding='UTF-7'?>" + patient("<active value='true'/>")),
    xml("XML with a byte that is no UTF-8", b"<Patient xmlns='http://hl7.org/fhir'><language value='\xff'/></Patient>"),
    xml("XML with a zero byte", patient("<language value='a\0'/>")),
    xml("XML with an escaped zero byte", patient("<language value='&#0;'/>")),
    xml("XML with a bell", patient("<language value='&#7;'/>")),
    xml("a document type", with_type("", patient("<active value='true'/>"))),
    xml("a document type from elsewhere", with_type("SYSTEM 'http://127.0.0.1:9/x.dtd'", patient(""))),
    xml("a public document type", with_type("PUBLIC '-//W3C//DTD XHTML 1.0//EN' 'http://127.0.0.1:9/x'", patient(""))),
    xml(
        "a file for an entity",
        with_type("[<!ENTITY f SYSTEM 'file:///etc/passwd'>]", patient("<language value='&f;'/>")),
    ),
    xml(
        "a file in a narrative",
        with_type(
            "[<!ENTITY f SYSTEM 'file:///etc/passwd'>]",
            patient(f"<text><status value='generated'/><div {XHTML}>&f;</div></text>"),
        ),
    ),
    xml(
        "an address for an entity",
        with_type("[<!ENTITY f SYSTEM 'http://127.0.0.1:9/'>]", patient("<language value='&f;'/>")),
    ),
    xml("an entity of parameters", with_type("[<!ENTITY % f SYSTEM 'http://127.0.0.1:9/'> %f;]", patient(""))),
    xml("a billion laughs", with_type(f"[<!ENTITY l0 'lol'>{LAUGHS}]", patient("<language value='&l9;'/>"))),
    xml(
        "a quadratic laugh",
        with_type(f"[<!ENTITY a '{'a' * 20_000}'>]", patient(f"<language value='{'&a;' * 10_000}'/>")),
    ),
    xml("an entity that nobody knows", patient("<language value='&nbsp;'/>")),
    xml(
        "an entity that nobody knows in a narrative",
        patient(f"<text><status value='generated'/><div {XHTML}>&nbsp;</div></text>"),
    ),
    xml("XML that is too deep", patient("<extension url='u'>" * 80 + "</extension>" * 80)),
    xml("XML that is far too deep", "<a>" * 60_000),
    xml("XML that is too large", patient(f"<language value='{'a' * 300_000}'/>"), 413, "too-long"),
    xml("another namespace", "<Patient xmlns='http://hl7.org/fhir/dstu2'/>"),
    xml("no namespace", "<Patient><active value='true'/></Patient>"),
    xml("CDA", "<ClinicalDocument xmlns='urn:hl7-org:v3'/>"),
    xml("a SOAP envelope", "<soap:Envelope xmlns:soap='http://www.w3.org/2003/05/soap-envelope'/>"),
    xml("an unknown type", f"<Sheep {FHIR}/>", 400, "not-supported"),
    xml(
        "another type than the address in XML",
        f"<Observation {FHIR}><status value='final'/><code><text value='a'/></code></Observation>",
        400,
        "invalid",
    ),
    xml("an unknown element in XML", patient("<shoe value='38'/>"), at="Patient"),
    xml("an unknown element further down in XML", patient("<name><nick value='a'/></name>"), at="Patient.name[0]"),
    xml("an unknown attribute", patient("<active value='true' lang='es'/>"), at="Patient.active"),
    xml(
        "an attribute of another namespace",
        patient("<active value='true' x:y='z' xmlns:x='urn:x'/>"),
        at="Patient.active",
    ),
    xml("an attribute at the root", f"<Patient {FHIR} id='a'/>", at="Patient"),
    xml("a foreign element", patient("<x:a xmlns:x='urn:x'/>"), at="Patient"),
    xml("a known element of a foreign namespace", patient("<active xmlns='urn:x' value='true'/>"), at="Patient.active"),
    xml("a text between elements", patient("Urdaneta"), at="Patient"),
    xml("a text for a value", patient("<active>true</active>"), at="Patient.active"),
    xml("CDATA", patient("<active><![CDATA[true]]></active>"), at="Patient.active"),
    xml("elements in another order", patient("<birthDate value='1990'/><active value='true'/>"), at="Patient.active"),
    xml(
        "parts in another order",
        patient("<name><given value='a'/><family value='b'/></name>"),
        at="Patient.name[0].family",
    ),
    xml(
        "names that are apart",
        patient("<name><text value='a'/></name><gender value='other'/><name><text value='b'/></name>"),
        at="Patient.name",
    ),
    xml("a gender twice", patient("<gender value='other'/><gender value='other'/>"), at="Patient.gender"),
    xml("a value of yes", patient("<active value='yes'/>"), 400, "value", at="Patient.active"),
    xml("a value of TRUE", patient("<active value='TRUE'/>"), 400, "value", at="Patient.active"),
    xml("an empty value", patient("<language value=''/>"), 400, "value"),
    xml(
        "a fraction for a whole",
        patient("<multipleBirthInteger value='1.5'/>"),
        400,
        "value",
        at="Patient.multipleBirthInteger",
    ),
    xml(
        "a number with blanks",
        patient("<multipleBirthInteger value=' 1 '/>"),
        400,
        "value",
        at="Patient.multipleBirthInteger",
    ),
    xml(
        "an amount with a comma",
        patient("<extension url='u'><valueDecimal value='72,5'/></extension>"),
        400,
        "value",
        at="Patient.extension[0].valueDecimal",
    ),
    xml(
        "an amount that is NaN in XML",
        patient("<extension url='u'><valueDecimal value='NaN'/></extension>"),
        400,
        "value",
    ),
    xml("an amount beyond all in XML", patient(f"<extension url='u'><valueDecimal value='1e{'9' * 20}'/></extension>")),
    xml("a bad code in XML", patient("<gender value='femenino'/>"), 400, "code-invalid", at="Patient.gender"),
    xml("a bad date in XML", patient("<birthDate value='1991-13-01'/>"), 400, "value", at="Patient.birthDate"),
    xml(
        "two choices in XML",
        patient("<deceasedBoolean value='true'/><deceasedDateTime value='2024'/>"),
        at="Patient.deceased",
    ),
    xml("an extension without an address", patient("<extension><valueCode value='a'/></extension>"), 400, "required"),
    xml("an empty element in XML", patient("<name/>"), at="Patient.name[0]"),
    xml("an Observation of nothing in XML", f"<Observation {FHIR}/>", 400, "required", path="/Observation"),
    xml("nothing contained", patient("<contained/>"), at="Patient.contained[0]"),
    xml(
        "two contained in one",
        patient("<contained><Practitioner/><Practitioner/></contained>"),
        at="Patient.contained[0]",
    ),
    xml("contained of an unknown type in XML", patient("<contained><Sheep/></contained>"), 400, "not-supported"),
    xml(
        "a narrative of FHIR", patient("<text><status value='generated'/><div><p/></div></text>"), at="Patient.text.div"
    ),
    xml(
        "a narrative with a script in XML",
        patient(f"<text><status value='generated'/><div {XHTML}><script>a</script></div></text>"),
        400,
        "invariant",
        at="Patient.text.div",
    ),
    xml(
        "an include",
        patient("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>"),
        at="Patient",
    ),
    xml(
        "a style sheet that is an element",
        "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'/>",
    ),
    xml(
        "XML in another character set by its header",
        patient("<active value='true'/>"),
        415,
        "not-supported",
        headers={"content-type": f"{XML}; charset=utf-16"},
    ),
    xml(
        "XML of R5",
        patient("<active value='true'/>"),
        415,
        "not-supported",
        headers={"content-type": f"{XML}; fhirVersion=5.0"},
    ),
    xml(
        "a Bundle in XML of no entries that are requests",
        f"<Bundle {FHIR}><type value='transaction'/><entry><resource><Patient/></resource></entry></Bundle>",
        400,
        "invalid",
        path="",
    ),
    xml(
        "a Bundle in XML with a bare resource",
        f"<Bundle {FHIR}><type value='batch'/><entry><Patient/></entry></Bundle>",
        path="",
    ),
    xml("a search in XML", patient(""), 415, "not-supported", path="/Patient/_search"),
)
