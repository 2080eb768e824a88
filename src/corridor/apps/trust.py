"""By what a process of ours takes the federation's manifest for true."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from corridor.apps.clock import SystemClock
from corridor.apps.settings import HubSettings, NodeSettings
from corridor.domain.directory import Federation
from corridor.domain.manifest import changes
from corridor.keys.journal import KeyJournal
from corridor.keys.manifest import digest, signed_by
from corridor.keys.public_part import is_certified
from corridor.remote.directory import Trust, known_version

MANIFEST = "manifest.json"
"""Beside the keys: the newest version that was accepted, which no older file replaces."""


def trust_of(settings: NodeSettings | HubSettings) -> Trust:
    """The trust of a node or of the hub; a node puts each version on record, and knows ceremonies."""
    folder = Path(settings.keys)
    if isinstance(settings, HubSettings):
        return Trust(signed_by, digest, kept=folder / MANIFEST)
    certified, told = partial(is_certified, folder), partial(_put_on_record, journal=KeyJournal(folder))
    return Trust(signed_by, digest, kept=folder / MANIFEST, certified=certified, told=told)


def known_federation(settings: NodeSettings | HubSettings) -> Federation:
    """The newest manifest that may be trusted here.

    Raises:
        InvalidError: a file cannot be read or holds no manifest.
        ForbiddenError: the pinned file does not follow from what is known.
    """
    return known_version(Path(settings.federation), trust_of(settings), SystemClock().now()).federation


def _put_on_record(old: Federation, new: Federation, digest: str, *, journal: KeyJournal) -> None:
    """What changed enters the log of this node."""
    journal.note("manifest", {"version": new.version, "digest": digest, "changes": [*changes(old, new)]})
