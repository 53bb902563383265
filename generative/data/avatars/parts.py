"""How an avatar is drawn: the parts and colours behind each value, as layers of pixels laid over one another.

The drawings are those of python_avatars (MIT; designed by Pablo Stanley, free for personal and commercial use), turned
into pixels by resvg. A drawing is shared by many avatars, so each is rendered once: what is below (the person from the
background to the face) is opaque; what is above (hair or hat, facial hair, glasses) has an alpha channel. One over the
other is what the renderer would have drawn in one go, but for rounding, and takes a hundredth of the time.
"""

import io
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import resvg_py
from PIL import Image
from python_avatars import (
    AccessoryType,
    Avatar,
    AvatarStyle,
    ClothingType,
    EyebrowType,
    EyeType,
    FacialHairType,
    HairType,
    HatType,
    MouthType,
    NoseType,
)

SIZE = 64  # pixels of an avatar
FINE = 2 * SIZE  # pixels of a layer, and so of the largest avatar; the others are averaged down
CROP = "16 0 232 232"  # x, y, width, height: the head and shoulders of a drawing of 264 × 280
BACKGROUND = "#9FD3CB"
HAT_COLOUR = "#7A4FA3"

HAIR = {
    "none": HairType.NONE,
    "short hair": HairType.SHORT_FLAT,
    "quiff": HairType.QUIFF,
    "mohawk": HairType.MOHAWK,
    "messy hair": HairType.MOWGLI,
    "frizzy hair": HairType.SHORT_DREADS_2,
    "afro": HairType.FRO,
    "hairband": HairType.FRO_BAND,
    "bun": HairType.BUN,
    "pigtails": HairType.DREADLOCKS,
    "bob": HairType.BOB,
    "long hair": HairType.STRAIGHT_STRAND,
    "wavy hair": HairType.BIG_HAIR,
    "one-sided hair": HairType.HALF_SHAVED,
    "winter hat": HatType.WINTER_HAT_1,
    "hat": HatType.HAT,
}
HAIR_COLOUR = {
    "black": "#1B1A22",
    "brown": "#5F3119",
    "red": "#DA5320",
    "blond": "#F2CC5C",
    "grey": "#959AA6",
    "pink": "#F0609E",
}
SKIN = {"pale": "#FFE0C8", "light": "#E9B27F", "brown": "#B8784A", "dark": "#7F543A"}
GLASSES = {"none": AccessoryType.NONE, "clear": AccessoryType.PRESCRIPTION_2, "sun": AccessoryType.WAYFARERS}
FACIAL_HAIR = {
    "none": FacialHairType.NONE,
    "moustache": FacialHairType.MOUSTACHE_MAGNUM,
    "beard": FacialHairType.BEARD_LIGHT,
    "long beard": FacialHairType.BEARD_MAGESTIC,
}
MOUTH = {
    "smile": MouthType.SMILE,
    "serious": MouthType.SERIOUS,
    "open": MouthType.SCREAM_OPEN,
    "teeth": MouthType.GRIMACE,
    "tongue": MouthType.TONGUE,
}
CLOTHING = {
    "t-shirt": ClothingType.SHIRT_CREW_NECK,
    "hoodie": ClothingType.HOODIE,
    "overalls": ClothingType.OVERALL,
    "jacket": ClothingType.BLAZER_SHIRT,
}
CLOTHING_COLOUR = {
    "white": "#FFFFFF",
    "black": "#262E33",
    "red": "#E5484D",
    "yellow": "#F7CF3D",
    "green": "#2E9E57",
    "blue": "#3F74DB",
}
PARTS = {
    "hair": HAIR,
    "hair colour": HAIR_COLOUR,
    "skin": SKIN,
    "glasses": GLASSES,
    "facial hair": FACIAL_HAIR,
    "mouth": MOUTH,
    "clothing": CLOTHING,
    "clothing colour": CLOTHING_COLOUR,
}
ABOVE = {"hair", "hair colour", "glasses", "facial hair"}
FIXED = {
    "style": AvatarStyle.TRANSPARENT,
    "eyes": EyeType.DEFAULT,
    "eyebrows": EyebrowType.DEFAULT,
    "nose": NoseType.DEFAULT,
    "hat_color": HAT_COLOUR,
}


def drawing(values: dict[str, str]) -> str:
    """The SVG of the avatar with those values, one for each of PARTS, cropped to the head and shoulders."""
    part = {name: PARTS[name][value] for name, value in values.items()}
    whole = Avatar(
        **FIXED,
        top=part["hair"],
        hair_color=part["hair colour"],
        facial_hair_color=part["hair colour"],
        skin_color=part["skin"],
        accessory=part["glasses"],
        facial_hair=part["facial hair"],
        mouth=part["mouth"],
        clothing=part["clothing"],
        clothing_color=part["clothing colour"],
    ).render()
    page = 'width="264px" height="280px" viewBox="0 0 264 280"'
    assert page in whole, "the drawings of python_avatars changed their size"
    return whole.replace(page, f'width="{FINE}" height="{FINE}" viewBox="{CROP}"', 1)


def pixels(svg: str, background: str | None = None, hidden: tuple[str, ...] = ()) -> np.ndarray:
    """(FINE, FINE, 4) uint8 RGBA of an SVG, without its groups `hidden`."""
    style = "".join(f"#transparent_{group} {{ display: none }} " for group in hidden)
    png = resvg_py.svg_to_bytes(
        svg_string=svg, background=background, style_sheet=style or None, skip_system_fonts=True
    )
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


class Painter:
    """Draws avatars; keeps each layer that it has rendered."""

    def __init__(self) -> None:
        self.below = lru_cache(maxsize=None)(self._below)
        self.above = lru_cache(maxsize=None)(self._above)

    def paint(self, values: dict[str, str], size: int = SIZE) -> np.ndarray:
        """(size, size, 3) uint8 of the avatar with those values, one for each of PARTS; `size` is SIZE or FINE."""
        seen = dict(values)
        if hides_hair_colour(values):
            seen["hair colour"] = next(iter(HAIR_COLOUR))
        opaque = self.below(tuple((k, v) for k, v in seen.items() if k not in ABOVE))
        colour, alpha = self.above(tuple((k, v) for k, v in seen.items() if k in ABOVE))
        # Whole numbers throughout, so that every machine rounds alike.
        together = (opaque * (255 - alpha) + colour + 127) // 255
        blocks = together.reshape(size, FINE // size, size, FINE // size, 3).sum((1, 3), dtype=np.uint32)
        area = (FINE // size) ** 2
        return ((blocks + area // 2) // area).astype(np.uint8)

    def _below(self, values: tuple[tuple[str, str], ...]) -> np.ndarray:
        """(FINE, FINE, 3) uint16."""
        svg = drawing({name: next(iter(PARTS[name])) for name in PARTS} | dict(values))
        return pixels(svg, BACKGROUND, hidden=("Top",))[..., :3].astype(np.uint16)

    def _above(self, values: tuple[tuple[str, str], ...]) -> tuple[np.ndarray, np.ndarray]:
        """(FINE, FINE, 3) colour times alpha and (FINE, FINE, 1) alpha, both uint16."""
        svg = drawing({name: next(iter(PARTS[name])) for name in PARTS} | dict(values))
        layer = pixels(svg, hidden=("Body", "Clothing", "Face")).astype(np.uint16)
        return layer[..., :3] * layer[..., 3:], layer[..., 3:]


def hides_hair_colour(values: Mapping[str, str]) -> bool:
    """Whether nothing in the picture has the hair's colour."""
    return values["hair"] in ("none", "winter hat", "hat") and values["facial hair"] == "none"
