"""StyleGAN: Karras, Laine & Aila, "A Style-Based Generator Architecture for Generative Adversarial Networks", 2019,
grown as in Karras, Aila, Laine & Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability, and
Variation", 2018: the networks begin with the smallest pictures and get layers for twice the size as they learn.

    z ~ N(0, I)  →  w = f(z), the mapping network  →  a picture, drawn from a constant: w says each layer's style

A style is the mean and the spread of each map of a layer (adaptive instance normalisation). Normalising takes away what
the styles before it said of both, so each style governs its own layer; and as in training many pictures have the styles
of two w, changed at some layer, layers learn not to rely on having the same (section 3.1, mixing regularisation).

Otherwise than in the paper there is no noise input: on these cartoons, whose every pixel follows from a few attributes,
its learnt strength stayed below 0.0004 in a trial. And each size's colours go on learning after they have been grown
over: to show what the picture, as it is now, looks like at that size. So the growth can be seen in the final network.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.answers import Mixture, Space, Verdict
from generative.errors import InvalidOption, check_integer
from generative.frame import Frame
from generative.models.gans.objectives import DCGAN_OBJECTIVE, Objective
from generative.models.gans.projection import CANDIDATES, best_start, search, search_steps
from generative.models.gans.style_networks import GrowingDiscriminator, StyleGenerator, enlarged
from generative.models.model import ImageConfig, Model
from generative.options import Options, choice, number
from generative.seeds import Seeds, normal

DRAWS = 10_000  # styles whose mean is kept


@dataclass(frozen=True)
class StyleGANConfig(ImageConfig):
    """most: channels of a layer of the generator; small layers that had more would leave large ones nothing to do."""

    least: ClassVar[Mapping[str, Any]] = {
        "generator_channels": 4,
        "discriminator_channels": 4,
        "latent": 4,
        "style": 4,
        "mapping_layers": 1,
    }
    latent: int = 64
    style: int = 64
    mapping_layers: int = 4
    generator_channels: int = 32
    most: int = 128
    discriminator_channels: int = 32

    @property
    def levels(self) -> int:
        """How often it grows, from 4 to 7 pixels on."""
        return max(1, (self.size // 4).bit_length() - 1)

    @property
    def layers(self) -> int:
        """Layers that have a style: two of each size."""
        return 2 * (self.levels + 1)

    @property
    def widths(self) -> list[int]:
        """Channels of the generator at each size."""
        return [min(self.most, self.generator_channels << level) for level in range(self.levels, -1, -1)]


@dataclass(frozen=True)
class StyleGANOptions(Options):
    truncation: float = number(
        1.0,
        0.0,
        1.0,
        0.05,
        "Truncation",
        "How far styles may be from their mean. Below 1: more typical, less varied pictures; at 0 all are the mean.",
    )
    search_steps: int = search_steps()
    search_space: str = choice(
        "w",
        ("w", "w+"),
        "Search in",
        "w: one style for all layers, as pictures are drawn. w+: a style for each layer, which comes closer to a "
        "picture that this model would never draw (Abdal, Qin and Wonka 2019).",
        ability="projects",
    )


class StyleGAN(Model):
    family = "gans"
    title = "StyleGAN"
    paper = "https://arxiv.org/abs/1812.04948"
    Config = StyleGANConfig
    Options = StyleGANOptions
    objective: ClassVar[Objective] = DCGAN_OBJECTIVE
    mean: Tensor
    deviation: Tensor

    def __init__(self, config: StyleGANConfig) -> None:
        super().__init__(config)
        self.generator, self.discriminator = StyleGenerator(config), GrowingDiscriminator(config)
        self.register_buffer("mean", torch.zeros(config.style))
        self.register_buffer("deviation", torch.ones(config.style))

    def evaluations(self, options: StyleGANOptions) -> int:
        """One."""
        return 1

    @property
    def spaces(self) -> tuple[Space, ...]:
        """Styles, for arithmetic; the noise that they are made of; and a style for each layer."""
        config = self.config
        return (
            Space("w", "Style", (config.style,), "lerp"),
            Space("z", "Noise", (config.latent,), "slerp"),
            Space("w+", "A style for each layer", (config.layers, config.style), "lerp"),
        )

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: StyleGANOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """The pictures of the seeds at each size, the smallest first, enlarged to that of the last."""
        pictures = self.at_each_size(self.styles(self.latents(seeds, options, condition)), self.config.levels)
        for step, picture in enumerate(pictures, 1):
            label = f"{picture.shape[-1]} × {picture.shape[-1]}"
            yield Frame(enlarged(picture, self.config.size), step, len(pictures), label)

    @torch.inference_mode()
    def latents(
        self,
        seeds: Seeds,
        options: StyleGANOptions | None = None,
        condition: Any = None,
        space: str | None = None,
    ) -> Tensor:
        """(N, …) of that space, w if none is named. Truncation moves styles towards their mean ("StyleGAN", appendix
        B); noise has none."""
        options, space = options or self.default_options, self.space(space).name
        self.told(seeds, condition)
        z = normal(seeds.generators(), self.config.latent).to(self.device)
        if space == "z":
            return z
        w = torch.lerp(self.mean, self.generator.mapping(z), options.truncation)
        return self.styles(w) if space == "w+" else w

    def styles(self, latents: Tensor, space: str | None = None) -> Tensor:
        """(N, layers, W), a style for each layer, of latents of a space."""
        if self.space(space).name == "w+":
            return latents
        w = self.generator.mapping(latents) if space == "z" else latents
        return w[:, None].expand(-1, self.config.layers, -1)

    @torch.inference_mode()
    def decode(self, latents: Tensor, space: str | None = None) -> Tensor:
        """Images (N, C, H, W) in [0, 1] of latents (N, …)."""
        return self._images(self.styles(self.check_latents(latents, space), space)).clamp(0, 1)

    def _images(self, styles: Tensor) -> Tensor:
        """(N, C, H, W), about in [0, 1], of styles (N, layers, W); differentiable."""
        return (self.generator.synthesis(styles, self.config.levels)[0] + 1) / 2

    def at_each_size(self, styles: Tensor, grown: float) -> list[Tensor]:
        """Pictures (N, C, H, W) in [0, 1] at each size, the smallest first, of styles (N, layers, W)."""
        picture, maps = self.generator.synthesis(styles, grown)
        smaller = [colour(x) for colour, x in zip(self.generator.synthesis.colours, maps[:-1], strict=False)]
        return [((each + 1) / 2).clamp(0, 1) for each in (*smaller, picture)]

    @classmethod
    def depths(cls, size: int) -> dict[str, tuple[int, ...]]:
        """Layers by what they draw: the last size is fine, half of that middle, all smaller ones are coarse."""
        count = cls.Config(size=size).layers
        layers = tuple(range(1, count + 1))
        named = {"coarse": layers[:-4], "middle": layers[-4:-2], "fine": layers[-2:]}
        return {name: of_it for name, of_it in named.items() if of_it}

    @torch.inference_mode()
    def mix(
        self,
        seeds: Seeds,
        columns: int,
        layers: tuple[int, ...],
        options: StyleGANOptions | None = None,
        condition: Any = None,
    ) -> Mixture:
        """Style mixing ("StyleGAN", figure 3): N seeds, the rows, each with each of the N seeds from `columns` on.

        layers: those, counted from 1, that have the styles of the row. Raises InvalidOption.
        """
        if not layers:
            raise InvalidOption("Choose at least one layer, or nothing is mixed", "layers")
        ours = torch.zeros(self.config.layers, 1, dtype=torch.bool, device=self.device)
        for layer in layers:
            ours[check_integer("layers", layer, 1, self.config.layers) - 1] = True
        rows, others = (self.latents(each, options, condition, "w+") for each in (seeds, Seeds(columns, len(seeds))))
        mixed = torch.where(ours, rows[:, None], others[None])
        images = [self.decode(row, "w+") for row in (rows, others, *mixed)]
        return Mixture(images[0], images[1], torch.stack(images[2:]), tuple(layers))

    @torch.no_grad()
    def measure(self) -> None:
        """Keep the mean of styles, towards which truncation moves them, and how far they lie from it."""
        z = normal([torch.Generator().manual_seed(0)], DRAWS, self.config.latent)[0].to(self.device)
        w = self.generator.mapping(z)
        self.mean.copy_(w.mean(0))
        self.deviation.copy_(w.std(0).clamp_min(1e-4))

    def project(
        self, images: Tensor, seeds: Seeds, options: StyleGANOptions | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """A search for the styles of a picture (1, C, H, W); a frame a step, with errors and latents of that space.

        What is moved is how many deviations a style is from the mean: steps are then as long in every direction. In w+
        each layer's style is moved by itself, from the same start ("Image2StyleGAN", section 4).
        """
        options = options or self.default_options
        images = self.check_images(images).expand(len(seeds), -1, -1, -1)
        starts = self._starts(images, seeds, condition)
        if options.search_space == "w+":
            starts = starts.repeat(1, self.config.layers)
        for frame in search(self._deviating, images, starts, torch.zeros_like(starts), options.search_steps):
            styles = self._styles_at(frame.latents)
            latents = styles if options.search_space == "w+" else styles[:, 0]
            yield replace(frame, images=frame.images.clamp(0, 1), latents=latents)

    def _deviating(self, by: Tensor) -> Tensor:
        """(N, C, H, W) of styles that are so many deviations from the mean: (N, W), or (N, layers · W)."""
        return self._images(self._styles_at(by))

    def _styles_at(self, by: Tensor) -> Tensor:
        """(N, layers, W), so many deviations from the mean: (N, W) the same in all layers, or (N, layers · W)."""
        styles = self.mean + by.unflatten(1, (-1, self.config.style)) * self.deviation
        return styles.expand(-1, self.config.layers, -1)

    @torch.no_grad()
    def _starts(self, images: Tensor, seeds: Seeds, condition: Any) -> Tensor:
        """(N, W) where the searches for images (N, C, H, W) begin."""
        self.told(seeds, condition)
        draws = normal(seeds.generators(), CANDIDATES, self.config.latent).to(self.device)
        return torch.stack(
            [
                best_start(self._deviating, image, (self.generator.mapping(z) - self.mean) / self.deviation)
                for image, z in zip(images, draws, strict=True)
            ]
        )

    @torch.inference_mode()
    def judge(self, images: Tensor, labels: Tensor | None = None) -> Verdict:
        """The discriminator's logits of images (N, C, H, W). Raises NotSupported for labels: it knows no classes."""
        self.check_labels(labels, len(images))
        images = self.check_images(images) * 2 - 1
        return Verdict(self.discriminator(images, self.config.levels).float(), self.objective.scale)
