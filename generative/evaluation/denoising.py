"""How well a denoising model sees through noise, by how much of it there is: the loss that training lowers, by t."""

from typing import Any

import torch
from tqdm import tqdm

from generative.evaluation.figure import Measured, digits
from generative.evaluation.run import Run
from generative.library.losses import FILE
from generative.models.model import drain
from generative.seeds import Seeds

MOST = 500  # test images
TIMESTEPS = 41  # evenly from the first to the last
BATCH = 250


def denoising(model: Any, run: Run) -> Measured:
    """The mean loss at each of TIMESTEPS over test images, each with a noise of its own; the model is told nothing."""
    images, _ = run.read("test")
    images = images[:MOST].float() / 255
    timesteps = torch.linspace(0, model.num_timesteps - 1, TIMESTEPS).round().long().tolist()
    sums = torch.zeros(len(timesteps), dtype=torch.float64)
    for i, part in enumerate(tqdm(images.split(BATCH), desc=f"{model.title}: loss by t", leave=False)):
        seeds = Seeds(run.seed + i * BATCH, len(part))
        for k, t in enumerate(timesteps):
            sums[k] += drain(model.noised(part, [t], seeds)).figures["loss"].double().sum().cpu()
    how = f"Mean over {len(images):,} test images, each with a noise of its own; the model was told nothing of them."
    losses = [digits(loss) for loss in (sums / len(images)).tolist()]
    return Measured({}, {}, {FILE: {"timesteps": timesteps, "loss": losses, "how": how}})
