from __future__ import annotations

import dataclasses

import pytest

from corridor.domain.principal import Principal, Role


def test_rights_follow_from_the_role_and_who_signed_in_cannot_change_it() -> None:
    principal = Principal("rosa", Role.CLINICIAN, "0" * 32)
    with pytest.raises(dataclasses.FrozenInstanceError):
        principal.role = Role.PROGRAMME  # type: ignore[misc]  # that it cannot be set is the point


def test_the_roles_are_written_as_configurations_have_them() -> None:
    assert [str(role) for role in Role] == [
        "clinician",
        "programme",
        "data-protection",
        "auditor",
        "operator",
        "coordinator",
    ]


def test_an_unknown_role_is_no_role() -> None:
    with pytest.raises(ValueError, match="admin"):
        Role("admin")
