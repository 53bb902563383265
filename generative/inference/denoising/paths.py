"""The way from noise to picture as a curve: straight against bent, and what is lost by going it in few steps."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generative.errors import InvalidOption, check_choice
from generative.inference.denoising.noising import denoising
from generative.inference.denoising.trials import several
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.models.diffusion.process import CLEAN, Level

MOST_WAYS, MOST_COUNTS, MOST_SEEDS = 3, 5, 4
WHOLE = 50  # steps of a path that is drawn, which few-step runs are compared with


@dataclass(frozen=True, eq=False)
class Way:
    """whole: the run that is drawn as a path. few: runs of the same in fewer steps. Told without guidance, which bends.

    name: as one is asked for, "fashion-mnist/ddpm=ddim".
    """

    name: str
    title: str
    whole: Request
    few: tuple[Request, ...]

    @property
    def entry(self) -> Entry:
        """The model."""
        return self.whole.entry


@dataclass(frozen=True, eq=False)
class Curve:
    """Paths in a plane of their own each, in units of the straight line from its noise, (0, 0), to its picture, (1, 0).

    points: (T, N, 2): how far along that line, and how far aside of it, in the direction in which the path leaves it
    most. length: (N,) of the path, over that of the line; 1 is straight. still: (N,) the length if the network had
    known the picture from the first: what of the bend is the process's own.
    """

    points: Tensor
    length: Tensor
    still: Tensor


@dataclass(frozen=True, eq=False)
class Shortened:
    """A run in few steps. images: (N, C, H, W). rmse: (N,) to the pictures of the whole path."""

    steps: int
    request: Request
    images: Tensor
    seconds: float
    evaluations: int
    rmse: Tensor

    def figures(self) -> dict[str, Any]:
        """All of it that is a number."""
        told = {"steps": self.steps, "evaluations": self.evaluations, "seconds": round(self.seconds, 3)}
        return told | {"rmse": float(self.rmse.mean())}


@dataclass(frozen=True, eq=False)
class Walked:
    """What is known of a way so far. images: (N, C, H, W) where the whole path ends."""

    way: Way
    curve: Curve
    images: Tensor
    few: tuple[Shortened, ...] = ()

    def figures(self) -> dict[str, Any]:
        """All of it that is a number; of what differs from noise to noise the mean."""
        length, still = float(self.curve.length.mean()), float(self.curve.still.mean())
        return {"way": self.way.name, "length": length, "still": still, "few": [few.figures() for few in self.few]}


def ways(engine: Engine, names: Any, counts: Any, **about: Any) -> list[Way]:
    """The ways of those names over one noise, each in so many steps. about: seed, count and condition of a request.

    names: up to MOST_WAYS of "MODEL=SAMPLER", or "MODEL" for its usual one. counts: up to MOST_COUNTS.
    Raises InvalidOption, and whatever a request does.
    """
    asked = several("ways", names, MOST_WAYS)
    steps = several("steps", counts, MOST_COUNTS)
    found = [way(engine, str(name), steps, about) for name in asked]
    shapes = {(one.entry.dataset, one.entry.size, one.entry.channels) for one in found}
    if len(shapes) > 1:
        raise InvalidOption("Ways can be compared where the pictures have one size, and are of one data set", "ways")
    if len(found[0].whole.seeds) > MOST_SEEDS:
        raise InvalidOption(f"count must be from 1 to {MOST_SEEDS}, not {len(found[0].whole.seeds)}", "count")
    return found


def way(engine: Engine, name: str, steps: Sequence[Any], about: dict[str, Any]) -> Way:
    """One of them. Raises the same."""
    id, _, sampler = name.partition("=") if "=" in name else (name, "", "")
    entry = engine.able(id.strip(), "noises")
    kind = entry.kind_class.Options
    usual, known = kind.parse(entry.options).plain()["sampler"], list(kind.fields()["sampler"].choices)
    sampler = check_choice("sampler", sampler.strip() or usual, known)

    def request(count: Any) -> Request:
        options = {"sampler": sampler, "num_inference_steps": count, "guidance_scale": 1}
        return engine.request("samples", entry, options=options, **about)

    return Way(f"{entry.id}={sampler}", f"{entry.title}, {sampler}", request(WHOLE), tuple(map(request, steps)))


def walked(engine: Engine, several: Sequence[Way]) -> Iterator[Walked]:
    """Every way, again with each of its runs in fewer steps, as they are made; the device is free for others in
    between. Raises GenerativeError."""
    for one in several:
        done = whole(engine, one)
        yield done
        for request in one.few:
            done = Walked(one, done.curve, done.images, (*done.few, shortened(engine, request, done.images)))
            yield done


def whole(engine: Engine, one: Way) -> Walked:
    """A way with its path."""
    model, seeds = denoising(engine, one.entry), one.whole.seeds
    places = [model.flat(model.noise(seeds.generators())).cpu()]
    with closing(engine.run(one.whole)) as frames:
        for frame in frames:
            places.append(model.flat(frame.latents).cpu())
    levels = [*(model.process.level(t) for t in model.timesteps(one.whole.options)), CLEAN]
    return Walked(one, curve(torch.stack(places), levels), frame.images.cpu())


def curve(places: Tensor, levels: Sequence[Level]) -> Curve:
    """places: (T, N, …) x_t at each of the T levels, the noise first, the picture last."""
    flat = places.flatten(2).double()
    noise, picture = flat[0], flat[-1]
    line = picture - noise
    extent = line.norm(dim=1)
    along = ((flat - noise) * line).sum(2) / extent.square()
    rest = flat - noise - along[..., None] * line
    aside = torch.stack([leading(rest[:, i]) for i in range(rest.shape[1])], 1) / extent
    still = torch.stack([level.noised(picture, noise) for level in levels])
    still[0] = noise
    return Curve(torch.stack([along, aside], -1), travelled(flat) / extent, travelled(still) / extent)


def leading(rest: Tensor) -> Tensor:
    """(T,) of (T, D) along the direction of greatest extent, upwards where most of them lie."""
    direction = torch.linalg.svd(rest, full_matrices=False).Vh[0]
    found = rest @ direction
    return found if found.sum() >= 0 else -found


def travelled(places: Tensor) -> Tensor:
    """(N,) length of the paths (T, N, D)."""
    return places.diff(dim=0).norm(dim=2).sum(0)


def shortened(engine: Engine, request: Request, picture: Tensor) -> Shortened:
    """A run in few steps beside the pictures of the whole path."""
    model, began = engine.model(request.entry), time.monotonic()
    images = engine.answer(request).images.cpu()
    seconds, count = time.monotonic() - began, request.options.num_inference_steps
    rmse = (images - picture).square().mean((1, 2, 3)).sqrt()
    return Shortened(count, request, images, seconds, model.evaluations(request.options), rmse)
