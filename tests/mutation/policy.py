"""The files that the policy is made of, and the suites that have to notice a mistake in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """Files that the same suites look after.

    Attributes:
        modules: below `src/corridor`, without their ending.
        suites: below `tests`, those first that notice most in the least time.
        by_table: whether the published cases are put first.
    """

    modules: tuple[str, ...]
    suites: tuple[str, ...]
    by_table: bool = False

    @property
    def rounds(self) -> Iterator[list[str]]:
        """What pytest is told, in order: only the acts have fixtures of their own, the rest starts at once."""
        acts = [f"tests/{each}" for each in self.suites if each.startswith("flows/")]
        rules = [f"tests/{each}" for each in self.suites if not each.startswith("flows/")]
        if rules:
            yield ["--noconftest", *rules]
        if acts:
            yield acts


POLICY = (
    # What a person's consents come to, federation policy in it: purposes that no consent can permit.
    Part(
        tuple(
            f"domain/{name}"
            for name in ("consent", "rule", "decision", "period", "purpose", "ask", "provision", "category")
        ),
        (
            "domain/test_purpose.py",
            "domain/test_period.py",
            "domain/test_rule.py",
            "domain/test_consent_edges.py",
            "domain/test_consent.py",
            "apps/test_consent_cases.py",
            "domain/test_consent_cedar.py",
        ),
        by_table=True,
    ),
    # The normal form: how a Consent is read, and what is refused at write.
    Part(
        ("fhir/consent", "fhir/provision", "fhir/consent_actors"),
        ("fhir/test_consent_refusals.py", "fhir/test_consent.py"),
        by_table=True,
    ),
    # Labels at write, by value sets, and what never leaves, references to it included.
    Part(
        ("fhir/categories", "fhir/sensitivity", "fhir/origin", "fhir/left_out"),
        ("fhir/test_origin.py", "fhir/test_left_out.py", "fhir/test_categories.py", "fhir/test_sensitivity.py"),
    ),
    # Residual filters: of what is permitted, the records that go.
    Part(("flows/select_rows", "domain/taken_along"), ("flows/test_select_rows.py", "domain/test_taken_along.py")),
    # The glass is broken over an absence, never over a denial; the holder decides again.
    Part(
        ("domain/emergency", "domain/denials", "flows/weigh_consent"),
        (
            "domain/test_emergency.py",
            "domain/test_emergency_cedar.py",
            "domain/test_denials.py",
            "flows/test_weigh_consent.py",
            "flows/test_break_glass.py",
        ),
    ),
    # Whether a copy may still be shown.
    Part(("domain/lease", "flows/weigh_lease", "flows/renew_lease"), ("flows/test_leases.py",)),
)

MODULES = tuple(module for part in POLICY for module in part.modules)


def part_of(module: str) -> Part:
    """The part that a file belongs to."""
    return next(part for part in POLICY if module in part.modules)


def path_of(module: str, source: Path) -> Path:
    """The file, in a copy of `src`."""
    return source / "corridor" / f"{module}.py"
