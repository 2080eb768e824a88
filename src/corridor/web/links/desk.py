"""What the pages of health links need: the acts, ready to be called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corridor.domain.asking import Asking
from corridor.domain.link import LinkTerms, MadeLink, Package
from corridor.domain.secret import Secret
from corridor.domain.trace import Trace
from corridor.flows.list_links import LinkRow
from corridor.flows.read_link import Received
from corridor.web.clinician.desk import PersonRow


class MakePackage(Protocol):
    """`make_package` with its desk."""

    def __call__(self, asking: Asking, patient_id: str, *, until: datetime, language: str) -> Awaitable[Package]:
        """A file that opens without network."""


@dataclass(frozen=True, slots=True)
class LinksDesk:
    """The acts behind the pages; each checks access and writes its own audit.

    Attributes:
        person: one of the national register, or None.
        make_link: a link; `make_package`: a file that opens without network, until then, in a language.
        list_links: every link of a person with who opened it.
        revoke_link: end a link of a person.
        revoke_by_code: end the link of a revocation code; False where there is none.
        withdraw_by_code: take back every consent of the person of a revocation code; False where there is none.
        read_link: open what a person brings along.
        drawn_passcode: a passcode that nobody chose.
        picture: a QR as SVG.
        package_codes: the texts of the QR codes that carry a package, none where it is too long.
        scan_image: the texts of the QR codes in a picture.
        origins: nodes whose links may be opened here.
        now: aware UTC.
    """

    person: Callable[[Asking, str], Awaitable[PersonRow | None]]
    make_link: Callable[[Asking, str, LinkTerms], Awaitable[MadeLink]]
    make_package: MakePackage
    list_links: Callable[[Asking, str], Awaitable[Sequence[LinkRow]]]
    revoke_link: Callable[[Asking, str, str], Awaitable[None]]
    revoke_by_code: Callable[[Secret, Trace, str], Awaitable[bool]]
    withdraw_by_code: Callable[[Secret, Trace, str], Awaitable[bool]]
    read_link: Callable[[Asking, str, Secret | None], Awaitable[Received]]
    drawn_passcode: Callable[[], Secret]
    picture: Callable[[str], bytes]
    package_codes: Callable[[str], Sequence[str]]
    scan_image: Callable[[bytes], str]
    origins: Callable[[], Sequence[str]]
    now: Callable[[], datetime]
