"""The latent space of a model: its atlas, and how well its directions do what they are called.

A direction comes from latents whose attributes are known: those of training images, or, where there is no encoder, of
samples, as the evaluation's classifier sees them. There are three: the difference of the means with and without the
attribute (Larsen et al., "Autoencoding beyond pixels", 2016); the normal of a logistic regression that tells the two
apart (Shen et al., "Interpreting the Latent Space of GANs for Semantic Face Editing", 2020); and an exchange, from the
mean of the value that a latent shows, as a linear discriminant reads it, to the mean of the one wanted.
"""

from collections.abc import Mapping
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from generative.evaluation.composition import composition
from generative.evaluation.distance.space import BATCH, Labelled, Space, moved
from generative.evaluation.figure import Figure, Figures, Measured
from generative.evaluation.reference import Reference
from generative.evaluation.run import Run
from generative.inference.latent.atlas import METHODS, Atlas, Direction, spots
from generative.protocols import Interpolates

KNOWN = 20_000  # latents whose attributes are known, for the directions
MAPPED = 1000  # of them, those on the map
TRIED, EDITED = 60, 200  # latents that a direction is calibrated on, and measured on
STRENGTHS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
POOL = 1500  # latents that these are chosen from
MOVED = 64  # latents that every dimension is moved from


def latent_space(model: Interpolates, run: Run, real: Reference) -> Measured:
    """The atlas as a file, and the success and leakage of its directions on test images, or samples never seen."""
    space = Space(model, run, real)
    known = space.labelled("train", KNOWN)
    atlas = chart(space, known)
    pool = space.as_shown(space.labelled("test", POOL).latents)
    table = {method: measured(space, atlas, pool, method) for method in METHODS}
    found = figures(table, space) | composition(space, atlas, pool)
    return Measured(found, {"latents": space.source}, tables={"directions": table}, atlas=atlas)


def figures(table: Mapping[str, Mapping[str, Mapping[str, float]]], space: Space) -> Figures:
    """Means of success and leakage, shares from 0 to 1, over all directions of a method that have them."""
    found = {}
    for method, rows in table.items():
        for kind, words in (
            ("success", "Share of pictures without an attribute in which the classifier sees it after 1 × its "),
            ("leakage", "Share of the other attributes that change for the classifier after 1 × a "),
        ):
            values = [row[kind] for row in rows.values() if kind in row]
            if values:
                how = f"{words}direction ({method}); mean over {len(values)} directions, {EDITED} {space.source} each."
                found[f"direction_{kind}_{method}"] = Figure(sum(values) / len(values), how)
    return found


def measured(space: Space, atlas: Atlas, pool: Labelled, method: str) -> dict[str, dict[str, float]]:
    """For each direction its success and, where there are other attributes, its leakage."""
    rows = {}
    for direction in tqdm(space.directions, desc=f"directions: {method}", leave=False):
        before = space.without(direction, pool, EDITED)
        if not len(before.latents):
            continue
        success, leakage = space.effect(direction, before, moved(atlas, before, direction, 1.0, method))
        rows[direction.name] = {"success": round(success, 4)}
        if leakage is not None:
            rows[direction.name]["leakage"] = round(leakage, 4)
    return rows


def chart(space: Space, known: Labelled) -> Atlas:
    """The atlas of a model from latents whose attributes are known."""
    mean, std = known.latents.mean(0), known.latents.std(0).clamp(min=1e-6)
    gram = responses(space, known.latents[:MOVED], std)
    centre, axes = plane(known.latents, mean, std, None if space.encodes else gram)
    mapped = space.labelled("test", MAPPED)
    means, reading = read_off(space, known)
    atlas = Atlas(
        space.attributes,
        difference=differences(space, known),
        normal=normals(space, known, mean, std),
        exchange=torch.ones(len(space.directions)),
        values=means,
        reading=reading,
        mean=mean,
        std=std,
        sensitivity=gram.diagonal().sqrt(),
        centre=centre,
        axes=axes,
        points=spots(mapped.latents, centre, axes),
        labels=mapped.labels,
    )
    pool = space.as_shown(known.latents[:POOL])
    return replace(atlas, **{method: calibrated(space, atlas, method, pool) for method in METHODS})


def calibrated(space: Space, atlas: Atlas, method: str, pool: Labelled) -> Tensor:
    """The method's table, each of its rows as strong as works best on latents whose attributes are known."""
    table = getattr(atlas, method).clone()
    for i, direction in enumerate(tqdm(space.directions, desc=f"strengths: {method}", leave=False)):
        table[i] *= strength(space, atlas, direction, pool, method)
    return table


def read_off(space: Space, known: Labelled) -> tuple[Tensor, Tensor]:
    """(L, D) the mean latent of each value of each attribute, and (L, D + 1) the linear discriminant that tells an
    attribute's values apart: weights, and last the bias."""
    middle, dims = known.latents.mean(0), known.latents.shape[1]
    means, reading = [], []
    for column, values in enumerate(space.attributes.values()):
        x, labels = known.latents[known.seen[:, column]], known.labels[known.seen[:, column], column]
        centres = torch.stack([x[labels == v].mean(0) if (labels == v).any() else middle for v in range(len(values))])
        apart = x - centres[labels]
        within = apart.T @ apart / len(x)
        weights = torch.linalg.solve(within + 1e-3 * within.trace() / dims * torch.eye(dims), (centres - middle).T).T
        share = torch.stack([(labels == v).float().mean() for v in range(len(values))]).clamp(min=1e-6)
        bias = share.log() - (weights * (centres + middle)).sum(1) / 2
        means.append(centres)
        reading.append(torch.cat([weights, bias[:, None]], 1))
    return torch.cat(means), torch.cat(reading)


def differences(space: Space, known: Labelled) -> Tensor:
    """(V, D): mean with minus mean without."""
    rows = []
    for direction in space.directions:
        holds, seen = direction.holds(known.labels), known.seen[:, direction.column]
        rows.append(mean_of(known.latents, holds & seen) - mean_of(known.latents, ~holds & seen))
    return torch.stack(rows)


def mean_of(latents: Tensor, rows: Tensor) -> Tensor:
    """(D,); zero of no latents."""
    return latents[rows].mean(0) if rows.any() else latents.new_zeros(latents.shape[1])


def normals(space: Space, known: Labelled, mean: Tensor, std: Tensor) -> Tensor:
    """(V, D): along the normals of logistic regressions on standardised latents, as far as the means lie apart."""
    x = (known.latents - mean) / std
    targets = torch.stack([d.holds(known.labels) for d in space.directions], 1).float()
    mask = torch.stack([known.seen[:, d.column] for d in space.directions], 1).float()
    rare = (targets * mask).sum(0) / mask.sum(0).clamp(min=1)
    weights = mask * torch.where(targets > 0, 0.5 / rare.clamp(min=1e-4), 0.5 / (1 - rare).clamp(min=1e-4))
    w = torch.zeros(len(space.directions), x.shape[1], requires_grad=True)
    b = torch.zeros(len(space.directions), requires_grad=True)
    optimiser = torch.optim.LBFGS([w, b], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        losses = F.binary_cross_entropy_with_logits(x @ w.T + b, targets, weights, reduction="none").mean(0)
        total = losses.sum() + 1e-3 * w.square().sum()
        total.backward()
        return total

    optimiser.step(loss)
    normal = F.normalize(w.detach(), dim=1)
    apart = (differences(space, Labelled(x, known.labels, known.seen)) * normal).sum(1, keepdim=True)
    return normal * apart * std


def strength(space: Space, atlas: Atlas, direction: Direction, pool: Labelled, method: str) -> float:
    """How many times a direction does most for the attribute and least to the others."""
    before = space.without(direction, pool, TRIED)
    if not len(before.latents):
        return 1.0
    effects = {s: space.effect(direction, before, moved(atlas, before, direction, s, method)) for s in STRENGTHS}
    return max(effects, key=lambda s: effects[s][0] - (effects[s][1] or 0.05 * s))


def responses(space: Space, latents: Tensor, std: Tensor) -> Tensor:
    """(D, D): the mean over latents (N, D) and pixels of the product of what two dimensions change in the image, each
    moved by one standard deviation."""
    dims = latents.shape[1]
    gram = torch.zeros(dims, dims)
    for latent in latents:
        moved = torch.cat([latent + torch.diag(std), latent - torch.diag(std)])
        up, down = torch.cat([space.model.decode(part).cpu() for part in moved.split(BATCH)]).flatten(1).chunk(2)
        change = (up - down) / 2
        gram += change @ change.T / change.shape[1]
    return gram / len(latents)


def plane(latents: Tensor, mean: Tensor, std: Tensor, gram: Tensor | None) -> tuple[Tensor, Tensor]:
    """Centre (D,) and axes (2, D) of the map: a plane as it is; else the two principal components, one standard
    deviation long; or, given `gram`, since noise has none, the two directions that change the image most."""
    if len(mean) == 2:
        return torch.zeros(2), torch.eye(2)
    if gram is not None:
        return mean, torch.linalg.eigh(gram).eigenvectors[:, -2:].T.flip(0) * std
    _, spread, components = torch.linalg.svd(latents - mean, full_matrices=False)
    return mean, components[:2] * spread[:2, None] / len(latents) ** 0.5
