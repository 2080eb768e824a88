"""QR codes as pictures.

Source: ISO/IEC 18004; HCERT 1.1.1 (level Q); SMART Health Links (level M).
"""

from __future__ import annotations

import io

import segno

from corridor.domain.errors import TooLargeError

PACKAGE_PART = 1_800
"""Characters of a package in one QR of several: what an old phone still reads from paper."""

PACKAGE_PARTS = 24
"""More QR codes than that nobody scans; the file itself is given then."""


def qr_png(text: str, *, certificate: bool = False) -> bytes:
    """A QR as PNG; errors as for `qr_svg`."""
    out = io.BytesIO()
    _made(text, certificate=certificate).save(out, kind="png", scale=6, border=4)
    return out.getvalue()


def qr_svg(text: str, *, certificate: bool = False) -> bytes:
    """A QR as SVG.

    Args:
        text: what it carries.
        certificate: a signed code, which is corrected more strongly than a bare link.

    Raises:
        TooLargeError: more than one QR holds.
    """
    out = io.BytesIO()
    _made(text, certificate=certificate).save(out, kind="svg", border=4, omitsize=True, xmldecl=False)
    return out.getvalue()


def package_codes(content: str) -> tuple[str, ...]:
    """The texts of the QR codes that carry a package together, or nothing where it is too long for paper."""
    parts = [content[place : place + PACKAGE_PART] for place in range(0, len(content), PACKAGE_PART)]
    if len(parts) > PACKAGE_PARTS:
        return ()
    return tuple(f"CORRIDOR-PACKAGE {place}/{len(parts)} {part}" for place, part in enumerate(parts, 1))


def _made(text: str, *, certificate: bool) -> segno.QRCode:
    try:
        return segno.make_qr(text, error="q" if certificate else "m", boost_error=False)
    except segno.DataOverflowError:
        raise TooLargeError("This is too long for one QR code.") from None
