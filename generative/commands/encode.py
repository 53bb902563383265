"""encode: pictures as latents, and what a model makes of those again."""

import argparse
import json
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

from generative.commands.opening import find_pictures, open_engine, open_pictures
from generative.commands.runs import checked_place
from generative.commands.score import short
from generative.commands.terminal import columns, say
from generative.errors import InvalidOption, check_integer, check_number
from generative.inference.latent.reconstruction import (
    LARGEST_ERROR,
    STRONGEST_NOISE,
    Reconstruction,
    error_map,
    reconstruct,
)
from generative.inference.pictures.provenance import save_png
from generative.inference.pictures.sheet import sheet
from generative.library import weights
from generative.library.percentile import RECONSTRUCTION
from generative.seeds import MAX_SEED

SHOWN = 4  # numbers of a latent, in the table
SHEET = 64  # pictures on a .png


def encode(arguments: argparse.Namespace) -> None:
    """`encode`: latents of pictures, and the errors of what comes back."""
    target = checked_place(arguments.out, (".json", ".safetensors", ".png")) if arguments.out else None
    noise = check_number("noise", arguments.noise, 0, STRONGEST_NOISE)
    names = find_pictures(arguments.image)
    check_integer("seed", arguments.seed, 0, MAX_SEED + 1 - len(names))
    if target and target.suffix.lower() == ".png" and len(names) > SHEET:
        raise InvalidOption(f"A .png shows at most {SHEET} pictures, not {len(names)}; a .json holds any", "out")
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "encodes")
    done = reconstruct(engine, entry, open_pictures(names, entry, arguments.invert), noise, arguments.seed)
    rows = [{"image": name, **row} for name, row in zip(names, done.rows(entry.folder), strict=True)]
    told = {"model": entry.id, "noise": noise, "seed": arguments.seed, "invert": arguments.invert, "images": rows}
    if target:
        with weights.writing(target):
            write(target, done, told)
    if arguments.json:
        return say(json.dumps(told | {"out": arguments.out}, indent=2))
    say("\n".join(filter(None, [table(done, rows), arguments.out])))


def write(target: Path, done: Reconstruction, told: dict[str, Any]) -> None:
    """Latents as JSON or safetensors, or what came of them as a picture, by the ending of `target`."""
    kind = target.suffix.lower()
    if kind == ".json":
        weights.write_json(target, told)
    elif kind == ".safetensors":
        about = {"model": told["model"], "images": json.dumps([row["image"] for row in told["images"]])}
        target.write_bytes(safetensors.torch.save({"latents": done.latents.contiguous()}, about))
    else:
        parts = {"picture": done.images} | ({"with noise": done.shown} if done.noise else {})
        errors = torch.stack([error_map(error) for error in done.error])
        parts |= {"reconstruction": done.result, f"error, 0 to {LARGEST_ERROR:g}": errors}
        captions = [f"RMSE {row['rmse']:.3f}, {decibels(row)}, {short(row['image'])}" for row in told["images"]]
        images = [row["image"] for row in told["images"]]
        save_png(sheet(parts, captions), target, {"ability": "encode"} | told | {"images": images})


def decibels(row: dict[str, Any]) -> str:
    """Peak signal-to-noise ratio in words; there is none for equal pictures."""
    return "no difference" if row["psnr"] is None else f"{row['psnr']:.1f} dB"


def table(done: Reconstruction, rows: list[dict[str, Any]]) -> str:
    """Errors, places among test images and the first numbers of latents, as text."""
    known = rows[0]["percentile"] is not None
    cells = [["RMSE", "PSNR", *(["PERCENTILE"] if known else []), "LATENT", "IMAGE"]]
    for row in rows:
        latent = " ".join(f"{number:+.2f}" for number in row["latent"][:SHOWN])
        more = " …" if len(row["latent"]) > SHOWN else ""
        place = [f"{row['percentile']:.0f}"] if known else []
        cells.append([f"{row['rmse']:.3f}", decibels(row), *place, latent + more, row["image"]])
    if done.noise:
        share = "No percentiles: test images were measured without noise."
    elif known:
        share = "Percentile: how many of 100 test images come back with a smaller error."
    else:
        share = f"No percentiles: {RECONSTRUCTION} of this checkpoint is missing or damaged; `evaluate` writes it."
    dims = f"A latent has {len(rows[0]['latent'])} numbers; --json prints all, --out codes.json saves them."
    return "\n".join([columns(cells), "", "RMSE: root mean square error of a pixel, from 0 to 1.", share, dims])
