# ruff: noqa: INP001 -- a script that stands alone beside the profiles, never imported
"""Makes src/corridor/fhir/definitions/units.json: the units of R4's value set of common UCUM units in base units.

Development only; the result is committed. `PATH/TO/package` is the one of `generate_definitions.py`:

    python profiles/generate_units.py PATH/TO/package
"""

from __future__ import annotations

import json
import sys
from dataclasses import astuple
from pathlib import Path

from corridor.fhir.units import compute

TARGET = Path(__file__).parents[1] / "src" / "corridor" / "fhir" / "definitions" / "units.json"
META = {
    "source": "codes: hl7.fhir.r4.core 4.0.1, ValueSet/ucum-common; values: UCUM through ucumvert",
    "licence": "CC0-1.0; UCUM: https://ucum.org/license",
    "generator": "profiles/generate_units.py",
}
MORE = ("1", "/mL", "/mm3", "10*3/mm3", "10*6/L", "10*9/L", "10*12/L", "[IU]/mL", "{copies}/mL", "{log_copies}/mL")
"""Units of HIV care and parts of others that the value set does not list."""


def main(package: Path) -> None:
    """Write the table."""
    value_set = json.loads((package / "ValueSet-ucum-common.json").read_bytes())
    codes = {each["code"] for each in value_set["compose"]["include"][0]["concept"]} | {*MORE}
    scales = {code: found for code in sorted(codes) if (found := compute(code))}
    rows = {"meta": META, **{code: astuple(each) for code, each in scales.items()}}
    lines = [f" {json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}" for name, row in rows.items()]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
