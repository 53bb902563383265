"""noise: a picture on its way into noise, and what a model believes is underneath."""

import argparse
import json

import torch

from generative.commands.draw import wished
from generative.commands.opening import open_engine, open_pictures
from generative.commands.runs import checked_place
from generative.commands.terminal import columns, say
from generative.errors import InvalidOption
from generative.inference.denoising.noising import Noisy, noised
from generative.inference.pictures.provenance import save_png
from generative.inference.pictures.sheet import sheet

SHEET = 64  # rows on a .png


def noise(arguments: argparse.Namespace) -> None:
    """Noise a picture, save it beside what the model finds in it, and print how much can be known at each t."""
    target = checked_place(arguments.out, (".png",)) if arguments.out else None
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "noises")
    picture = open_pictures([arguments.image], entry, arguments.invert)[0]
    request = wished(engine, "noises", arguments, images=picture, timesteps=arguments.timesteps)
    count = len(request.seeds) * len(request.inputs["timesteps"])
    if target and count > SHEET:
        raise InvalidOption(f"A .png shows at most {SHEET} noisy pictures, not {count}. Name fewer timesteps.", "out")
    rows = list(noised(engine, request))
    if target:
        parts = {"noisy": torch.stack([r.noisy for r in rows]), "believed": torch.stack([r.believed for r in rows])}
        save_png(sheet(parts, [f"t = {row.t}, seed {row.seed}" for row in rows]), target, request.plain())
    if arguments.json:
        return say(json.dumps({"model": entry.id, "rows": [r.figures() for r in rows], "out": arguments.out}, indent=2))
    say("\n".join(filter(None, [table(rows), arguments.out])))


def table(rows: list[Noisy]) -> str:
    """The figures as text."""
    cells = [["T", "SEED", "SIGNAL TO NOISE", "LOSS", "RMSE"]]
    for row in rows:
        cells.append([f"{row.t}", f"{row.seed}", f"{row.signal_to_noise:.3g}", f"{row.loss:.4f}", f"{row.rmse:.3f}"])
    words = "RMSE: root mean square error of a pixel, from 0 to 1, of the picture that one pass of the network finds."
    return f"{columns(cells)}\n\nLoss: the squared error that training lowers. {words}"
