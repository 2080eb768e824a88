from __future__ import annotations

from itertools import product

import pytest

from corridor.domain.access import POLICY, Interaction, check_access, check_card_care
from corridor.domain.errors import ForbiddenError
from corridor.domain.principal import Principal, Role

READING = {
    Interaction.READ,
    Interaction.VREAD,
    Interaction.SEARCH,
    Interaction.HISTORY_INSTANCE,
    Interaction.HISTORY_TYPE,
}
WHOLE = {Interaction.EVERYTHING, Interaction.SUMMARY, Interaction.LASTN, Interaction.HISTORY_SYSTEM}
BEDSIDE = {Interaction.PULL, Interaction.BREAK_GLASS, Interaction.SAVE}
WRITING = {Interaction.CREATE, Interaction.UPDATE, Interaction.PATCH, Interaction.TRANSACTION}


def may(role: Role, interaction: Interaction, resource_type: str) -> bool:
    try:
        check_access(Principal("account", role, "0" * 32), interaction, resource_type)
    except ForbiddenError:
        return False
    return True


def allowed(role: Role, resource_type: str) -> set[Interaction]:
    return {each for each in Interaction if may(role, each, resource_type)}


def test_a_clinician_reads_writes_matches_and_pulls_and_deletes_nothing() -> None:
    assert allowed(Role.CLINICIAN, "Patient") == READING | WHOLE | WRITING | BEDSIDE | {Interaction.MATCH}


def test_a_programme_does_everything_at_home_and_pulls_nothing_from_abroad() -> None:
    assert allowed(Role.PROGRAMME, "Patient") == set(Interaction) - BEDSIDE - {Interaction.REVIEW}


def test_an_auditor_reads_the_audit_takes_second_looks_and_does_nothing_else() -> None:
    assert allowed(Role.AUDITOR, "AuditEvent") == READING | {Interaction.REVIEW}
    assert allowed(Role.AUDITOR, "Patient") == set()


def test_data_protection_reads_the_audit_and_neither_judges_nor_sees_anything_clinical() -> None:
    assert allowed(Role.DATA_PROTECTION, "AuditEvent") == READING
    for resource_type in ("Patient", "Observation", "MedicationStatement", "Consent", "Subscription", "Provenance"):
        assert allowed(Role.DATA_PROTECTION, resource_type) == set()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDITOR, Role.DATA_PROTECTION}))
def test_nobody_else_reads_or_writes_the_audit(role: Role) -> None:
    assert allowed(role, "AuditEvent") == set()


def test_the_programme_alone_says_where_changes_are_told() -> None:
    assert {role for role in Role if allowed(role, "Subscription")} == {Role.PROGRAMME}


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.COORDINATOR])
def test_who_runs_the_machines_or_the_federation_sees_no_record(role: Role) -> None:
    assert allowed(role, "Patient") == set()


def test_an_operator_alone_looks_after_cards() -> None:
    check_card_care(Principal("account", Role.OPERATOR, "0" * 32))
    for role in set(Role) - {Role.OPERATOR}:
        with pytest.raises(ForbiddenError):
            check_card_care(Principal("account", role, "0" * 32))


def test_every_role_has_its_rights_written_down() -> None:
    assert set(POLICY) == set(Role)


def test_a_refusal_says_the_same_whatever_was_refused() -> None:
    messages = set()
    for role, interaction, resource_type in product(Role, Interaction, ("Patient", "AuditEvent")):
        try:
            check_access(Principal("account", role, "0" * 32), interaction, resource_type)
        except ForbiddenError as error:
            messages.add(error.message)
    assert len(messages) == 1
