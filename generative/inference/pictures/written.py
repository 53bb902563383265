"""Pictures written as text: in data URLs and base64, as JSON has them, and in addresses, which are short."""

import base64
import io
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from PIL import Image

from generative.errors import InvalidPicture, shown
from generative.inference.pictures.masks import MASKS

OWN = "own"  # in an address, instead of a picture that is too large for one
GONE = "Its picture was somebody's own and is too large for an address: give it again"
LONGEST = 8_000_000  # characters of one picture in base64
LONGEST_LINK = 7000  # characters: proxies take 8 kB, with what the page asks for besides
DATA_URL = "data:image/png;base64,"
TO_ADDRESS, FROM_ADDRESS = str.maketrans("+/", "-_"), str.maketrans("-_", "+/")


def from_base64(text: Any, field: str) -> bytes:
    """The file in a data URL or a base64 text, which may be as addresses have it. Raises InvalidPicture."""
    what = field.removesuffix("s")
    if not isinstance(text, str):
        raise InvalidPicture(f"{what} must be a picture in base64, not {shown(text)}", field)
    if text == OWN:
        raise InvalidPicture(f"{GONE}.", field)
    if len(text) > LONGEST:
        limit = f"{LONGEST / 1e6:.0f} million"
        raise InvalidPicture(
            f"{what} has {len(text):,} characters of base64; the limit is {limit}. Make it smaller.", field
        )
    content = "".join((text.partition(",")[2] if text.startswith("data:") else text).split())
    if not {"+", "/"} & {*content}:  # as an address has it, maybe
        content = content.translate(FROM_ADDRESS) + "=" * (-len(content) % 4)
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        known = f" one of {', '.join(MASKS)}, nor" if field == "mask" else ""
        raise InvalidPicture(f"{what} is not{known} a picture in base64: {shown(text)}", field) from None


def data_url(picture: Image.Image) -> str:
    """A picture as a PNG in a data URL."""
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return f"{DATA_URL}{base64.b64encode(file.getvalue()).decode()}"


def packed(value: Any) -> Any:
    """A plain form as an address has it: pictures in base64 without what would have to be escaped there; of one that
    stands alone in a list, itself."""
    if isinstance(value, list):
        return packed(value[0]) if len(value) == 1 and isinstance(value[0], str) else [packed(one) for one in value]
    if isinstance(value, str) and value.startswith(DATA_URL):
        return value.removeprefix(DATA_URL).rstrip("=").translate(TO_ADDRESS)
    return value


def address(words: Mapping[str, object], pictures: Collection[str]) -> str:
    """The query string of `words`. Where that is too long for an address, the pictures under these names are only
    named."""
    link = "?" + urlencode(words)
    return link if len(link) <= LONGEST_LINK else "?" + urlencode({**words, **dict.fromkeys(pictures, OWN)})
