"""Networks whose features others compare images in, through torch-fidelity: what is measured in them stands beside
what papers report, as long as images, their number and the reference are the same.

Inception: Szegedy et al., "Rethinking the Inception Architecture", 2016, in the weights of the first FID. DINOv2: Oquab
et al., 2023; it sees more than the classes of ImageNet: Stein et al., "Exposing Flaws of Generative Model Evaluation
Metrics and Their Unfair Treatment of Diffusion Models", 2023.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pickle import UnpicklingError

import torch
from torch import Tensor, nn

from generative.errors import NotSupported
from generative.evaluation.reference import in_batches
from generative.figures import EXTRACTORS

INSTALL = 'pip install "torch-fidelity>=0.4,<1"'  # as the extra "fidelity" in pyproject.toml
INCEPTION = (
    "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth"
)


@dataclass(frozen=True)
class Network:
    """Its name and that of its features in torch-fidelity, where it is fetched from, and a check of that, if any."""

    name: str
    layer: str
    source: str
    check: Callable[[str], object] | None = None


def only_tensors(url: str) -> object:
    """Fetches a file of weights and reads it without unpickling anything else, as torch-fidelity then does."""
    return torch.hub.load_state_dict_from_url(url, map_location="cpu", check_hash=True, weights_only=True)


NETWORKS = {
    "inception": Network("inception-v3-compat", "2048", INCEPTION, only_tensors),
    "dinov2": Network("dinov2-vit-l-14", "dinov2", "https://github.com/facebookresearch/dinov2"),
}


@dataclass(frozen=True, eq=False)
class Extractor:
    """A network on a device, and what it is called."""

    title: str
    network: nn.Module
    device: torch.device

    def features_of(self, images: Tensor, task: str) -> Tensor:
        """Features (N, D) of images (N, C, H, W) in [0, 1], grey or in colour; `task` names the progress bar."""
        return in_batches(self.features, images, task)

    @torch.inference_mode()
    def features(self, images: Tensor) -> Tensor:
        """The same of one batch. The network takes bytes in colour, and scales them itself."""
        shown = (images.to(self.device) * 255).round().to(torch.uint8).expand(-1, 3, -1, -1)
        return self.network(shown)[0]


def load(name: str, device: torch.device) -> Extractor:
    """One of NETWORKS. Raises NotSupported where torch-fidelity is missing, or the network cannot be fetched."""
    title, known = EXTRACTORS[name], NETWORKS[name]
    try:
        from torch_fidelity.utils import create_feature_extractor
    except ImportError as e:
        words = f"{title} comes with torch-fidelity, which is not installed here. Install it: {INSTALL}"
        raise NotSupported(words, "extractor") from e
    try:
        if known.check:
            known.check(known.source)
        network = create_feature_extractor(known.name, [known.layer], cuda=False, verbose=False)
    except (OSError, RuntimeError, ValueError, UnpicklingError) as e:  # URLError is an OSError
        raise NotSupported(
            f"{title} could not be fetched from {known.source}: {e}. It is fetched once: run it where there is a "
            f"network, or copy the folder {torch.hub.get_dir()} from a machine that has it.",
            "extractor",
        ) from e
    return Extractor(title, network.to(device), device)
