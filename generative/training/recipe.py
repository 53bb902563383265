"""What a model's training is made of; one recipe per family says the loss, the loop does the rest."""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from generative.models.model import Model


class Recipe:
    """Networks, optimisers and one step of learning.

    A subclass sets `networks`, which are the model or parts of it, and their `optimisers` in its __init__ and
    implements `step`. The whole model is averaged (EMA) and exported.
    """

    configs: ClassVar[Mapping[str, dict[str, Any]]] = {}  # by data set, what differs from the model's own defaults
    minutes: ClassVar[float] = 30  # what the committed weights took
    batch_size: ClassVar[int] = 128
    learning_rate: ClassVar[float] = 1e-3
    ema_decay: ClassVar[float] = 0.999
    progress: float = 0.0  # how much of the budget is spent, in [0, 1]; kept by the loop
    networks: dict[str, nn.Module]
    optimisers: dict[str, torch.optim.Optimizer]

    def __init__(self, model: Model) -> None:
        self.networks = {"model": model}
        self.optimisers = {"model": torch.optim.AdamW(model.parameters(), self.learning_rate, weight_decay=0.01)}

    def step(self, accelerator: Accelerator, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Learn from images (N, C, H, W) in [0, 1] and labels (N,); returns what to record, as 0-d tensors."""
        with accelerator.autocast():
            loss, record = self.loss(images, labels)
        self.descend(accelerator, "model", loss)
        return {"loss": loss.detach(), **record}

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """For recipes with a single loss: the loss and what else to record."""
        raise NotImplementedError

    def finish(self, model: Model, images: Tensor) -> None:
        """What is left to do to the averaged model when training is over, with images (N, C, H, W) uint8."""

    def descend(self, accelerator: Accelerator, name: str, loss: Tensor, clip: float = 1.0) -> None:
        """One step of the optimiser `name` on `loss`, its gradient clipped to norm `clip`."""
        optimiser = self.optimisers[name]
        optimiser.zero_grad(set_to_none=True)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(self.networks[name].parameters(), clip)
        optimiser.step()
