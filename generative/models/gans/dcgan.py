"""DCGAN: Radford, Metz & Chintala, "Unsupervised Representation Learning with Deep Convolutional GANs", 2016,
conditional on the class as in Mirza & Osindero, "Conditional Generative Adversarial Nets", 2014.

Their guidelines: strided and fractionally-strided convolutions instead of pooling, batch norm in both networks, ReLU
and a final tanh in the generator, leaky ReLU in the discriminator, no hidden fully connected layers (networks.py). The
loss is the non-saturating one, with a penalty (objectives.py). The class enters the discriminator by projection
(Miyato & Koyama, "cGANs with Projection Discriminator", 2018).

Of several candidates for an image the discriminator chooses the one that it finds most real: what is left of
"Discriminator Rejection Sampling" (Azadi et al., 2019) when each seed has to give an image.

What is decoded, interpolated and added up is the code of an image: its noise and, where there are classes, the
embedding of its class after it; of one that is told attributes (conditional.py), the sum of theirs. A search for the
code of a picture (`projection`) moves both: where the class was kept, the mean square error over ten test images of
Fashion-MNIST ended two fifths higher.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.answers import Space, Verdict
from generative.frame import Frame
from generative.models.gans.networks import Discriminator, Generator
from generative.models.gans.objectives import DCGAN_OBJECTIVE, Objective
from generative.models.gans.projection import CANDIDATES, best_start, search, search_steps
from generative.models.model import ImageConfig, Model
from generative.options import Options, integer, number
from generative.seeds import Seeds, normal

TOGETHER = 64  # candidates that are judged at a time


@dataclass(frozen=True)
class DCGANConfig(ImageConfig):
    can_be_told = ("class",)
    least: ClassVar[Mapping[str, Any]] = {"generator_channels": 4, "discriminator_channels": 4, "latent": 4}
    latent: int = 64
    class_embedding: int = 16
    generator_channels: int = 48
    discriminator_channels: int = 48
    batch_norm: bool = True  # in the discriminator

    @property
    def levels(self) -> int:
        """How often the generator doubles the size, from 4 to 7 pixels on."""
        return max(1, (self.size // 4).bit_length() - 1)

    @property
    def code(self) -> int:
        """Dimensions of what is decoded."""
        return self.latent + (self.class_embedding if self.told else 0)


@dataclass(frozen=True)
class DCGANOptions(Options):
    truncation: float = number(
        1.0,
        0.1,
        1.0,
        0.05,
        "Truncation",
        "Scales the noise towards its centre. Below 1: more typical, less varied pictures. 1 is what training used.",
    )
    candidates: int = integer(
        1,
        1,
        32,
        "Candidates",
        "How many images are forged for each one shown: the discriminator chooses the one that it finds most real. "
        "At 1 it has no say.",
    )
    search_steps: int = search_steps()


class DCGAN(Model):
    family = "gans"
    title = "DCGAN"
    paper = "https://arxiv.org/abs/1511.06434"
    Config = DCGANConfig
    Options = DCGANOptions
    objective: ClassVar[Objective] = DCGAN_OBJECTIVE
    Generator: ClassVar[type[Generator]] = Generator
    Discriminator: ClassVar[type[Discriminator]] = Discriminator

    def __init__(self, config: DCGANConfig) -> None:
        super().__init__(config)
        self.generator, self.discriminator = self.Generator(config), self.Discriminator(config)

    def evaluations(self, options: DCGANOptions) -> int:
        """One; with candidates, both networks for each of them and the generator once more."""
        return 1 if options.candidates == 1 else 2 * options.candidates + 1

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The code alone: noise, and the embedding of what is told."""
        told = "attributes" if self.config.attributes else "class"
        return (Space("z", f"Noise and {told}", (self.config.code,), "slerp"),)

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: DCGANOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """One frame: codes of the seeds, generated."""
        yield Frame(self.decode(self.latents(seeds, options, condition)), 1, 1, "generated")

    @torch.inference_mode()
    def latents(self, seeds: Seeds, options: DCGANOptions | None = None, condition: Any = None) -> Tensor:
        """Codes (N, dims): of each seed's candidates, the one that the discriminator finds most real."""
        options, labels = options or self.default_options, self._labels(seeds, condition)
        draws = normal(seeds.generators(), options.candidates, self.config.latent).to(self.device)
        z = self._most_real(draws, labels) * options.truncation
        return self.generator.code(z, labels)

    def _labels(self, seeds: Seeds, condition: Any) -> Tensor:
        """(N,) the class of each image, 0 where there are none; (N, A) of one that is told attributes."""
        labels = self.told(seeds, condition)
        return torch.zeros(len(seeds), dtype=torch.int64, device=self.device) if labels is None else labels

    def _most_real(self, draws: Tensor, labels: Tensor) -> Tensor:
        """(N, candidates, latent) noise → (N, latent), of each image the candidate that the discriminator prefers."""
        count, candidates, _ = draws.shape
        if candidates == 1:
            return draws[:, 0]
        parts = zip(
            draws.flatten(0, 1).split(TOGETHER), labels.repeat_interleave(candidates, 0).split(TOGETHER), strict=True
        )
        realness = torch.cat([self._realness(self.generator.code(z, of), of) for z, of in parts])
        return draws[torch.arange(count, device=self.device), realness.view(count, candidates).argmax(1)]

    def _realness(self, codes: Tensor, labels: Tensor) -> Tensor:
        """(N,) what the discriminator says of the images of codes (N, D), each as what it was told to be, if at all."""
        return self.judge(self.decode(codes), labels if self.config.told else None).score

    @torch.inference_mode()
    def decode(self, latents: Tensor, space: str | None = None) -> Tensor:
        """Images (N, C, H, W) in [0, 1] of latents (N, D)."""
        return self._images(self.check_latents(latents, space))

    def _images(self, codes: Tensor) -> Tensor:
        """What `decode` gives, differentiable."""
        # The CPU rounds one row alone in another way than several, and a search would amplify that.
        rows = codes.expand(2, -1) if len(codes) == 1 else codes
        return ((self.generator.decode(rows)[: len(codes)] + 1) / 2).float()

    def project(
        self, images: Tensor, seeds: Seeds, options: DCGANOptions | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """A search for the code of a picture (1, C, H, W); a frame a step, with errors and codes."""
        options = options or self.default_options
        images = self.check_images(images).expand(len(seeds), -1, -1, -1)
        starts = self._starts(images, seeds, condition)
        centres = starts.clone()
        centres[:, : self.config.latent] = 0  # the mean of the noise; what follows it is the embedding of what is told
        return search(self._images, images, starts, centres, options.search_steps)

    @torch.no_grad()
    def _starts(self, images: Tensor, seeds: Seeds, condition: Any) -> Tensor:
        """(N, D) where the searches for images (N, C, H, W) begin: in any class, or in what is asked for."""
        labels = self._labels(Seeds(0, CANDIDATES), condition)
        draws = normal(seeds.generators(), CANDIDATES, self.config.latent).to(self.device)
        return torch.stack(
            [
                best_start(self._images, image, self.generator.code(z, labels))
                for image, z in zip(images, draws, strict=True)
            ]
        )

    @torch.inference_mode()
    def features(self, images: Tensor) -> Tensor:
        """(N, F) of images (N, C, H, W) in [0, 1]: the discriminator's last maps, in 2×2 places; Radford et al. 2016,
        section 5.1, classify by its convolutions too."""
        maps = self.discriminator.layers(self.check_images(images) * 2 - 1)
        return F.adaptive_avg_pool2d(maps, 2).flatten(1)

    @torch.inference_mode()
    def judge(self, images: Tensor, labels: Tensor | None = None) -> Verdict:
        """The discriminator's logits of images (N, C, H, W); without labels, at the class that suits best, or of
        whatever attributes."""
        labels, images = self.check_labels(labels, len(images)), self.check_images(images) * 2 - 1
        if labels is None:
            return Verdict(self.discriminator.of_any(images).float(), self.objective.scale)
        return Verdict(self.discriminator(images, labels).float(), self.objective.scale)
