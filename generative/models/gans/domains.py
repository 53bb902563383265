"""Kinds of pictures between which a CycleGAN translates, and the rule that makes drawings of pictures.

Where one kind is made of the other by a rule, the truth of every translation is known, though training never sees a
pair; where both are told apart by a label, nobody knows it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.errors import InvalidOption, shown

LIGHT = (0.299, 0.587, 0.114)  # of red, green and blue (ITU-R BT.601)
PAPER = 0.7  # what is lighter than that is left white
FAINTEST = 0.75  # how dark a flat black becomes
PRESSED = 1.2  # how black an outline becomes, for each step of a colour from 0 to 1


def as_it_is(images: Tensor) -> Tensor:
    """The images."""
    return images


def pencil(images: Tensor) -> Tensor:
    """A pencil drawing of each of (N, C, H, W) in [0, 1], of the same shape: outlines where a neighbour is lighter in
    any colour, and faint greys where the picture is dark, on white paper. Hue is lost."""
    lightest = F.max_pool2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), 3, 1)
    outline = (1 - PRESSED * (lightest - images).amax(1, keepdim=True)).clamp(min=0)
    weights = images.new_tensor(LIGHT if images.shape[1] == 3 else [1 / images.shape[1]] * images.shape[1])
    luminance = (images * weights[:, None, None]).sum(1, keepdim=True)
    shade = torch.lerp(
        torch.full_like(luminance, FAINTEST), torch.ones_like(luminance), (luminance / PAPER).clamp(0, 1)
    )
    return (outline * shade).expand_as(images).contiguous()


@dataclass(frozen=True)
class Domain:
    """One kind of picture.

    name: at every door. title: for a visitor, after an article. where: the labels of its pictures, all of them if
    empty. made: what makes a picture of this kind of one of the data set's.
    """

    name: str
    title: str
    where: Mapping[str, str] = field(default_factory=dict)
    made: Callable[[Tensor], Tensor] = as_it_is


@dataclass(frozen=True)
class Pair:
    """Two kinds of pictures. known: whether both show the same things, so that the truth of a translation is known."""

    first: Domain
    second: Domain

    @property
    def domains(self) -> tuple[Domain, Domain]:
        return self.first, self.second

    @property
    def known(self) -> bool:
        return self.first.where == self.second.where

    @property
    def names(self) -> tuple[str, str]:
        """At every door."""
        return self.first.name, self.second.name

    def place(self, name: object) -> int:
        """Which of the two has that name, in any case: 0 or 1. Raises InvalidOption."""
        said = str(name).strip().casefold()
        if said not in self.names:
            raise InvalidOption(f"to must be one of {', '.join(self.names)}, not {shown(name)}", "to")
        return self.names.index(said)

    def prepares(self, place: int) -> bool:
        """Whether what is translated to the kind `place` can be made of the data set's pictures, by a rule."""
        return self.domains[1 - place].made is not as_it_is

    def given(self, images: Tensor, place: int, prepared: bool) -> tuple[Tensor, Tensor | None]:
        """What is translated to the kind `place`, and the truth of it where that is known.

        images: (N, C, H, W) in [0, 1], which are of the kind that is translated from; or, `prepared`, pictures of the
        data set, of which one of that kind is made first.
        """
        source, target = self.domains[1 - place], self.domains[place]
        original = images if prepared or not self.prepares(place) else None
        truth = target.made(original) if self.known and original is not None else None
        return source.made(images) if prepared else images, truth


PENCIL = Pair(Domain("drawing", "pencil drawing", made=pencil), Domain("colour", "picture in colour"))
SUNGLASSES = Pair(
    Domain("plain", "face without glasses", {"glasses": "none"}),
    Domain("sunglasses", "face with sunglasses", {"glasses": "sun"}),
)
