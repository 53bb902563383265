"""What a model can do: a protocol and a record each. Doors ask for an ability, never for a model by name.

`condition` is {name: value} of what the model can be told, or what its first condition reads; None is any.
"""

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor

from generative.frame import Frame
from generative.options import Options
from generative.seeds import Seeds


@dataclass(frozen=True)
class Likelihood:
    """How probable a model finds images. Only what is of the same kind can be compared.

    nats: (N,) the surprise −ln p(x); the lower, the more probable.
    kind: "exact"; "tokens", exact too, but of the tokens that stand for a picture; "bound", the true surprise is at
    most this; or "unnormalised", it is this plus an unknown constant.
    values: of one image, C·H·W, or its tokens.
    parts: (N, C, H, W) nats of each value, where the likelihood divides into values. They add up to `nats`. Those of a
    token are spread over its pixels, C is then 1. together: pixels of a token.
    told: (N,) int64, the class that the model was told of each; None for p(x) whatever the class.
    posterior: (N, K) p(c|x), all K classes equally probable beforehand, where the model was told none of them.
    """

    nats: Tensor
    kind: Literal["exact", "tokens", "bound", "unnormalised"]
    values: int
    parts: Tensor | None = None
    told: Tensor | None = None
    posterior: Tensor | None = None
    together: int = 1

    @property
    def figure(self) -> str:
        """The name that programs know `number` by."""
        return {"tokens": "bits_per_token", "unnormalised": "energy"}.get(self.kind, "bits_per_dim")

    @property
    def bits_per_dim(self) -> Tensor:
        """(N,) −log₂ p(x) / (C·H·W), or of tokens a token."""
        return self.nats / (math.log(2) * self.values)

    @property
    def number(self) -> Tensor:
        """(N,) what is told of images and ranks them, the lowest the most probable: bits/dim; of what is not
        normalised, which has no bits, the nats as they are, an energy."""
        return self.nats if self.kind == "unnormalised" else self.bits_per_dim

    @property
    def bits(self) -> Tensor | None:
        """(N, C, H, W) the surprise −log₂ p of each value, or of the token that a pixel belongs to."""
        return None if self.parts is None else self.parts * self.together / math.log(2)

    @classmethod
    def joined(cls, several: Sequence["Likelihood"]) -> "Likelihood":
        """One of all images, on the CPU, from those of a few each."""

        def every(name: str) -> Tensor | None:
            found = [getattr(each, name) for each in several]
            return None if found[0] is None else torch.cat([each.cpu() for each in found])

        first = several[0]
        parts, told, posterior = every("parts"), every("told"), every("posterior")
        return cls(every("nats"), first.kind, first.values, parts, told, posterior, first.together)


@dataclass(frozen=True)
class Scale:
    """What a critic's numbers mean.

    title: what is measured. real, forged: the scores that training pulls real and forged images towards, infinite where
    there is no end to it. probability: what turns a score into the probability of being real, where something does.
    """

    title: str
    real: float
    forged: float
    probability: Callable[[Tensor], Tensor] | None = None


@dataclass(frozen=True)
class Verdict:
    """score: (N,) what a critic says of images, its raw numbers, which mean what `scale` says."""

    score: Tensor
    scale: Scale


@dataclass(frozen=True)
class Space:
    """One of the spaces that a model's images can be said to come from.

    shape: of a latent, without the batch. path: between two latents, "slerp", an arc around the origin, as noise wants
    it, or "lerp", a straight line. steps: that decoding takes; where they are many it is streamed by `sample`.
    """

    name: str
    title: str
    shape: tuple[int, ...]
    path: Literal["slerp", "lerp"]
    steps: int = 1

    @property
    def dims(self) -> int:
        return math.prod(self.shape)


@dataclass(frozen=True, eq=False)
class Prediction:
    """table: (C, 256) probabilities of a pixel's values. field: (H, W) in [0, 1], how much each pixel bears on it."""

    table: Tensor
    field: Tensor


@dataclass(frozen=True, eq=False)
class Attention:
    """What a transformer looks at when it writes one token of a picture.

    shares: (L, A, H, W), of L layers with A heads: how much of its attention goes to the token that a pixel belongs to.
    start: (L, A), how much goes to what stands before the first token, which is called `before`. The shares of all
    tokens and this one add up to 1. words: (L, A, K) attention to the K `names` of a sentence, which adds up to 1 by
    itself; K is 0 for a model that is told none. hearing: (K, H, W) attention to each name when the token that a pixel
    belongs to is written, mean of all layers and heads.
    box: row, column, height and width, in pixels, of the token. bits: (H, W) the surprise −log₂ p of every token.
    positions: (T, width) what tells a token its place, in reading order.
    """

    shares: Tensor
    start: Tensor
    before: str
    words: Tensor
    names: tuple[str, ...]
    box: tuple[int, int, int, int]
    bits: Tensor
    positions: Tensor
    hearing: Tensor


@dataclass(frozen=True, eq=False)
class Listening:
    """Where a picture listened to a sentence while it was drawn.

    image: (C, H, W) in [0, 1], what was drawn. names: what stands before the sentence, then its known words, K in all.
    shares: (S, L, K, R, R), at each look of the network and in each layer how much of the attention of a place of the
    picture goes to each of the names, the mean of all heads; those of a place add up to 1. times: the t of each look.
    sides: of each layer, how many places it tells apart along a side.
    """

    image: Tensor
    names: tuple[str, ...]
    shares: Tensor
    times: tuple[float, ...]
    sides: tuple[int, ...]


@dataclass(frozen=True)
class Cost:
    """What a transformer takes for one more token, in seconds, measured here and now.

    lengths: tokens of the sequence with it. cached: with the keys and values of those before kept. naive: with the
    whole sequence computed anew. attention: of that the attention alone, without any layer of weights.
    """

    lengths: tuple[int, ...]
    cached: tuple[float, ...]
    naive: tuple[float, ...]
    attention: tuple[float, ...]

    def growth(self, name: str) -> float:
        """By how much the longest takes longer than the one of half its length: 2 is linear, 4 is quadratic."""
        taken = getattr(self, name)
        return taken[-1] / max(1e-9, taken[self.lengths.index(self.lengths[-1] // 2)])


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
class Classifies(Protocol):
    def classify(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, K) logits."""
        ...

    def features(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, D), what evaluation measures distances in."""
        ...


R = TypeVar("R", covariant=True)
OF_A_RUN = ("seeds", "options", "condition", "labels")  # what a request has of its own; all else is an input


def one(options: Options) -> int:
    """What an image costs as a rule: an image."""
    return 1


def candidates(options: Options) -> int:
    """What a completion costs: so many candidates are drawn for it."""
    return getattr(options, "candidates", 1)


@dataclass(frozen=True)
class Ability(Generic[R]):
    """One thing that models can do, as every door tells it.

    member: of `protocol`, what is called; its parameters say what a request holds. verb: "it cannot …". button, noun:
    on the page, what starts it and what is counted. deed: what was done to an image. most: results of one request, for
    a visitor and for the owner of the machine. each: images that one result costs. together: images of one pass, where
    no frames are streamed. command, endpoint: its doors, which take what a request holds. card: a command to show.
    """

    name: str
    protocol: type
    member: str
    verb: str
    button: str = ""
    noun: str = ""
    deed: str = "drawn"
    most: tuple[int, int] = (64, 1024)
    each: Callable[[Options], int] = one
    together: int = 64
    command: str = ""
    endpoint: str = ""
    card: str = ""

    @cached_property
    def takes(self) -> tuple[str, ...]:
        """The names of the member's parameters."""
        return tuple(inspect.signature(getattr(self.protocol, self.member)).parameters)[1:]

    @property
    def inputs(self) -> tuple[str, ...]:
        """What a request is given besides seeds, options and a condition."""
        return tuple(name for name in self.takes if name not in OF_A_RUN)

    @cached_property
    def optional(self) -> tuple[str, ...]:
        """Those of `inputs` that may be left out."""
        about = inspect.signature(getattr(self.protocol, self.member)).parameters
        return tuple(name for name in self.inputs if about[name].default is not inspect.Parameter.empty)

    @property
    def seeded(self) -> bool:
        """Whether results come from seeds; all others come from what is put in, one each."""
        return "seeds" in self.takes

    @property
    def streams(self) -> bool:
        """Whether it answers with frames, of which the last is the result."""
        return inspect.signature(getattr(self.protocol, self.member)).return_annotation == Iterator[Frame]


ABILITIES: dict[str, Ability] = {
    ability.name: ability
    for ability in (
        Ability[Frame](
            "samples",
            Samples,
            "sample",
            "draw images",
            "Generate",
            "images",
            command="sample",
            endpoint="generate",
            card="sample {id} --count 16 --seed 0 --out grid.png",
        ),
        Ability[Frame](
            "completes",
            Completes,
            "complete",
            "complete a picture",
            "Complete",
            "completions",
            "completed",
            (16, 1024),
            candidates,
            command="complete",
            endpoint="complete",
            card="complete {id} picture.png --mask lower --out completed.png",
        ),
        Ability[Frame](
            "guides",
            Guides,
            "guide",
            "be led away from something",
            "Generate",
            "images",
            command="sample",
            endpoint="generate",
        ),
        Ability[Frame](
            "noises",
            Noises,
            "noised",
            "add noise to a picture step by step",
            "Add noise",
            "noisy pictures",
            "seen through noise",
            (16, 1024),
            command="noise",
            endpoint="noise",
            card="noise {id} picture.png --t 100,300,500,700,900 --out noisy.png",
        ),
        Ability[Frame](
            "edits",
            Edits,
            "edit",
            "edit a picture",
            "Draw it anew",
            "variations",
            "drawn anew",
            (16, 1024),
            command="edit",
            endpoint="edit",
            card="edit {id} picture.png --strength 0.5 --out edited.png",
        ),
        Ability[Frame](
            "restores",
            Restores,
            "restore",
            "restore a picture",
            "Restore",
            "restorations",
            "restored",
            (16, 1024),
            command="restore",
            endpoint="restore",
            card="restore {id} picture.png --factor 4 --out restored.png",
        ),
        Ability[Tensor](
            "interpolates",
            Interpolates,
            "latents",
            "walk between images",
            card="interpolate {id} seed:1 seed:2 --steps 9 --out walk.png",
        ),
        Ability[Tensor]("decodes", Interpolates, "decode", "decode a latent", most=(256, 4096)),
        Ability[Tensor](
            "encodes",
            Encodes,
            "encode",
            "encode a picture",
            together=32,
            command="encode",
            endpoint="reconstruct",
            card="encode {id} picture.png --out reconstruction.png",
        ),
        Ability[tuple[Tensor, Tensor]]("infers", Infers, "posterior", "tell a posterior", together=32),
        Ability[Frame](
            "projects",
            Projects,
            "project",
            "search its latent space for a picture",
            "Search",
            "searches",
            "found",
            (8, 64),
        ),
        Ability[Verdict]("judges", Judges, "judge", "tell real images from forged ones"),
        Ability[Likelihood](
            "scores",
            Scores,
            "score",
            "tell how probable a picture is",
            together=16,
            command="score",
            endpoint="score",
            card="score {id} picture.png",
        ),
        Ability[Frame](
            "descends",
            Descends,
            "descend",
            "roll a picture downhill",
            "Roll downhill",
            "descents",
            "rolled downhill",
            (16, 1024),
            command="descend",
            endpoint="descend",
            card="descend {id} picture.png --option disturbed=0.5 --out rolled.gif",
        ),
        Ability[Tensor]("slopes", Slopes, "pull", "tell which pixels it would change", together=16, endpoint="slope"),
        Ability[Frame](
            "composes",
            Composes,
            "compose",
            "draw two things at once",
            "Compose",
            "images",
            "composed",
            command="compose",
            endpoint="compose",
        ),
        Ability[Prediction]("predicts", Predicts, "predict", "tell what it expects of a pixel", most=(1, 1)),
        Ability[Attention](
            "attends", Attends, "attend", "show its attention", most=(1, 1), command="attend", endpoint="attend"
        ),
        Ability[Listening](
            "listens",
            Listens,
            "listen",
            "show where words look",
            "Draw",
            most=(1, 1),
            command="listen",
            endpoint="listen",
        ),
        Ability[Cost](
            "costs", Costs, "cost", "tell what its attention costs", most=(1, 1), command="cost", endpoint="cost"
        ),
        Ability[Tensor]("tokenises", Tokenises, "tokens", "tell the tokens of a picture", together=32),
        Ability[Tensor]("classifies", Classifies, "classify", "tell what a picture shows"),
    )
}


def abilities(model: object) -> list[str]:
    """The names of what `model`, or a model class, can do."""
    return [name for name, ability in ABILITIES.items() if callable(getattr(model, ability.member, None))]
