"""Pictures made larger for saving, each pixel a square."""

from PIL import Image, ImageOps

from generative.errors import InvalidOption, check_integer

MAX_SCALE = 16
MAX_PIXELS = 100_000_000  # of a picture that is written


def scaled(picture: Image.Image, scale: int) -> Image.Image:
    """Each pixel as a square of `scale` of them, without smoothing.

    Raises InvalidOption for a scale that is no whole number from 1 to 16, or that makes too large a picture.
    """
    scale = check_integer("scale", scale, 1, MAX_SCALE)
    width, height = picture.width * scale, picture.height * scale
    if scale > 1 and width * height > MAX_PIXELS:
        fits = max(1, int((MAX_PIXELS / (picture.width * picture.height)) ** 0.5))
        raise InvalidOption(
            f"scale {scale} makes {width}×{height} pixels; the limit is {MAX_PIXELS / 1e6:.0f} million. Choose a scale "
            f"of {fits}, or fewer images.",
            "scale",
        )
    return picture if scale == 1 else ImageOps.scale(picture, scale, Image.Resampling.NEAREST)
