"""What a model can do, a record each beside its protocol. Doors ask for an ability, never for a model by name."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from torch import Tensor

from generative.answers import Attention, Cost, Likelihood, Listening, Mixture, Prediction, Verdict, Written
from generative.frame import Frame
from generative.options import Options
from generative.protocols import (
    Attends,
    Bridges,
    Classifies,
    Completes,
    Composes,
    Costs,
    Descends,
    Edits,
    Encodes,
    Guides,
    Infers,
    Interpolates,
    Judges,
    Listens,
    Mixes,
    Noises,
    Perceives,
    Predicts,
    Projects,
    Restores,
    Samples,
    Scores,
    Slopes,
    Tokenises,
    Translates,
    Writes,
)

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
        Ability[Frame](
            "translates",
            Translates,
            "translate",
            "translate a picture",
            "Translate",
            "translations",
            "translated",
            (16, 1024),
            command="translate",
            endpoint="translate",
            card="translate {id} picture.png --out translated.png",
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
        Ability[Tensor](
            "perceives",
            Perceives,
            "features",
            "tell the features of a picture",
            most=(250, 5000),
            together=125,
            command="features",
            endpoint="features",
            card="features {id} --labels 10",
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
        Ability[Frame](
            "bridges",
            Bridges,
            "between",
            "draw between two sentences",
            "Draw",
            "images",
            most=(16, 64),
            command="between",
            endpoint="between",
        ),
        Ability[Mixture](
            "mixes",
            Mixes,
            "mix",
            "mix styles",
            "Mix",
            "faces",
            "mixed",
            (8, 16),
            command="mix",
            endpoint="mix",
            card="mix {id} --columns 100 --layers coarse --out mixed.png",
        ),
        Ability[Written](
            "writes",
            Writes,
            "write",
            "write text",
            "Write",
            "texts",
            "written",
            (8, 64),
            command="write",
            endpoint="write",
            card="write {id} --text someone --count 4",
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
