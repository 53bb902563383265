"""film.webp and film.json in a checkpoint folder: the same sixteen images in the course of a training."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from generative.errors import BadCheckpoint
from generative.figures import is_number
from generative.library.side_files import FILM, read_picture
from generative.library.weights import read_json

MOST = 100  # moments


@dataclass(frozen=True)
class Reel:
    """picture: its moments below one another, all of the same height. steps, seconds: at which each was, rising;
    seconds are () where the file does not tell them."""

    picture: Path
    steps: tuple[int, ...]
    seconds: tuple[float, ...] = ()


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
    return Reel(picture, tuple(steps), seconds_of(told, len(steps))) if fits else None


def seconds_of(told: Mapping[str, Any], count: int) -> tuple[float, ...]:
    """Of so many moments; () unless each has a number."""
    seconds = told.get("seconds")
    whole = isinstance(seconds, list) and len(seconds) == count and all(map(is_number, seconds))
    return tuple(seconds) if whole else ()
