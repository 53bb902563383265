"""What a model's training is made of; a recipe says the loss, the loop does the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from generative.data.dataset import Dataset
from generative.models.model import Model, drain
from generative.protocols import Samples
from generative.seeds import Seeds

Record = dict[str, Tensor]  # what to write down of a step, as 0-d tensors
FILMED = 16  # images of a moment of the film


def as_they_are(images: Tensor) -> Tensor:
    """The images: what a portion does with them unless it says otherwise."""
    return images


@dataclass(frozen=True)
class Portion:
    """A part of a data set's training images that a recipe reads, in an order of its own.

    where: the labels that its images have, {"glasses": "none"} or {"class": "Bag"}; empty for all. done: what is done
    to images (N, C, H, W) in [0, 1] before they are learnt from. share: (0, 2) for the first of every two images, so
    that portions have none in common. first: how many of them, where not all.
    """

    where: Mapping[str, str] = field(default_factory=dict)
    done: Callable[[Tensor], Tensor] = as_they_are
    share: tuple[int, int] = (0, 1)
    first: int | None = None

    @property
    def words(self) -> str:
        """How much of a data set's training images it is, for a card."""
        return "all training images" if self.first is None else f"the first {self.first} training images alone"


@dataclass(frozen=True)
class Batch:
    """images: (N, C, H, W) in [0, 1]. labels: (N,) or, of a data set with attributes, (N, A)."""

    images: Tensor
    labels: Tensor


class Recipe:
    """Networks, optimisers and one step of learning.

    A subclass sets `networks`, which are the model or parts of it, and their `optimisers` in its __init__ and
    implements `step`, or only `loss`. The whole model is averaged (EMA) and exported.

    recorded: whether the network's passes forth and back are always the same operations, without a wait for the device,
    so that a GPU can play them from a recording. begun: the model as which this one began to learn, if it did as one.
    progress, taken: how much of the budget is spent, in [0, 1], and the steps taken; kept by the loop.
    """

    configs: ClassVar[Mapping[str, dict[str, Any]]] = {}  # by data set, what differs from the model's own defaults
    steps: ClassVar[int | None] = None  # of a run that has a length, whatever the machine
    minutes: ClassVar[float] = 30  # where no weights are committed whose minutes `recipes.COMMITTED` tells
    batch_size: ClassVar[int] = 128
    learning_rate: ClassVar[float] = 1e-3
    betas: ClassVar[tuple[float, float]] = (0.9, 0.999)  # of Adam
    ema_decay: ClassVar[float] = 0.999
    reads: ClassVar[tuple[Portion, ...]] = (Portion(),)
    recorded: ClassVar[bool] = False
    begun: str = ""
    progress: float = 0.0
    taken: int = 0
    networks: dict[str, nn.Module]
    optimisers: dict[str, torch.optim.Optimizer]

    def __init__(self, model: Model) -> None:
        self.model = model
        self.networks = {"model": model}
        learning = [weight for weight in model.parameters() if weight.requires_grad]
        about = {"betas": self.betas, "weight_decay": 0.01, "fused": True}
        self.optimisers = {"model": torch.optim.AdamW(learning, self.learning_rate, **about)}

    @classmethod
    def length(cls, dataset: str) -> tuple[int | None, int]:
        """Of a run on that data set the `steps`, if it has a length, and the size of a batch."""
        return cls.steps, cls.batch_size

    def prepare(self, dataset: Dataset, root: Path, data: str | Path | None = None) -> None:
        """What is to be there before training begins: of the data set, which lies in `data`, and of other models below
        `root`."""

    def size(self, progress: float) -> int:
        """Height and width of the images that are learnt from at this `progress`."""
        return self.model.config.size

    def step(self, accelerator: Accelerator, batches: tuple[Batch, ...]) -> Record:
        """Learn from a batch of each portion that the recipe reads."""
        (batch,) = batches
        with accelerator.autocast():
            loss, record = self.loss(batch.images, batch.labels)
        self.descend(accelerator, "model", loss)
        return {"loss": loss.detach(), **record}

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Record]:
        """For recipes with a single loss: the loss and what else to record."""
        raise NotImplementedError

    def film(self, model: Model, pictures: Tensor) -> Tensor | None:
        """(16, C, H, W) in [0, 1]: what shows how far the averaged `model` is, always of the same seeds.

        pictures: 16 test pictures of the data set, for models that need some. None: there is nothing to see.
        """
        return drain(model.sample(Seeds(0, FILMED))).images if isinstance(model, Samples) else None

    def finish(self, model: Model, images: Tensor) -> None:
        """What is left to do to the averaged model when training is over, with images (N, C, H, W) uint8."""

    def beside(self, folder: Path) -> None:
        """Write what the page wants to know of the training, besides its curve and its film, into the checkpoint."""

    def state(self) -> dict[str, Any]:
        """What it remembers besides networks and optimisers, as tensors and numbers, for a run to go on with."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on with what `state` gave."""

    def descend(self, accelerator: Accelerator, name: str, loss: Tensor, clip: float = 1.0) -> None:
        """One step of the optimiser `name` on `loss`, its gradient clipped to norm `clip`."""
        optimiser = self.optimisers[name]
        optimiser.zero_grad(set_to_none=True)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(self.networks[name].parameters(), clip)
        optimiser.step()
