"""Reading QR codes from a photograph or a scan; the libraries for it are loaded when somebody brings one."""

from __future__ import annotations

import io

from corridor.domain.errors import InvalidError, TooLargeError

MOST_PIXELS = 30_000_000
"""Of a picture: what a phone takes. A small file can claim to be a huge picture."""

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_LONGEST_SIDE = 3_000


def scan_image(content: bytes) -> str:
    """The texts of the QR codes in a picture, one a line.

    Raises:
        InvalidError: not a picture, or none of it is a QR code.
        TooLargeError: more pixels than are looked at.
    """
    import zxingcpp  # noqa: PLC0415  # only where somebody brings a picture
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  # only where somebody brings a picture

    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise TooLargeError("The picture is larger than is looked at here.")
            image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            grey = image.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise InvalidError("The picture cannot be read.") from None
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    texts = [each.text for each in found if each.text]
    if not texts:
        raise InvalidError("There is no code in this picture that can be read.")
    return "\n".join(texts)
