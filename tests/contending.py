"""Contenders that learnt nothing, with what a training leaves beside its weights."""

from pathlib import Path

import torch

from generative.library import weights
from generative.training.film import Film
from generative.training.loop import write_rows
from tests.building import build

SMALL = {"generator_channels": 2, "discriminator_channels": 2, "latent": 4}
FACTS = {"steps": 30, "batch_size": 16, "images_seen": 480, "minutes": 1.5}


def contender(root: Path, id: str, classes: tuple[str, ...], size: int, channels: int = 1) -> None:
    """The folder of a model: weights, a film of three moments, a curve that falls with the FID."""
    folder, kind = root / id, id.rpartition("/")[2]
    torch.manual_seed(0)
    config = {"classes": classes, "size": size, "image_channels": channels, **SMALL}
    weights.save(folder, kind, build(kind, config), FACTS)
    film = Film()
    for step in (0, 10, 30):
        film.keep(torch.full((16, channels, size, size), step / 30), step, 0.0)
    film.write(folder)
    rows = range(5, 31, 5)
    write_rows(
        folder / "training.csv",
        [{"step": s, "images": 16 * s, "d_loss": 40 - s, "d_real": 40 - s, "d_fake": 0, "fid": 50 - s} for s in rows],
    )
