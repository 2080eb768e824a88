"""Stored bytes, compressed one by one with a dictionary that was trained on real resources.

Every compressed body names its dictionary, so rows of different releases lie side by side. A record's body leaves out
the ids that stand in its row anyway, its own and its patient's: nothing of them can be compressed (ADR 49).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

import zstandard

from corridor.domain.errors import UnavailableError
from corridor.storage.seals import CLEAR, Seals
from corridor.storage.statements import Row

LEVEL = 3
NEWEST = 1
"""Number of the dictionary that is written with; every older one stays in the package to be read with."""


def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    content = files("corridor.storage.node").joinpath(f"bodies-{number}.dictionary").read_bytes()
    return zstandard.ZstdCompressionDict(content)


_DICTIONARIES = {number: _dictionary(number) for number in range(1, NEWEST + 1)}
_DICTIONARIES[NEWEST].precompute_compress(level=LEVEL)
_PACKER = zstandard.ZstdCompressor(level=LEVEL, dict_data=_DICTIONARIES[NEWEST], write_checksum=True)
_PACKER_TO_SEAL = zstandard.ZstdCompressor(level=LEVEL, dict_data=_DICTIONARIES[NEWEST])
"""A seal tells better than a checksum whether anything was damaged."""


Unpackers = Mapping[int, zstandard.ZstdDecompressor]


def _unpackers() -> Unpackers:
    return {number: zstandard.ZstdDecompressor(dict_data=each) for number, each in _DICTIONARIES.items()}


_UNPACKERS = _unpackers()


_ID, _PATIENT = b"\x01", b"\x02"
"""Stand where a record's id and its patient's were; JSON holds neither."""


def pack(body: bytes, seals: Seals = CLEAR, person: str | None = None) -> bytes:
    """The bytes as they are stored: packed, then sealed under the person's key."""
    packer = _PACKER_TO_SEAL if seals.closed else _PACKER
    return seals.seal(packer.compress(body), person)


def unpack(packed: bytes, seals: Seals = CLEAR) -> bytes:
    """The bytes as they were before `pack`.

    Raises:
        UnavailableError: the row is damaged, or was written by a later release.
        GoneError: the person was erased.
    """
    return _unpacked(_UNPACKERS, seals.open(packed))


def pack_record(body: bytes, *, id: str, patient_id: str | None, seals: Seals = CLEAR) -> bytes:
    """A record's body as it is stored: its ids left out, packed, and sealed to its row under its patient's key.

    Args:
        body: JSON, as it is given out.
        id: of the record.
        patient_id: in whose record it is, or None.
        seals: of the node.
    """
    return _packed(body, seals, _names(id, patient_id))


def unpack_record(packed: bytes, seals: Seals = CLEAR, *, id: str, patient_id: str | None) -> bytes:
    """A record's body as it was, byte for byte; also one of a release that left nothing out.

    Raises: as `unpack`; a body that belongs to another row counts as damaged.
    """
    names = _names(id, patient_id)
    return _filled(_unpacked(_UNPACKERS, seals.open(packed, b"/".join(names))), names)


def unpack_row(row: Row, seals: Seals) -> bytes:
    """As `unpack_record`, of a row with its `body`, `id` and `patient_id`."""
    return unpack_record(row["body"], seals, id=row["id"], patient_id=row["patient_id"])


def unpack_records(
    packed: Sequence[bytes], seals: Seals, *, ids: Sequence[str], patients: Sequence[str | None]
) -> list[bytes]:
    """As `unpack_record`, for many at once.

    Raises: as `unpack_record`.
    """
    names = [(own.encode(), patient.encode() if patient else b"") for own, patient in zip(ids, patients, strict=True)]
    opened = seals.open_all(packed, [b"%b/%b" % each for each in names])
    decompress = _UNPACKERS[NEWEST].decompress
    try:
        left = [*map(decompress, opened)]
    except zstandard.ZstdError:  # one is of an older release, or no body at all
        left = [_unpacked(_UNPACKERS, each) for each in opened]
    return [each.replace(_ID, own).replace(_PATIENT, patient) for each, (own, patient) in zip(left, names, strict=True)]


def unpacker(seals: Seals) -> Callable[[bytes, str, str | None], bytes]:
    """An `unpack_record` for another thread: what decompresses serves one thread at a time."""
    unpackers = _unpackers()

    def unpack_one(packed: bytes, id: str, patient_id: str | None) -> bytes:
        names = _names(id, patient_id)
        return _filled(_unpacked(unpackers, seals.open(packed, b"/".join(names))), names)

    return unpack_one


def pack_projection(template: bytes, seals: Seals, *, id: str, patient_id: str | None, category: str) -> bytes:
    """What of a record may cross a border, as it is stored: as `pack_record`, and sealed to the categories beside it.

    Args:
        template: of the record.
        seals: of the node.
        id: of the record.
        patient_id: in whose record it is, or None.
        category: as the row says it; a consent is held against it.
    """
    return _packed(template, seals, _names(id, patient_id), category.encode())


def unpack_projection(row: Row, seals: Seals) -> bytes:
    """What of a record may cross, as it was: of a row with its `template`, `category`, `id` and `patient_id`.

    Raises: as `unpack_record`.
    """
    names = _names(row["id"], row["patient_id"])
    opened = seals.open(row["template"], b"/".join((*names, row["category"].encode())))
    return _filled(_unpacked(_UNPACKERS, opened), names)


def _packed(body: bytes, seals: Seals, names: tuple[bytes, bytes], *beside: bytes) -> bytes:
    """The bytes without these names, packed and sealed to them and to what else stands beside."""
    own, patient = names
    left = body.replace(own, _ID)
    if patient:
        left = left.replace(patient, _PATIENT)
    packer = _PACKER_TO_SEAL if seals.closed else _PACKER
    return seals.seal(packer.compress(left), patient.decode() or None, b"/".join((*names, *beside)))


def _names(id: str, patient_id: str | None) -> tuple[bytes, bytes]:
    return id.encode(), patient_id.encode() if patient_id else b""


def _filled(left: bytes, names: tuple[bytes, bytes]) -> bytes:
    """A body with its ids where they were."""
    return left.replace(_ID, names[0]).replace(_PATIENT, names[1])


def _unpacked(unpackers: Unpackers, packed: bytes) -> bytes:
    try:
        body: bytes = unpackers[NEWEST].decompress(packed)
    except zstandard.ZstdError:  # of an older release, or no body at all
        return _of_its_own(unpackers, packed)
    return body


def _of_its_own(unpackers: Unpackers, packed: bytes) -> bytes:
    try:
        number = zstandard.get_frame_parameters(packed).dict_id
        body: bytes = unpackers[number].decompress(packed)
    except (zstandard.ZstdError, KeyError):
        raise UnavailableError("A stored record cannot be read.") from None
    return body
