"""Files of exports and imports are read as they were written, from any place, as long as their job's key is there."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.bulk import BulkFile, Section
from corridor.domain.errors import GoneError, NotFoundError, UnavailableError
from corridor.storage.node.bulk_files import JobFolders
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.ndjson_files import NdjsonFiles
from corridor.storage.node.sealed_files import PIECE_BYTES, SealedReader, SealedWriter, job_key
from tests.sealing import read_sealed

JOB = "00000000-0000-4000-8000-000000000007"
LINE = b'{"resourceType":"Patient","name":[{"family":"Ixquiyauh"}]}'
SIZES = st.lists(st.sampled_from([0, 1, 7, 999, PIECE_BYTES - 1, PIECE_BYTES, 2 * PIECE_BYTES + 5]), max_size=4)


@pytest.fixture(autouse=True)
async def key(seals: KeyRing) -> None:
    await seals.prepare([job_key(JOB)])


def written(path: Path, seals: KeyRing, sizes: list[int]) -> bytes:
    """What was written in so many goes, each certain before the next."""
    parts = [bytes([number % 251]) * size for number, size in enumerate(sizes, 1)]
    path.unlink(missing_ok=True)
    for part in parts:
        with path.open("ab") as file:
            writer = SealedWriter(file, seals, job_key(JOB))
            writer.write(part)
            writer.flush()
    path.touch()
    return b"".join(parts)


@given(sizes=SIZES, place=st.floats(0, 1), length=st.sampled_from([0, 1, 10, PIECE_BYTES, 5 * PIECE_BYTES]))
async def test_any_part_is_read_as_it_was_written(
    sizes: list[int], place: float, length: int, seals: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.ndjson"
    whole = written(path, seals, sizes)
    start = int(place * len(whole))
    with io.BufferedReader(SealedReader(path, seals), 1000) as reader:
        reader.seek(start)
        assert reader.read(length) == whole[start : start + length]
        assert reader.tell() == min(start + length, len(whole))
    assert read_sealed(path, seals) == whole


def test_lines_stand_in_the_file_sealed_alone(seals: KeyRing, tmp_path: Path) -> None:
    files: tuple[BulkFile, ...] = ()
    for _ in range(2):
        with NdjsonFiles(tmp_path, files, seals=seals, key=job_key(JOB)) as going:
            going.add(Section.OUTPUT, "Patient", [LINE] * 3)
            files = going.settled()
    path = tmp_path / "Patient.ndjson"
    assert (files[0].count, files[0].size_bytes) == (6, path.stat().st_size)
    assert read_sealed(path, seals).splitlines() == [LINE] * 6
    assert b"quiyauh" not in path.read_bytes()


async def test_when_a_job_is_over_copies_of_its_files_open_no_more(seals: KeyRing, tmp_path: Path) -> None:
    folders = JobFolders(tmp_path, None, seals=seals, max_bytes=10**6)
    (tmp_path / JOB).mkdir()
    written(tmp_path / JOB / "Patient.ndjson", seals, [5000])
    copy = tmp_path / "copy"
    copy.write_bytes((tmp_path / JOB / "Patient.ndjson").read_bytes())
    content = await folders.open(JOB, "Patient.ndjson")
    assert content.size_bytes == len(b"".join([part async for part in content.parts(0, 5000)])) == 5000
    await folders.remove(JOB)
    with pytest.raises(GoneError):
        read_sealed(copy, seals)
    with pytest.raises(NotFoundError):
        await folders.open(JOB, "Patient.ndjson")


@pytest.mark.parametrize("lost", [1, 100, 4990])
def test_a_damaged_file_is_no_file(seals: KeyRing, tmp_path: Path, lost: int) -> None:
    path = tmp_path / "Patient.ndjson"
    written(path, seals, [5000])
    path.write_bytes(path.read_bytes()[:-lost])
    with pytest.raises(UnavailableError):
        read_sealed(path, seals)
    written(path, seals, [5000])
    content = bytearray(path.read_bytes())
    content[-lost] ^= 1
    path.write_bytes(content)
    with pytest.raises(UnavailableError):
        read_sealed(path, seals)
