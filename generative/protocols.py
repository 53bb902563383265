"""What a model can have: the members of each ability, with what goes in and what comes out.

`condition` is {name: value} of what the model can be told, or what its first condition reads; None is any.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from torch import Tensor

from generative.answers import Attention, Cost, Likelihood, Listening, Mixture, Prediction, Space, Verdict, Written
from generative.frame import Frame
from generative.options import Options
from generative.seeds import Seeds


@runtime_checkable
class Samples(Protocol):
    def sample(self, seeds: Seeds, options: Options | None = None, condition: Any = None) -> Iterator[Frame]:
        """Images from noise, one frame per moment. Closing the iterator stops the work at the next step."""
        ...

    def evaluations(self, options: Options) -> int:
        """Forward passes of the network that one image takes under `options`."""
        ...


@runtime_checkable
class Completes(Protocol):
    def complete(
        self, images: Tensor, mask: Tensor, seeds: Seeds, options: Options | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """Invent the pixels where `mask` is true and keep the others bit for bit.

        images: (N, C, H, W) in [0, 1], N = len(seeds) or 1. mask: (H, W) bool.
        """
        ...


@runtime_checkable
class Guides(Protocol):
    """Draws under guidance, which can lead away from something as well as towards what it is told."""

    def guide(
        self, seeds: Seeds, against: Any, options: Options | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """As `sample`, but led away from what `against`, a condition, tells."""
        ...


@runtime_checkable
class Noises(Protocol):
    """Has a forward process, which turns a picture into noise, and a network that looks through the noise."""

    @property
    def num_timesteps(self) -> int:
        """t goes from 0, hardly any noise, to one less than this, hardly any picture."""
        ...

    def noised(
        self,
        images: Tensor,
        timesteps: Sequence[int],
        seeds: Seeds,
        options: Options | None = None,
        condition: Any = None,
    ) -> Iterator[Frame]:
        """A frame per timestep: the view "x_t", and as `images` what one pass of the network finds in it.

        images: (N, C, H, W) in [0, 1], N = len(seeds) or 1. The figure "loss" is the training loss there.
        """
        ...


@runtime_checkable
class Edits(Protocol):
    def edit(
        self,
        images: Tensor,
        seeds: Seeds,
        way: str = "redraw",
        strength: float = 0.5,
        options: Options | None = None,
        condition: Any = None,
    ) -> Iterator[Frame]:
        """Draw pictures (N, C, H, W) in [0, 1], N = len(seeds) or 1, anew: less of them is left the greater `strength`,
        from 0 to 1.

        way: "redraw", noise is added and taken away again; "invert", the noise that a picture comes from is found and
        moved towards that of the seed.
        """
        ...


@runtime_checkable
class Restores(Protocol):
    def restore(
        self,
        images: Tensor,
        seeds: Seeds,
        factor: int = 1,
        grey: bool = False,
        mask: Tensor | None = None,
        noise: float = 0.0,
        options: Options | None = None,
        condition: Any = None,
    ) -> Iterator[Frame]:
        """Spoil pictures (N, C, H, W) in [0, 1], N = len(seeds) or 1, and invent what was lost: one restoration a seed.

        factor: pixels of a block that is kept as its mean, along one side. grey: colours are kept as their mean. mask:
        (H, W) bool, what is lost altogether. noise: standard deviation of what is added.
        """
        ...


@runtime_checkable
class Translates(Protocol):
    """Turns pictures of one kind into pictures of another, and back. What comes out is decided by what goes in."""

    def translate(
        self, images: Tensor, seeds: Seeds, to: str, prepared: bool = False, options: Options | None = None
    ) -> Iterator[Frame]:
        """Pictures of the kind called `to` of those (N, C, H, W) in [0, 1] of the other, N = len(seeds) or 1.

        prepared: images are any of the data set's, and what is translated is made of them first, by the rule that made
        the training's. Views are "given", "back", what comes back of the translation, and "recovered", what comes back
        when it was disturbed by a seed's noise; figures "cycle_error" and "disturbed_error"; where the truth is
        known also the views "truth" and "honest", what comes back of it, and the figures "error" and "honest_error".
        """
        ...


@runtime_checkable
class Interpolates(Protocol):
    """Has latent spaces, the first one for arithmetic: every image comes from a latent, and between two lie others."""

    @property
    def spaces(self) -> tuple[Space, ...]: ...

    def latents(self, seeds: Seeds, options: Options | None = None, condition: Any = None) -> Tensor:
        """(N, D): what `sample` decodes for these seeds and options."""
        ...

    def decode(self, latents: Tensor) -> Tensor:
        """(N, D) → (N, C, H, W) in [0, 1]."""
        ...


@runtime_checkable
class Encodes(Interpolates, Protocol):
    def encode(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, D), the mean of the posterior where there is one."""
        ...


@runtime_checkable
class Infers(Encodes, Protocol):
    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) in [0, 1] → mean and log standard deviation of q(z|x), each (N, D)."""
        ...


@runtime_checkable
class Projects(Interpolates, Protocol):
    def project(
        self, images: Tensor, seeds: Seeds, options: Options | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """Look for latents that decode to `images`, (N, C, H, W) in [0, 1], N = len(seeds) or 1: one search a seed.

        Every frame has `latents` and the figure "loss".
        """
        ...


@runtime_checkable
class Judges(Protocol):
    def judge(self, images: Tensor, labels: Tensor | None = None) -> Verdict:
        """What the discriminator says of images (N, C, H, W) in [0, 1], each as one of the class of `labels` (N,) or,
        without them, as the class that it looks most real as."""
        ...


@runtime_checkable
class Scores(Protocol):
    def score(self, images: Tensor, labels: Tensor | None = None) -> Likelihood:
        """How probable the model finds `images`, (N, C, H, W) in [0, 1], each as one of the class of `labels`.

        labels: (N,) int64, for a model that knows classes; without them p(x) is the mean over all classes. For one that
        is told sentences, (N, length) int64 words.
        """
        ...


@runtime_checkable
class Descends(Protocol):
    def descend(
        self, images: Tensor, seeds: Seeds, options: Options | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """From `images`, (N, C, H, W) in [0, 1], N = len(seeds) or 1, with as much noise as `options` say, downhill.

        Every frame has the figure "energy". Without a condition the energy is that of any picture.
        """
        ...


@runtime_checkable
class Slopes(Protocol):
    def pull(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """(N, C, H, W) minus the gradient of the energy at `images`, (N, C, H, W) in [0, 1], each as one of the class
        of `labels`: above 0 where the model would make a pixel lighter."""
        ...


@runtime_checkable
class Composes(Protocol):
    def compose(
        self, other: Any, seeds: Seeds, options: Options | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """Images that are drawn under `condition` and `other` at once, both of what its first condition reads."""
        ...


@runtime_checkable
class Predicts(Protocol):
    def predict(self, images: Tensor, row: int, column: int, labels: Tensor | None = None) -> Prediction:
        """What the model expects at a pixel of images (1, C, H, W) from the pixels before it, and where it looks."""
        ...


@runtime_checkable
class Attends(Protocol):
    def attend(self, images: Tensor, row: int, column: int, condition: Any = None) -> Attention:
        """Where every head looks when the token at a pixel of images (1, C, H, W) is written."""
        ...


@runtime_checkable
class Listens(Protocol):
    def listen(self, seeds: Seeds, options: Options | None = None, condition: Any = None) -> Listening:
        """Draw the picture of the first seed, and tell where it listens to which word of a sentence."""
        ...


@runtime_checkable
class Bridges(Protocol):
    def between(
        self, other: Any, seeds: Seeds, options: Options | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """As many images as there are seeds, from `condition` to `other`, all of the first seed's noise."""
        ...


@runtime_checkable
class Mixes(Protocol):
    """Draws in layers, each of which has a style of its own."""

    @classmethod
    def depths(cls, size: int) -> Mapping[str, tuple[int, ...]]:
        """Of a model of images of that `size` the layers, counted from 1, by the name of what they draw."""
        ...

    def mix(
        self,
        seeds: Seeds,
        columns: int,
        layers: tuple[int, ...],
        options: Options | None = None,
        condition: Any = None,
    ) -> Mixture:
        """The pictures of as many seeds from `columns` on, of which some `layers` have the styles of `seeds`."""
        ...


@runtime_checkable
class Writes(Protocol):
    def write(self, text: str, seeds: Seeds, options: Options | None = None) -> Written:
        """Go on with a text, once for each seed. Raises InvalidOption for one that the model cannot take."""
        ...

    def spelt(self, text: str) -> str:
        """A text in the characters that it has."""
        ...

    def surprise(self, texts: list[str]) -> list[Tensor]:
        """−log₂ p of every character of each text, and of its end."""
        ...


@runtime_checkable
class Costs(Protocol):
    def cost(self) -> Cost:
        """What one more token takes, the longer the sequence is; measured."""
        ...


@runtime_checkable
class Tokenises(Protocol):
    def tokens(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, rows, columns) int64, the number of the code of each place."""
        ...


@runtime_checkable
class Perceives(Protocol):
    def features(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, D), what the network sees in a picture, for other tasks than its own."""
        ...


@runtime_checkable
class Classifies(Protocol):
    def classify(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, K) logits."""
        ...

    def features(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, D), what evaluation measures distances in."""
        ...
