"""What the pages of health links need of a node, put together from its acts."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from corridor.apps.node_links import LinkWork
from corridor.apps.node_pages import NodePages
from corridor.domain.asking import Asking
from corridor.domain.link import Package
from corridor.domain.link_secrets import drawn_code
from corridor.domain.secret import Secret
from corridor.domain.trace import Trace
from corridor.flows.list_links import list_links
from corridor.flows.make_link import make_link
from corridor.flows.make_package import make_package
from corridor.flows.read_link import read_link
from corridor.flows.revoke_link import revoke_link
from corridor.flows.take_back_link import take_back_link
from corridor.flows.withdraw_by_code import withdraw_by_code
from corridor.keys.qr import package_codes, qr_svg
from corridor.keys.scan import scan_image
from corridor.web.links.desk import LinksDesk

_PASSCODE_GROUPS = 2
"""Ten letters and digits: 49 bits behind ten tries."""


def link_pages(pages: NodePages, work: LinkWork) -> LinksDesk:
    """The desk that the pages are hung on."""

    async def package(asking: Asking, patient_id: str, *, until: datetime, language: str) -> Package:
        return await make_package(asking, patient_id, until=until, language=language, desk=work.make)

    async def by_code(code: Secret, trace: Trace, request_id: str) -> bool:
        return await take_back_link(code, trace=trace, request_id=request_id, desk=work.revoke)

    async def everything(code: Secret, trace: Trace, request_id: str) -> bool:
        return await withdraw_by_code(code, trace=trace, request_id=request_id, desk=work.revoke)

    return LinksDesk(
        person=pages.person,
        make_link=partial(make_link, desk=work.make),
        make_package=package,
        list_links=partial(list_links, desk=work.revoke),
        revoke_link=partial(revoke_link, desk=work.revoke),
        revoke_by_code=by_code,
        withdraw_by_code=everything,
        read_link=partial(read_link, desk=work.read),
        drawn_passcode=partial(drawn_code, _PASSCODE_GROUPS),
        picture=_picture,
        package_codes=package_codes,
        scan_image=scan_image,
        origins=work.read.foreign.origins,
        now=work.read.clock.now,
    )


def _picture(text: str) -> bytes:
    return qr_svg(text, certificate=text.startswith("HC1:"))
