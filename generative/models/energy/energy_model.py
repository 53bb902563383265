"""What the models of this family share: an energy, low where pictures are, and the chains that roll down it.

    p(x) = exp(−E(x)) / Z,    Z = ∫ exp(−E(x)) dx

Z is never known, so an energy ranks pictures and tells no probability of one (LeCun et al., "A Tutorial on Energy-Based
Learning", 2006). In exchange energies may be added: exp(−E₁ − E₂) is, up to its Z, the product of two densities, what
both allow (Du & Mordatch, "Implicit Generation and Modeling with Energy-Based Models", 2019).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.answers import Likelihood
from generative.frame import Frame, View
from generative.models.energy.curve import curves
from generative.models.energy.descent import Moment, Pace, Pull, descend
from generative.models.model import Model
from generative.models.precision import whole_float32
from generative.options import Options, integer, number
from generative.seeds import Seeds

STEEPEST = 2.0  # of a gradient as it is shown

PUSH = partial(
    View,
    "Where it pulls",
    "Minus the gradient of the energy: pixels that the next step makes lighter are white, those that it makes darker "
    "black, and grey ones stay",
    low=-STEEPEST,
    high=STEEPEST,
)
CURVE = partial(
    View,
    "Energy so far",
    "How the energy of this picture fell, from the first step at the left to the last at the right; all pictures of a "
    "run share one scale",
)


@dataclass(frozen=True)
class EnergyOptions(Options):
    steps: int = integer(60, 1, 1000, "Steps", "How often a picture moves downhill. More steps end lower.")
    step_size: float = number(
        0.0125,
        0.0005,
        1.0,
        0.0005,
        "Step size",
        "How far a step goes for its slope. Small ones need many steps; large ones jump across the valley, and far too "
        "large ones throw the picture out: it is stopped, and its last sound state kept.",
    )
    momentum: float = number(
        0.35,
        0.0,
        0.95,
        0.05,
        "Momentum",
        "How much of its speed a picture keeps, as a ball does: it rolls over small dents. 0 stops in each of them.",
    )
    noise: float = number(
        0.0,
        0.0,
        1.0,
        0.001,
        "Noise",
        "How strong the random kicks at each step are. 0 rolls straight down into the nearest valley; 1 without "
        "momentum is Langevin dynamics, which in the end visits pictures as often as the energy finds them probable.",
    )
    disturbed: float = number(
        0.5,
        0.0,
        1.0,
        0.05,
        "Noise to begin with",
        "How much of the picture is noise before it rolls: 0 none of it, 1 all.",
        ability="descends",
    )
    share: float = number(
        0.5,
        0.0,
        1.0,
        0.05,
        "Share of the second",
        "How much the energy of the second counts in the sum. At ½ both count the same.",
        ability="composes",
    )

    @property
    def pace(self) -> Pace:
        """How its chains move."""
        return Pace(self.steps, self.step_size, self.momentum, self.noise**2)


@dataclass(frozen=True, eq=False)
class Term:
    """An energy in a sum: what the network is told in it, for each image, and how much it counts."""

    told: Tensor
    weight: float = 1.0


class EnergyModel(Model, ABC):
    """A subclass says the energy, in what form it takes pictures, and what stands for a class that is not told."""

    family = "energy"
    Options: ClassVar[type[EnergyOptions]]

    @abstractmethod
    def energy(self, x: Tensor, told: Tensor) -> Tensor:
        """(N,) of x, (N, *place_shape), each as what `told` says of it; differentiable."""

    @abstractmethod
    def untold(self, count: int) -> Tensor:
        """What the network is told when it is told nothing, of so many images."""

    @property
    @abstractmethod
    def place_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of what chains move."""

    @abstractmethod
    def placed(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, *place_shape)."""

    @abstractmethod
    def flat(self, x: Tensor) -> Tensor:
        """(N, *place_shape) → (N, C, H, W), the same values as the pixels lie."""

    @abstractmethod
    def start(self, generators: list[torch.Generator]) -> Tensor:
        """(N, *place_shape): where chains begin that draw a picture."""

    def asked(self, seeds: Seeds, condition: Any = None) -> Tensor:
        """What the network is told of each image. Raises NotSupported or InvalidOption."""
        told = self.told(seeds, condition)
        return self.untold(len(seeds)) if told is None else told

    def asked_of(self, seeds: Seeds, condition: Any) -> Tensor:
        """The same of pictures that are given: what is not told is nothing, not a class in turn."""
        said = condition.values() if isinstance(condition, Mapping) else [condition]
        told = any(value is not None for value in said)
        return self.asked(seeds, condition) if told else self.untold(len(seeds))

    def terms(self, terms: Sequence[Term], options: EnergyOptions) -> Sequence[Term]:
        """The energies that a drawing of `terms` under `options` descends the sum of."""
        return terms

    def evaluations(self, options: EnergyOptions) -> int:
        """Passes of the network for one image: each step looks, back and forth, and so does its end."""
        return (options.steps + 1) * len(self.terms((Term(self.untold(1)),), options))

    @torch.inference_mode(False)
    def slope(self, x: Tensor, terms: Sequence[Term]) -> tuple[Tensor, Tensor]:
        """(N,) the sum of the terms' energies at x, and its gradient (N, *place_shape)."""
        count = len(terms)
        # Clones, for autograd cannot use what a caller made in inference mode.
        several = x.clone().repeat(count, *[1] * (x.dim() - 1)).requires_grad_()
        told = torch.cat([term.told for term in terms]).clone()
        weights = torch.tensor([term.weight for term in terms], device=x.device, dtype=x.dtype)
        with torch.enable_grad():
            energy = self.energy(several, told)
            (gradient,) = torch.autograd.grad(energy.sum(), several)
        weighed = torch.einsum("k,kn...->n...", weights, gradient.unflatten(0, (count, -1)))
        return (weights @ energy.detach().view(count, -1)).float(), weighed.float()

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: EnergyOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """A frame per step, its figure "energy" (N,) that of its pictures; views "push" and "energy"."""
        options = options or self.default_options
        generators = seeds.generators()
        terms = (Term(self.asked(seeds, condition)),)
        yield from self.rolled(self.start(generators), terms, options, generators)

    @torch.inference_mode()
    def compose(
        self, other: Any, seeds: Seeds, options: EnergyOptions | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """As `sample`, down the sum of two energies: that of `condition` and that of `other`, each with its share."""
        options, generators = options or self.default_options, seeds.generators()
        first, second = self.asked(seeds, condition), self.asked(seeds, other)
        terms = Term(first, 1 - options.share), Term(second, options.share)
        yield from self.rolled(self.start(generators), terms, options, generators)

    @torch.inference_mode()
    def descend(
        self, images: Tensor, seeds: Seeds, options: EnergyOptions | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """From pictures (N, C, H, W) in [0, 1], N = len(seeds) or 1, mixed with where a drawing would begin."""
        images = self.check_images(images)
        options, generators = options or self.default_options, seeds.generators()
        place = self.placed(images.expand(len(seeds), -1, -1, -1))
        mixed = torch.lerp(place, self.start(generators), options.disturbed)
        yield from self.rolled(mixed, (Term(self.asked_of(seeds, condition)),), options, generators)

    @torch.inference_mode()
    def complete(
        self, images: Tensor, mask: Tensor, seeds: Seeds, options: EnergyOptions | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """The hole rolls downhill from noise while all else is held; pictures end with the figure "energy".

        images: (N, C, H, W) in [0, 1], N = len(seeds) or 1. mask: (H, W) bool.
        """
        images = self.check_images(images)
        options, generators = options or self.default_options, seeds.generators()
        known = images.expand(len(seeds), -1, -1, -1)
        place, hole = self.placed(known), self.placed(mask.to(images.device).expand_as(known).float()) > 0

        def hold(x: Tensor) -> Tensor:
            return torch.where(hole, x, place)

        terms = (Term(self.asked_of(seeds, condition)),)
        for frame in self.rolled(self.start(generators), terms, options, generators, hold):
            yield replace(frame, images=torch.where(mask.to(known.device), frame.images, known.float()))

    def rolled(
        self,
        x: Tensor,
        terms: Sequence[Term],
        options: EnergyOptions,
        generators: list[torch.Generator],
        pull: Pull | None = None,
    ) -> Iterator[Frame]:
        """The frames of a descent from x, (N, *place_shape), down the sum of `terms`."""
        passed, terms = list[Tensor](), self.terms(terms, options)
        for moment in descend(lambda place: self.slope(place, terms), x, options.pace, generators, pull):
            passed.append(moment.energy)
            yield self.frame(moment, passed)

    def frame(self, moment: Moment, passed: Sequence[Tensor]) -> Frame:
        """A moment as pictures; `passed` are the energies (N,) of all steps so far."""
        images = self.picture(moment.x)
        push = PUSH((-self.flat(moment.gradient)).clamp(-STEEPEST, STEEPEST))
        figures = {"energy": moment.energy, "exploded": moment.exploded.float()}
        views = {"push": push, "energy": CURVE(curves(torch.stack(list(passed)), moment.total, images.shape))}
        return Frame(images, moment.step, moment.total, label(moment), views, figures)

    def picture(self, x: Tensor) -> Tensor:
        """(N, *place_shape) → (N, C, H, W), cut to [0, 1]."""
        return ((self.flat(x) + 1) / 2).clamp(0, 1)

    @whole_float32
    @torch.inference_mode()
    def score(self, images: Tensor, labels: Tensor | None = None) -> Likelihood:
        """The energy of images, (N, C, H, W) in [0, 1], each as of the class of `labels` or as of none."""
        images = self.check_images(images)
        told = self.check_labels(labels, len(images))
        energy = self.energy(self.placed(images), self.untold(len(images)) if told is None else told)
        return Likelihood(energy.float(), "unnormalised", images[0].numel(), told=told)

    @torch.inference_mode()
    def pull(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """(N, C, H, W) minus the slope of the energy at pictures, in energy per shade, where white is 1 above black."""
        images = self.check_images(images)
        told = self.check_labels(labels, len(images))
        _, gradient = self.slope(self.placed(images), (Term(self.untold(len(images)) if told is None else told),))
        return -2 * self.flat(gradient)  # places are twice as wide as shades


def label(moment: Moment) -> str:
    """A moment in words: the energy of its pictures, and how many chains were stopped."""
    lost, energy = torch.stack([moment.exploded.sum(), moment.energy.mean()]).tolist()
    stopped = f"; {lost:.0f} of {len(moment.energy)} exploded and were stopped: take smaller steps"
    return f"energy {energy:.0f}" + (stopped if lost else "")
