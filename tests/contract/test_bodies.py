"""Bodies of records leave out what their row says, and open beside no other row."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from corridor.domain.errors import UnavailableError
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.tables import record
from corridor.storage.seals import BOUND, MARK
from tests.contract.conftest import sql_stores
from tests.contract.samples import NOW, patient, viral_load
from tests.sealing import ring_in

OWN, PATIENT = "01941f29-9907-7c2c-89b5-90dda0c02011", "01941f29-9905-7bb4-8315-f850a61ca821"
BODY = orjson.dumps({"resourceType": "Observation", "id": OWN, "subject": {"reference": f"Patient/{PATIENT}"}})
FHIR_ID = st.from_regex(r"[A-Za-z0-9\-.]{1,64}", fullmatch=True)
ids = st.one_of(FHIR_ID, st.sampled_from(["a", "id", "resourceType", OWN, PATIENT, PATIENT[:8]]))
texts = st.one_of(st.text(), st.sampled_from(["\x00\x01\x02", f"{OWN}{PATIENT}{OWN}"]))


@given(id=ids, patient_id=st.one_of(st.none(), ids), words=st.lists(texts, max_size=4))
def test_any_body_comes_back_byte_for_byte(id: str, patient_id: str | None, words: list[str]) -> None:
    said = [text.encode("utf-8", "replace").decode() for text in words]
    resource = {"id": id, "subject": {"reference": f"Patient/{patient_id}"}, "note": [{"text": text} for text in said]}
    body = orjson.dumps(resource)
    packed = bodies.pack_record(body, id=id, patient_id=patient_id)
    assert bodies.unpack_record(packed, id=id, patient_id=patient_id) == body


def test_ids_that_the_row_says_take_no_room() -> None:
    longer, shorter = bodies.pack(BODY), bodies.pack_record(BODY, id=OWN, patient_id=PATIENT)
    assert len(shorter) < len(longer) - 30
    assert OWN.encode() not in bodies.unpack(shorter)


async def test_a_body_opens_beside_its_own_row_alone(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    await ring.prepare([PATIENT])
    sealed = bodies.pack_record(BODY, id=OWN, patient_id=PATIENT, seals=ring)
    assert sealed[0] == BOUND
    assert bodies.unpack_record(sealed, ring, id=OWN, patient_id=PATIENT) == BODY
    unbound = bytes([MARK]) + sealed[1:]
    rows = [(sealed, "o2", PATIENT), (sealed, OWN, "p2"), (sealed, OWN, None), (unbound, OWN, PATIENT)]
    for packed, own, patient_id in rows:
        with pytest.raises(UnavailableError):
            bodies.unpack_record(packed, ring, id=own, patient_id=patient_id)
        with pytest.raises(UnavailableError):
            bodies.unpack_records([sealed, packed], ring, ids=[OWN, own], patients=[PATIENT, patient_id])


async def test_bodies_of_every_release_are_read_side_by_side(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    await ring.prepare([PATIENT])
    clear, sealed = bodies.pack(BODY), bodies.pack(BODY, ring, PATIENT)
    packed = [clear, sealed, bodies.pack_record(BODY, id=OWN, patient_id=PATIENT, seals=ring)]
    assert bodies.unpack_records(packed, ring, ids=[OWN] * 3, patients=[PATIENT] * 3) == [BODY] * 3
    for each in packed:
        assert bodies.unpack_record(each, ring, id=OWN, patient_id=PATIENT) == BODY
        assert bodies.unpacker(ring)(each, OWN, PATIENT) == BODY


async def test_a_result_that_is_moved_to_another_person_cannot_be_read(database: Database) -> None:
    stores = sql_stores(database)
    async with stores.units.begin() as unit:
        results = [viral_load(each, of="p1", on="2024-02-01") for each in ("v1", "v2")]
        await unit.write([patient("p1"), patient("p2"), *results], at=NOW)
    async with database.write() as connection:
        wanted = select(record.c.body).where(record.c.id.in_(("v1", "v2"))).order_by(record.c.id)
        first, second = (await connection.execute(wanted)).scalars()
        await connection.execute(update(record).where(record.c.id == "v1").values(body=second))
        await connection.execute(update(record).where(record.c.id == "v2").values(body=first, patient_id="p2"))
    for each in ("v1", "v2"):
        with pytest.raises(UnavailableError):
            await stores.records.read("Observation", each)
    await stores.records.close()


async def test_what_may_cross_opens_beside_its_own_record_and_categories_alone(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    await ring.prepare([PATIENT])
    names = {"id": OWN, "patient_id": PATIENT, "category": "laboratory sexuality"}
    packed = bodies.pack_projection(BODY, ring, **names)
    assert bodies.unpack_projection({**names, "template": packed}, ring) == BODY
    for other in ({"id": "o2"}, {"patient_id": "p2"}, {"category": "laboratory"}, {"category": ""}):
        with pytest.raises(UnavailableError):
            bodies.unpack_projection({**names, **other, "template": packed}, ring)
    whole = bodies.pack_record(BODY, id=OWN, patient_id=PATIENT, seals=ring)
    with pytest.raises(UnavailableError):
        bodies.unpack_projection({**names, "template": whole}, ring)


async def test_what_may_cross_for_everybody_is_nobodys(tmp_path: Path) -> None:
    ring = ring_in(tmp_path)
    packed = bodies.pack_projection(b"{}", ring, id="m1", patient_id=None, category="medication")
    stored = {"id": "m1", "patient_id": "", "category": "medication", "template": packed}
    assert bodies.unpack_projection(stored, ring) == b"{}"
