"""One write at the national base, alone: conditions are looked up in the unit that writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.change import Change
from corridor.domain.errors import InvalidError
from corridor.domain.record import Record
from corridor.fhir.placing import Matches
from corridor.fhir.prerequisites import Asked, Wanted, check_condition, prerequisites
from corridor.fhir.search import read_search
from corridor.fhir.submission import Entry
from corridor.fhir.transaction import Action, Origin, act
from corridor.flows.store_on_condition import Condition
from corridor.node.asked import for_log
from corridor.node.national import National
from corridor.node.tags import held_version, must_be_absent

INTERACTIONS = {
    "POST": Interaction.CREATE,
    "PUT": Interaction.UPDATE,
    "PATCH": Interaction.PATCH,
    "DELETE": Interaction.DELETE,
}


@dataclass(frozen=True, slots=True)
class Done:
    """A write that was carried out.

    Attributes:
        record: the version written, or what a conditional create found; None where a delete found nothing living.
    """

    action: Action
    record: Record | None


async def carry_out(who: Asking, entry: Entry, national: National, *, bundled: bool = False) -> Done:
    """Carry out one write for itself.

    Args:
        who: asks for it.
        entry: the write.
        national: the base.
        bundled: it stands in a batch: a link to another entry is refused.

    Raises:
        CorridorError: why it was not carried out; nothing was written.

    Source: https://hl7.org/fhir/R4/http.html#ccreate
    """
    interaction, origin = INTERACTIONS[entry.method], origin_of(national)
    wanted = prerequisites([entry], bundled=bundled)
    if not wanted:
        action = act(entry, origin, closed=bundled)
        (record,) = await national.store_records(who, changes([action]), interaction=interaction)
        return Done(action, record)
    settled: list[Action] = []

    def settle(found: Sequence[Matches]) -> Sequence[Change]:
        settled.append(act(entry, origin, found=_by_name(wanted, found), closed=bundled))
        return changes(settled)

    looked = conditions(wanted, national, needs=interaction, most=2)
    records = await national.store_on_condition(who, looked, settle, interaction=interaction)
    return Done(settled[0], records[0] if records else settled[0].record if settled[0].exists else None)


def origin_of(national: National) -> Origin:
    """Where what is written at a base comes from."""
    return Origin(national.source, national.zone, base=national.base_url)


def changes(actions: Iterable[Action]) -> list[Change]:
    """What the actions change; those that only find or read change nothing.

    Raises:
        InvalidError: a version tag is none.
    """
    return [_change(action) for action in actions if action.writes]


def _change(action: Action) -> Change:
    version, living = held_version(action.entry.if_match)
    absent = must_be_absent(action.entry.if_none_match) if action.method == "PUT" else None
    return Change(
        action.resource_type,
        action.id,
        action.draft,
        if_version=version,
        create=action.creates,
        if_living=living if absent is None else absent,
    )


def conditions(wanted: Iterable[Wanted], national: National, *, needs: Interaction, most: int) -> list[Condition]:
    """The searches to make, as strict as can be: what is not understood must not widen what is found.

    Args:
        wanted: what is to be looked up.
        national: the base.
        needs: the right that acting on what is found takes.
        most: so many matches have to be known of; two say that there are several.

    Raises:
        InvalidError: a condition names nothing that it looks for.
        UnsupportedError: it names what is not known.
    """
    return [
        _condition(each.asked, national, needs=Interaction.DELETE if each.deletes else needs, most=most)
        for each in wanted
    ]


def _condition(asked: Asked, national: National, *, needs: Interaction, most: int) -> Condition:
    resource_type, text = asked
    pairs = parse_qsl(text, keep_blank_values=True)
    check_condition(name for name, _ in pairs)
    page = [("_count", str(most)), ("_total", "none")]
    read = read_search(resource_type, [*pairs, *page], strict=True, zone=national.zone, base=national.base_url)
    if not read.query.criteria:
        raise InvalidError("A condition names what it looks for.")
    return Condition(read.query, for_log(pairs, national.hide), needs)


def _by_name(wanted: Iterable[Wanted], found: Iterable[Matches]) -> dict[Asked, Matches]:
    return {each.asked: matches for each, matches in zip(wanted, found, strict=True)}
