"""modes.json in a checkpoint folder: which of the kinds of image that there are a GAN drew in the course of training.

A kind of image, a mode, is a combination of a data set's attributes: of stacked digits a red, a green and a blue one.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from generative.errors import BadCheckpoint
from generative.library.side_files import sound
from generative.library.weights import read_json, write_json

FILE = "modes.json"
MOST = 100  # moments
LARGEST = 8_000  # modes


@dataclass(frozen=True)
class Modes:
    """of: how many there are. samples: how many were drawn at each moment. steps: of the moments, rising.

    drawn: for each moment the modes seen, as hexadecimal digits: bit m of byte m // 8, the highest first, is mode m; of
    stacked digits m is 100 red + 10 green + blue.
    """

    of: int
    samples: int
    steps: tuple[int, ...]
    drawn: tuple[str, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """How many modes were drawn at each moment."""
        return tuple(bin(int(bits, 16)).count("1") for bits in self.drawn)

    def write(self, folder: Path) -> None:
        """Into a checkpoint folder."""
        write_json(folder / FILE, vars(self))


def packed(values: Tensor, sizes: tuple[int, ...]) -> str:
    """The modes seen in N images: (N, A) int64, the index of the value of each attribute; sizes: of the attributes."""
    of = int(torch.tensor(sizes).prod())
    places = torch.tensor(sizes).flip(0).cumprod(0).flip(0) // torch.tensor(sizes)
    seen = torch.zeros(of + -of % 8, dtype=torch.int64)
    seen[(values * places).sum(1)] = 1
    return bytes((seen.view(-1, 8) * 2 ** torch.arange(7, -1, -1)).sum(1).tolist()).hex()


def read_modes(folder: Path) -> Modes | None:
    """None where there is none, or one that is damaged."""
    return sound(folder / FILE, checked, [])


def checked(path: Path) -> Modes:
    """What the file holds. Raises BadCheckpoint."""
    told = read_json(path)
    of, samples, steps, drawn = (told.get(key) for key in ("of", "samples", "steps", "drawn"))
    if not isinstance(of, int) or not isinstance(samples, int) or not 0 < of <= LARGEST or samples < 1:
        raise BadCheckpoint(f"{path.name} is damaged")
    if not isinstance(steps, list) or not isinstance(drawn, list) or not 2 <= len(steps) <= MOST:
        raise BadCheckpoint(f"{path.name} is damaged")
    rising = all(type(step) is int and step >= 0 for step in steps) and steps == sorted(set(steps))
    if not rising or len(drawn) != len(steps) or not all(is_hexadecimal(bits, (of + -of % 8) // 4) for bits in drawn):
        raise BadCheckpoint(f"{path.name} is damaged")
    return Modes(of, samples, tuple(steps), tuple(drawn))


def is_hexadecimal(bits: object, digits: int) -> bool:
    """Whether it is a text of so many hexadecimal digits."""
    return isinstance(bits, str) and len(bits) == digits and set(bits) <= set("0123456789abcdef")
