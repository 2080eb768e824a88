"""The seals of a node: data keys of people in memory, bounded, and the blind forms by which rows are found (ADR 38)."""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from corridor.domain.errors import GoneError, UnavailableError
from corridor.flows.ports.master_key import MasterKey
from corridor.storage.node.blind_words import BlindWords
from corridor.storage.node.data_keys import DataKey, DataKeys
from corridor.storage.node.held import hold
from corridor.storage.node.key_making import KeyMaking
from corridor.storage.seals import BOUND, MARK

KEY_BYTES = 32
NONCE_BYTES = 12
_BATCH = 500
"""Keys that are wrapped anew in one transaction."""

_NUMBER_BYTES = 7
_HEAD = 1 + _NUMBER_BYTES
_FRONT = _HEAD + NONCE_BYTES
_NODE, _INDEX = b"node", b"index"
"""Names of the key for what is nobody's, and of the one that blinds."""

_TAG = 11
"""Characters of a blind form that stand before a closed text."""


class KeyRing:
    """Seals on a file of data keys.

    Args:
        keys: of the node.
        master: opens what wraps them; asked once for each generation.
        next_master: that shall, where it is another one.

    Raises:
        InvalidError: the master key is not the one that wrapped these keys.
        UnavailableError: the file or the master key does not answer.
    """

    closed = True

    def __init__(self, keys: DataKeys, master: MasterKey, *, next_master: MasterKey | None = None) -> None:
        self.keys = keys
        self._master = master
        self._next = next_master or master
        self._wrapping: dict[int, AESGCM] = {}
        self._ciphers: dict[bytes, AESGCM] = {}
        self._numbers: dict[bytes, int] = {}
        self._making = KeyMaking(lambda name: self.keys.of_name(name) is not None, self._make)
        if not keys.generations():
            self._begin()
        self._index = self._opened(self._kept(_INDEX))
        self._words = BlindWords(self._index)
        self._shared = lru_cache(maxsize=4096)(self._closed_shared)
        self._name = lru_cache(maxsize=4096)(self.name_of)

    async def prepare(self, people: Iterable[str]) -> Mapping[str, int]:
        """See `Seals`."""
        if self.keys.changed():  # by another process, which may have taken a key from its person
            self._numbers.clear()
            self._ciphers.clear()
        names = {each: self._name(each) for each in people}
        await self._making.make([each for each in names.values() if each not in self._numbers])
        return {each: self._number(name) for each, name in names.items()}

    async def end(self, name: str) -> None:
        """See `Seals`."""
        number = await asyncio.to_thread(self.keys.end, self.name_of(name))
        if number is not None:
            self.forget(number)

    def seal(self, plain: bytes, person: str | None, row: bytes = b"") -> bytes:
        """See `Seals`."""
        return self._sealed(plain, self._number(self._name(person) if person else _NODE), token_bytes(12), row=row)

    def open(self, stored: bytes, row: bytes = b"") -> bytes:
        """See `Seals`."""
        if stored[0] not in {MARK, BOUND}:
            return stored
        head = stored[:_HEAD]
        cipher = self._ciphers.get(head[1:]) or self._cipher(head[1:])
        try:
            return cipher.decrypt(stored[_HEAD:_FRONT], stored[_FRONT:], head + row if head[0] == BOUND else head)
        except (InvalidTag, ValueError):
            raise UnavailableError("A stored record cannot be read.") from None

    def open_all(self, stored: Sequence[bytes], rows: Sequence[bytes]) -> Sequence[bytes]:
        """See `Seals`."""
        held = self._ciphers
        try:
            return [
                held[each[1:_HEAD]].decrypt(
                    each[_HEAD:_FRONT], each[_FRONT:], each[:_HEAD] + row if each[0] == BOUND else each[:_HEAD]
                )
                for each, row in zip(stored, rows, strict=True)
            ]
        except (KeyError, InvalidTag, ValueError):  # one is clear or damaged, or its key is not in memory
            return [*map(self.open, stored, rows)]

    def blind(self, text: str) -> str:
        """See `Seals`."""
        return self._digest(b"code", text, 16) if text else ""

    def blind_beginning(self, folded: str) -> str:
        """See `Seals`."""
        return self._words.blind(folded)

    def close_text(self, text: str, person: str | None) -> str:
        """See `Seals`."""
        return self.tag(text) + b64encode(self.seal(text.encode("utf-8", "surrogatepass"), person)).decode()

    def close_shared(self, text: str) -> str:
        """See `Seals`."""
        return self._shared(text)

    def _closed_shared(self, text: str) -> str:
        plain = text.encode("utf-8", "surrogatepass")
        # What many records say is stored once, so that it must come out alike: its nonce is made of itself.
        nonce = blake2b(plain, key=self._index, person=b"nonce", digest_size=NONCE_BYTES).digest()
        return self.tag(text) + b64encode(self._sealed(plain, self._number(_NODE), nonce)).decode()

    def tag(self, text: str) -> str:
        """See `Seals`."""
        return self._digest(b"text", text, 8)[:_TAG]

    def open_text(self, stored: str) -> str:
        """See `Seals`."""
        try:
            return self.open(b64decode(stored[_TAG:])).decode("utf-8", "surrogatepass")
        except (ValueError, IndexError):  # no base 64, or no UTF-8
            raise UnavailableError("A stored record cannot be read.") from None

    def name_of(self, person: str) -> bytes:
        """The name under which a person's key is filed."""
        return blake2b(person.encode(), key=self._index, person=b"person", digest_size=16).digest()

    def forget_person(self, person: str) -> None:
        """Drop from memory which key a person has."""
        self._numbers.pop(self.name_of(person), None)

    def forget(self, number: int) -> None:
        """Drop a key from memory."""
        self._ciphers.pop(number.to_bytes(_NUMBER_BYTES), None)
        self._numbers = {name: each for name, each in self._numbers.items() if each != number}

    def rewrap(self, advance: Callable[[int], None]) -> int:
        """Wrap every data key anew, under a key that the next master key wraps; how many were.

        Safe to stop at any instant and to repeat: it goes on with what it began. Nothing that is sealed changes.

        Args:
            advance: told of the keys of each batch.

        Raises: as the constructor.
        """
        generation, done = self._begun() or self._renew(), 0
        while batch := self.keys.wrapped_before(generation, _BATCH):
            fresh = (DataKey(each.number, generation, self._wrap(self._opened(each), generation)) for each in batch)
            self.keys.rewrap(fresh)
            done += len(batch)
            advance(len(batch))
        self.keys.forget_generations(generation)
        return done

    def _begun(self) -> int | None:
        """The generation of a rewrapping that was stopped."""
        generations = self.keys.generations()
        newest = max(generations)
        is_open = len(generations) > 1 and generations[newest][0] == self._next.name
        return newest if is_open else None

    def _renew(self) -> int:
        """Begin a new generation; its number."""
        key = token_bytes(KEY_BYTES)
        number = max(self.keys.generations(), default=0) + 1
        self.keys.add_generation(number, self._next.name, self._next.wrap(key))
        self._wrapping[number] = AESGCM(key)
        return number

    def _begin(self) -> None:
        generation = self._renew()
        fresh = [DataKey(0, generation, self._wrap(token_bytes(KEY_BYTES), generation)) for _ in range(2)]
        self.keys.add(fresh, (_NODE, _INDEX))

    def _make(self, names: Iterable[bytes]) -> None:
        generation, listed = max(self.keys.generations()), [*names]
        self.keys.add([DataKey(0, generation, self._wrap(token_bytes(KEY_BYTES), generation)) for _ in listed], listed)

    def _number(self, name: bytes) -> int:
        """The number of a name's key; remembered, as one person's records come one after another."""
        found = self._numbers.get(name)
        if found is None:
            found = self._kept(name).number
            hold(self._numbers, name, found)
        return found

    def _kept(self, name: bytes) -> DataKey:
        found = self.keys.of_name(name)
        if found is None:
            raise UnavailableError("A data key is missing.")
        return found

    def _sealed(self, plain: bytes, number: int, nonce: bytes, *, row: bytes = b"") -> bytes:
        wanted = number.to_bytes(_NUMBER_BYTES)
        cipher = self._ciphers.get(wanted) or self._cipher(wanted)
        head = (BOUND if row else MARK).to_bytes() + wanted
        return head + nonce + cipher.encrypt(nonce, plain, head + row)

    def _cipher(self, wanted: bytes) -> AESGCM:
        kept = self.keys.of_number(int.from_bytes(wanted))
        if kept is None:
            raise GoneError("What was written about this person was erased.")
        cipher = AESGCM(self._opened(kept))
        hold(self._ciphers, wanted, cipher)
        return cipher

    def _opened(self, kept: DataKey) -> bytes:
        wrapping = self._wrapping.get(kept.generation) or self._unwrapped(kept.generation)
        try:
            return wrapping.decrypt(kept.wrapped[:NONCE_BYTES], kept.wrapped[NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            raise UnavailableError("A data key is damaged.") from None

    def _unwrapped(self, generation: int) -> AESGCM:
        found = self.keys.generations().get(generation)
        if found is None:
            raise UnavailableError("A data key is damaged.")
        master = self._next if found[0] == self._next.name else self._master
        wrapping = self._wrapping[generation] = AESGCM(master.unwrap(found[1]))
        return wrapping

    def _wrap(self, key: bytes, generation: int) -> bytes:
        wrapping = self._wrapping.get(generation) or self._unwrapped(generation)
        nonce = token_bytes(NONCE_BYTES)
        return nonce + wrapping.encrypt(nonce, key, None)

    def _digest(self, use: bytes, text: str, size: int) -> str:
        plain = text.encode("utf-8", "surrogatepass")
        return urlsafe_b64encode(blake2b(plain, key=self._index, person=use, digest_size=size).digest()).decode()
