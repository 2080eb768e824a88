"""Another health system of the region asks for a person's summary as a document."""

from __future__ import annotations

from corridor.domain.asking import Asking
from corridor.domain.errors import NotFoundError
from corridor.domain.purpose import Purpose
from corridor.domain.record import Record
from corridor.domain.taken_along import permitted
from corridor.flows.permit_summary import ShareDesk, permit_summary
from corridor.flows.summarise_patient import summarise_patient


async def share_summary(
    asking: Asking, patient_id: str, purpose: Purpose | None, *, desk: ShareDesk
) -> tuple[Record, ...]:
    """What the summary is made of: the person first, then what their consents permit; decided anew, and on record.

    Raises:
        ForbiddenError: the role or the purpose is none for this; audited.
        NotFoundError: nobody of that id, or nothing may be shared; both alike.

    Source: IHE MHD ITI-68; IHE PCF.
    """
    permit = await permit_summary(asking, patient_id, purpose, desk=desk)
    if permit is None:
        raise NotFoundError("There is nothing at this address.")
    records = await summarise_patient(asking, patient_id, desk=desk.summaries)
    return permitted(records, permit, categories=desk.categories)
