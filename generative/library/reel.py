"""film.webp and film.json in a checkpoint folder: the same sixteen images in the course of a training."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from generative.errors import BadCheckpoint
from generative.library.side_files import FILM, read_picture
from generative.library.weights import read_json

MOST = 100  # moments


@dataclass(frozen=True)
class Reel:
    """picture: its moments below one another, all of the same height. steps: at which each was, rising."""

    picture: Path
    steps: tuple[int, ...]


def read_reel(folder: Path) -> Reel | None:
    """None where there is none, or one that is damaged."""
    picture = read_picture(folder / FILM)
    if picture is None:
        return None
    try:
        told = read_json(folder / "film.json")
    except BadCheckpoint:
        return None
    steps, height = told.get("steps"), told.get("height")
    whole = isinstance(steps, list) and all(type(step) is int and step >= 0 for step in steps)
    if not whole or not 2 <= len(steps) <= MOST or steps != sorted(set(steps)) or type(height) is not int:
        return None
    with Image.open(picture) as image:
        fits = image.height == height * len(steps)
    return Reel(picture, tuple(steps)) if fits else None
