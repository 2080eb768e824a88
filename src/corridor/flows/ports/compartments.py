"""Everything that a node holds about one patient."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.compartment import CompartmentQuery
from corridor.flows.ports.records import Page


class Compartments(Protocol):
    """The compartment of a patient, read only."""

    async def everything(self, patient_id: str, wanted: CompartmentQuery) -> Page:
        """One page: the Patient first, then its resources, and in `included` what they refer to outside of it.

        Paging neither loses nor repeats an entry, whatever is written meanwhile.

        Raises:
            InvalidError: the cursor is not one of ours.
        """
