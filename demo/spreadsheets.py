"""The invented sample tables in `imports/`: a programme's CSV and a hospital's spreadsheet.

`python -m demo.spreadsheets` writes them anew. Some rows are wrong on purpose, as docs/import.md tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from stdnum.cl import rut

FOLDER = Path(__file__).parent / "imports"
CL_CSV = FOLDER / "cl-programa.csv"
PE_EXCEL = FOLDER / "pe-tarv.xlsx"

Cell = str | float | date | None

_CL_TITLES = (
    "RUN;NOMBRES;APELLIDO_PATERNO;APELLIDO_MATERNO;FECHA_NAC;SEXO;ESQUEMA;INICIO_ESQUEMA;"
    "FECHA_CV;CARGA_VIRAL;UNIDAD_CV;FECHA_CD4;CD4;CONSENTIMIENTO;FECHA_CONSENTIMIENTO"
)
_CL_ROWS = (
    (
        "21000001;María José;Muñoz;Peña;03-05-1991;F;TDF/3TC/DTG;14-02-2023;"
        "10-06-2025;Indetectable;copias/mL;10-06-2025;612;Sí;02-03-2024"
    ),
    "21000002;Íñigo;Núñez;S/I;22-11-1984;M;TLD;01-08-2024;15-07-2025;1.250;cp/mL;15-07-2025;388;No;-",
    "21000003;Rayén;Curihuentro;Llanquileo;30-01-2000;F;TDF/3TC/EFV;09-09-2019;20-05-2025;<50;copias/mL;-;-;S;11-01-2025",
    "21000004;Benjamín;Ordóñez;Vergara;17/07/1978;M;DRV/r + DTG;05-12-2022;03-04-2025;72,50;copias/mL;-;-;-;-",
    ";Sin Documento;Soto;Rojas;08-08-1988;M;TLD;01-01-2024;-;-;-;-;-;-;-",
    "21000006;Antonia;Fuentes;Díaz;31-02-1995;F;TLD;01-01-2024;-;-;-;-;-;-;-",
    "21000007;Camilo;Araya;Vega;12-12-1990;M;TLD;01-01-2024;04-04-2025;300;UI/mL;-;-;-;-",
    "21000008;Josefa;Lagos;Pino;19-03-1993;Fem;TLD;01-01-2024;-;-;-;-;-;-;-",
)
_PE_TITLES = (
    "Tipo de documento",
    "N° documento",
    "País emisor",
    "Nombres",
    "Apellidos",
    "Fecha de nacimiento",
    "Sexo",
    "Esquema",
    "Inicio TARV",
    "Fecha de control",
    "Peso (kg)",
)
_PE_ROWS: tuple[tuple[Cell, ...], ...] = (
    ("DNI", 8123456, "Perú", "Luz María", "Quispe Mamani", date(1990, 4, 12), "Femenino", "TLD", date(2022, 9, 1),
     date(2025, 6, 3), 61.5),
    ("DNI", "40987654", "Perú", "José", "Huamán Ccori", date(1985, 12, 30), "Masculino", "TLE", date(2018, 3, 20),
     None, None),
    ("Pasaporte", "V0123456", "Venezuela", "Yulimar", "Rondón", date(1996, 7, 8), "Femenino", "TLD",
     date(2024, 11, 5), date(2025, 7, 21), 54.0),
    ("Carné de extranjería", "001234567", "Perú", "Andrés", "Rincón Pérez", "15/02/1993", "Masculino", "TLD",
     date(2023, 5, 2), None, None),
    ("DNI", 41000005, "Perú", "Rosa", "Condori", "hace tiempo", "Femenino", "TLD", date(2023, 1, 9), None, None),
    ("Partida", "77", "Perú", "Niño", "Paucar", date(2010, 10, 10), "Masculino", "TLD", date(2023, 1, 9), None, None),
    ("DNI", 41000007, "Perú", "Elsa", "Apaza", date(1979, 1, 1), "Femenino", "ABC jarabe", date(2023, 1, 9), None,
     None),
)  # fmt: skip

_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_OFFICE}.styles+xml"/>'
)
_PLAIN = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
_DAY = '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/>'
_STYLES = (
    "<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>"
    f"<cellStyleXfs>{_PLAIN}</cellStyleXfs><cellXfs>{_PLAIN}{_DAY}</cellXfs>"
)
"""A date is a number that is shown as a day."""

_FIRST_DAY = date(1899, 12, 30)
_LONG_AGO = (2026, 1, 1, 0, 0, 0)
"""Stamp of the parts, so that the same rows give the same bytes."""


def chilean_csv() -> bytes:
    """The programme's table; each RUN gets its check digit."""
    return ("\r\n".join((_CL_TITLES, *map(_with_check, _CL_ROWS))) + "\r\n").encode("windows-1252")


def _with_check(row: str) -> str:
    number, rest = row.split(";", 1)
    return f"{number}-{rut.calc_check_digit(number)};{rest}" if number else row


def peruvian_excel() -> Iterator[tuple[str, str]]:
    """Names and contents of the parts of the hospital's workbook."""
    relations = f"{_PACKAGE}/relationships"
    book = f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    sheet = f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    styles = f'<Relationship Id="r2" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    named = f'<sheets><sheet xmlns:r="{_RELATIONS}" name="TARV" sheetId="1" r:id="r1"/></sheets>'
    rows = [("Programa TARV, datos inventados",), _PE_TITLES, *_PE_ROWS]
    content = "".join(_row(number, row) for number, row in enumerate(rows, 1))
    yield "[Content_Types].xml", _part("Types", f"{_PACKAGE}/content-types", _TYPES)
    yield "_rels/.rels", _part("Relationships", relations, book)
    yield "xl/_rels/workbook.xml.rels", _part("Relationships", relations, sheet + styles)
    yield "xl/workbook.xml", _part("workbook", _SHEET, named)
    yield "xl/styles.xml", _part("styleSheet", _SHEET, _STYLES)
    yield "xl/worksheets/sheet1.xml", _part("worksheet", _SHEET, f"<sheetData>{content}</sheetData>")


def _part(element: str, namespace: str, content: str) -> str:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<{element} xmlns="{namespace}">{content}</{element}>'


def _row(number: int, cells: Sequence[Cell]) -> str:
    written = (_cell(f"{chr(ord('A') + place)}{number}", cell) for place, cell in enumerate(cells) if cell is not None)
    return f'<row r="{number}">{"".join(written)}</row>'


def _cell(name: str, cell: Cell) -> str:
    if isinstance(cell, date):
        return f'<c r="{name}" s="1"><v>{(cell - _FIRST_DAY).days}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{name}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return f'<c r="{name}"><v>{cell}</v></c>'


def write() -> None:
    """Write both tables anew."""
    CL_CSV.write_bytes(chilean_csv())
    with ZipFile(PE_EXCEL, "w", ZIP_DEFLATED) as book:
        for name, content in peruvian_excel():
            book.writestr(ZipInfo(name, _LONG_AGO), content)


if __name__ == "__main__":
    write()
