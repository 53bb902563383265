"""Attention as pictures: where a head looks, the mask, the positions."""

import torch
from PIL import Image
from torch import Tensor

from generative.answers import Attention
from generative.inference.pictures.heatmap import colours
from generative.inference.pictures.sheet import sheet

DIM = 0.28  # of the picture below what is looked at
HERE = (0.25, 0.8, 1.0)  # the token that is written


def looks(image: Tensor, seen: Attention) -> Tensor:
    """(L, A, 3, H, W) in [0, 1]: an image (C, H, W) for every head, dimmed, and bright where it looks, the brightest
    where it looks most; the token that is written is marked, and what comes after it is black."""
    grey = DIM * image.mean(0).cpu()
    row, column, height, width = seen.box
    known = torch.zeros_like(grey, dtype=torch.bool)
    known[:row] = True
    known[row : row + height, :column] = True
    most = seen.shares.flatten(2).amax(2).clamp_min(1e-12)[..., None, None]
    pictures = torch.stack(
        [torch.stack([torch.maximum(colours(head), grey * known) for head in layer]) for layer in seen.shares / most]
    )
    pictures[..., row : row + height, column : column + width] = torch.tensor(HERE)[:, None, None]
    return pictures


def mean_look(seen: Attention) -> Tensor:
    """(H, W) in [0, 1]: the mean over all layers and heads, the largest 1."""
    mean = seen.shares.mean((0, 1))
    return mean / mean.max().clamp_min(1e-12)


def head_look(seen: Attention, layer: int, head: int) -> Tensor:
    """(H, W) in [0, 1]: what one head looks at, both counted from 1, the largest 1."""
    share = seen.shares[layer - 1, head - 1]
    return share / share.max().clamp_min(1e-12)


def hearing_pictures(seen: Attention) -> Tensor:
    """(K, 3, H, W): for each of K words, bright where it is heard, all on one scale."""
    most = seen.hearing.max().clamp_min(1e-12) if len(seen.hearing) else 1.0
    pictures = [colours(word / most) for word in seen.hearing]
    return torch.stack(pictures) if pictures else seen.hearing[:, None].expand(-1, 3, -1, -1)


def mask_picture(count: int, place: int) -> Tensor:
    """(3, T, T): white where the token of a row may look at that of a column; the row of `place` marked."""
    picture = torch.ones(count, count).tril().expand(3, -1, -1).clone() * 0.92
    marked = torch.tensor(HERE)[:, None]
    picture[:, place] = torch.where(picture[:, place] > 0, marked, 0.4 * marked)
    return picture


def positions_picture(positions: Tensor) -> Tensor:
    """(3, T, width): the numbers that tell each token its place, dark below zero and light above."""
    most = positions.abs().max().clamp_min(1e-12)
    return colours((positions / most + 1) / 2)


def alike(positions: Tensor, place: int) -> Tensor:
    """(T,) from −1 to 1: how alike the position of each token is to that of `place` (cosine)."""
    return torch.cosine_similarity(positions, positions[place][None], 1)


def heads_sheet(image: Tensor, seen: Attention) -> Image.Image:
    """Layers below one another, heads side by side, each as `looks` has it, with what goes to the start."""
    pictures = looks(image, seen)
    names = {f"head {a + 1}": pictures[:, a] for a in range(pictures.shape[1])}
    captions = [
        f"layer {number + 1}: {100 * float(start.mean()):.0f} % on {seen.before}"
        for number, start in enumerate(seen.start)
    ]
    return sheet(names, captions)
