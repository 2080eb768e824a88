"""Free words that stand beside the records: an emergency's, a clinician's statement, a label (ADR 38).

Each is sealed under the key of the person whom it is about, and goes with them. Nothing is found by such words.
"""

from __future__ import annotations

from base64 import b64decode, b64encode

from corridor.domain.errors import GoneError, UnavailableError
from corridor.storage.seals import Seals


async def sealed_words(seals: Seals, words: str, about: str | None) -> str:
    """The words as they are stored; none stay none.

    Args:
        seals: of the database.
        words: as they were written.
        about: id of the person; None where they are about nobody.

    Raises:
        UnavailableError: the person's key cannot be made.
    """
    if not words or not seals.closed:
        return words
    if about is not None:
        await seals.prepare([about])
    return b64encode(seals.seal(words.encode("utf-8", "surrogatepass"), about)).decode()


def opened_words(seals: Seals, stored: str) -> str:
    """The words as they were written; none where whom they were about was erased.

    Raises:
        UnavailableError: the row is damaged.
    """
    if not stored or not seals.closed:
        return stored
    try:
        return seals.open(b64decode(stored, validate=True)).decode("utf-8", "surrogatepass")
    except GoneError:
        return ""
    except (ValueError, IndexError):  # no base 64, or no UTF-8
        raise UnavailableError("A stored text cannot be read.") from None
