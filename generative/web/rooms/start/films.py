"""The films of Start: what a family's model does with nine seeds, recorded once and played in a loop.

A film is one picture, a WebP: its moments side by side, each of them three by three images.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from generative.families import GENERATIVE
from generative.frame import NOISY, Frame
from generative.inference import sources
from generative.inference.engine.engine import Engine
from generative.inference.latent.walks import between
from generative.inference.pictures.grids import grid
from generative.library import weights
from generative.library.entry import Entry

FOLDER = Path(__file__).parent / "recorded"
INDEX = "films.json"
COUNT = 9  # images of a film, seeds 0 to 8
MOMENTS = 24
QUALITY = 70  # of WebP
FAVOURITE = "avatars"  # the data set that has colours


@dataclass(frozen=True)
class Film:
    """What a film shows: the first `COUNT` seeds of `model` in `moments` moments; `walks` from latent to latent."""

    model: str
    moments: int
    walks: bool


def read(folder: Path = FOLDER) -> Mapping[str, Film]:
    """The films that are there, by family."""
    index = folder / INDEX
    return {id: Film(**film) for id, film in json.loads(index.read_text()).items()} if index.exists() else {}


def record(engine: Engine, folder: Path = FOLDER) -> Mapping[str, Film]:
    """Make all films anew, one for each family that has a model. Raises CannotWrite."""
    films = {}
    with weights.writing(folder):
        folder.mkdir(exist_ok=True)
        for family in GENERATIVE.values():
            entry = star(engine, family.id)
            if entry is None:
                continue
            moments, walks = shots(engine, entry)
            reel([grid(images, 3) for images in moments]).save(folder / f"{family.id}.webp", quality=QUALITY, method=6)
            films[family.id] = Film(entry.id, len(moments), walks)
        (folder / INDEX).write_text(json.dumps({id: asdict(film) for id, film in films.items()}, indent=1) + "\n")
    return films


def star(engine: Engine, family: str) -> Entry | None:
    """The model that a family's film is of: that which its tab opens with, in colour where there is one."""
    there = [e for e in engine.usable() if e.family == family]
    opens = GENERATIVE[family].opens
    wanted = [f"{dataset}/{opens[dataset]}" for dataset in sorted(opens, key=lambda name: name != FAVOURITE)]
    found = [engine.entries[id] for id in wanted if id in engine.entries and engine.entries[id] in there]
    return next(iter([*found, *there]), None)


def shots(engine: Engine, entry: Entry) -> tuple[list[Tensor], bool]:
    """Up to `MOMENTS` moments (9, C, H, W) of a drawing, and whether it is a walk, for models that draw at once."""
    frames = list(engine.run(engine.request("samples", entry, count=COUNT)))
    if len(frames) > 1:
        places = torch.linspace(0, len(frames) - 1, min(MOMENTS, len(frames))).round().int().tolist()
        return [seen(frames[place]) for place in dict.fromkeys(places)], False
    return walk(engine, entry), True


def seen(frame: Frame) -> Tensor:
    """What there is to see of a moment: the noisy picture where there is one."""
    view = frame.views.get(NOISY)
    return frame.images if view is None else view.images


def walk(engine: Engine, entry: Entry) -> list[Tensor]:
    """From each seed's latent to the next seed's and back: moments that follow each other in a ring."""
    space = engine.model(entry).spaces[0]
    starts = sources.seeded(engine, entry, 0, COUNT)
    along, ends = between(space.path), starts.roll(-1, 0)
    shares = 0.5 - 0.5 * torch.cos(torch.linspace(0, torch.pi, MOMENTS // 2))  # slow at both ends
    images = [sources.decoded(engine, entry, along(starts, ends, share.expand(COUNT))) for share in shares]
    return [*images, *reversed(images)]


def reel(moments: list[Image.Image]) -> Image.Image:
    """All moments side by side."""
    width, height = moments[0].size
    picture = Image.new("RGB", (width * len(moments), height))
    for i, moment in enumerate(moments):
        picture.paste(moment.convert("RGB"), (i * width, 0))
    return picture
