"""Pictures on their way to the browser: raw bytes for a canvas, PNGs inside addresses, many pictures in one sheet."""

import base64
import io

from torch import Tensor

from generative.inference.pictures.grids import to_pil

ACROSS = 10  # pictures in a row of a sheet
SCALES = (1, 2, 4, 8, 16)  # sizes in which a picture can be saved: pixels a pixel


def raw_bytes(images: Tensor) -> str:
    """Base64 of (N, C, H, W) as bytes in the order N, H, W, C, rounded as in the PNGs that the project saves."""
    pixels = (images.detach() * 255).round().clamp(0, 255).byte().permute(0, 2, 3, 1).cpu().contiguous()
    return base64.b64encode(pixels.numpy()).decode("ascii")


def data_url(image: Tensor) -> str:
    """(C, H, W) in [0, 1] as a PNG inside an address."""
    file = io.BytesIO()
    to_pil(image).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def sheet(images: Tensor) -> Tensor:
    """(N, C, H, W) → (C, …, …): ACROSS in a row, without gaps."""
    count, channels, height, width = images.shape
    whole = images.new_zeros(-(-count // ACROSS) * ACROSS, channels, height, width)
    whole[:count] = images
    rows = whole.unflatten(0, (-1, ACROSS)).permute(2, 0, 3, 1, 4)
    return rows.reshape(channels, -1, ACROSS * width)
