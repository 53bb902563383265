"""Pictures that a model has reason to find strange, made from one: what anomaly detection by likelihood is tried on."""

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.data.examples import example
from generative.data.known import DATASETS


def oddities(image: Tensor, dataset: str) -> tuple[Tensor, list[str]]:
    """(N, C, H, W): `image` (C, H, W) itself, then changed in ways that grow stranger; and a name for each."""
    generator = torch.Generator().manual_seed(0)
    height, pixels = image.shape[1], image[0].numel()
    pictures = {
        "The picture": image,
        "Mirrored": image.flip(2),
        "Upside down": image.flip(1),
        "Light and dark swapped": 1 - image,
        "Rows shuffled": image[:, torch.randperm(height, generator=generator)],
        "Pixels shuffled": image.flatten(1)[:, torch.randperm(pixels, generator=generator)].view_as(image),
        "A little noise": (image + 0.1 * torch.randn(image.shape, generator=generator)).clamp(0, 1),
        "Pure noise": torch.rand(image.shape, generator=generator),
        "Nothing at all": torch.zeros_like(image),
    }
    if dataset in DATASETS and (strange := DATASETS[dataset].strange):
        pictures["Another data set's"] = like(example(*strange), image)
    return torch.stack(list(pictures.values())), list(pictures)


def like(image: Tensor, other: Tensor) -> Tensor:
    """`image` with the channels and the size of `other`."""
    image = image.mean(0, keepdim=True) if len(other) == 1 else image.expand(len(other), -1, -1)
    size = other.shape[1:]
    return F.interpolate(image[None], size, mode="bilinear", antialias=True, align_corners=False)[0]
