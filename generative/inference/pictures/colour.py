"""Colours as they are meant: what a file says of them, by a profile or by gamma, turned into sRGB."""

import io

import numpy as np
from PIL import Image, ImageCms

SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # of a profile → the mode of the pictures that it is for
SRGB_GAMMA, TOLERANCE = 1 / 2.2, 0.05  # libpng, too, leaves a picture alone whose gamma is so near
SRGB_CHROMATICITY = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)  # x and y of white, red, green and blue
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])  # XYZ → cones


def in_srgb(picture: Image.Image) -> Image.Image:
    """A picture in mode L, LA, RGB, RGBA or CMYK → in L, LA, RGB or RGBA, its colours as `info` says they are meant.

    What counts is, in this order, as the PNG specification (third edition, section 4.3) has it: an ICC profile, a note
    that they are sRGB, gamma with or without the colours of the primaries. A damaged profile, or one for pictures of
    another kind, is passed over: most pictures look right without.
    """
    info = picture.info
    if info.get("icc_profile"):
        return by_profile(picture, info["icc_profile"])
    if picture.mode == "CMYK":
        return picture.convert("RGB")
    gamma, chromaticity = info.get("gamma"), info.get("chromaticity")
    if "srgb" in info or not gamma:
        return picture
    return by_gamma(picture, gamma, chromaticity or SRGB_CHROMATICITY)


def by_profile(picture: Image.Image, icc: bytes) -> Image.Image:
    """By an ICC profile, perceptually."""
    plain = "L" if picture.mode in ("L", "LA") else "CMYK" if picture.mode == "CMYK" else "RGB"
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        mode = SPACES.get(profile.profile.xcolor_space.strip())
        if mode != plain and (mode, plain) != ("RGB", "L"):  # grey pictures often carry the profile of their scanner
            raise ValueError(f"a profile for {mode} in a picture in {plain}")
        transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB")
        return with_alpha_of(picture, transform.apply(picture.convert(plain).convert(mode)))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture.convert("RGB") if plain == "CMYK" else picture


def by_gamma(picture: Image.Image, gamma: float, chromaticity: tuple[float, ...]) -> Image.Image:
    """By the exponent that made its values from light (a gAMA chunk), and where its primaries lie (a cHRM chunk)."""
    curved = abs(gamma / SRGB_GAMMA - 1) > TOLERANCE
    matrix = None if picture.mode in ("L", "LA") else to_srgb_primaries(chromaticity)
    if not 0.01 <= gamma <= 100 or (not curved and matrix is None):  # beyond, it is damaged
        return picture
    values = np.asarray(picture.convert("L" if matrix is None and picture.mode in ("L", "LA") else "RGB")) / 255
    light = values ** (1 / gamma) if curved else srgb_light(values)
    if matrix is not None:
        light = (light @ matrix.T).clip(0, 1)
    return with_alpha_of(picture, Image.fromarray((srgb_values(light) * 255).round().astype(np.uint8)))


def with_alpha_of(picture: Image.Image, colours: Image.Image) -> Image.Image:
    """`colours`, as transparent as `picture` is, if that has an alpha channel."""
    if picture.mode.endswith("A"):
        colours.putalpha(picture.getchannel("A"))
    return colours


def srgb_light(values: np.ndarray) -> np.ndarray:
    """sRGB → light, both in [0, 1] (IEC 61966-2-1)."""
    return np.where(values > 0.04045, ((values + 0.055) / 1.055) ** 2.4, values / 12.92)


def srgb_values(light: np.ndarray) -> np.ndarray:
    """The inverse of `srgb_light`."""
    return np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, 12.92 * light)


def to_srgb_primaries(chromaticity: tuple[float, ...]) -> np.ndarray | None:
    """(3, 3) light of these primaries → light of sRGB's; None where they are the same, or are no primaries at all."""
    if len(chromaticity) != 8 or np.allclose(chromaticity, SRGB_CHROMATICITY, atol=0.002):
        return None
    try:
        with np.errstate(all="ignore"):
            (white, theirs), (our_white, ours) = xyz(chromaticity), xyz(SRGB_CHROMATICITY)
            adapted = np.linalg.inv(BRADFORD) @ np.diag(BRADFORD @ our_white / (BRADFORD @ white)) @ BRADFORD
            matrix = np.linalg.inv(ours) @ adapted @ theirs
    except np.linalg.LinAlgError:  # primaries on one line
        return None
    return matrix if np.isfinite(matrix).all() else None


def xyz(chromaticity: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(3,) white, and (3, 3) what turns light of the primaries into XYZ (Lindbloom, "RGB/XYZ Matrices")."""
    x, y = np.array(chromaticity).reshape(4, 2).T
    white, *primaries = (np.stack([x, y, 1 - x - y]) / y).T
    columns = np.stack(primaries, 1)
    return white, columns * np.linalg.solve(columns, white)
