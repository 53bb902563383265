"""Pictures that are translated to another kind and back, and what comes of them on the way."""

from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from generative.data.dataset import having
from generative.data.examples import examples
from generative.data.known import dataset
from generative.frame import Frame
from generative.inference.pictures.grids import grid
from generative.inference.restoring.likeness import ssim
from generative.library.entries import Entry
from generative.seeds import Seeds

SHOWN = {  # of a journey, in this order
    "given": "given",
    "images": "translated",
    "back": "back again",
    "truth": "the truth",
    "difference": "the difference, amplified",
    "between": "translated and disturbed",
    "recovered": "back from there",
    "honest": "back from the truth",
}
FIGURES = ("cycle_error", "disturbed_error", "error", "honest_error")


def pictures_of(entry: Entry, place: int, count: int) -> Tensor:
    """(N, C, H, W), at most `count` bundled test pictures of which a translator's kind `place` is made; none where
    no labels tell which these are. Raises InvalidOption where none are bundled."""
    domain, known = entry.kind_class.pair.domains[place], dataset(entry.dataset)
    images = examples(entry.dataset, entry.size).transpose(0, 1).flatten(0, 1)
    if not domain.where:
        return images[:count]
    if known.rendered is None:
        return images[:0]
    return images[having(known.rendered.labels("test")[: len(images)], domain.where, known.attributes)][:count]


@dataclass(frozen=True, eq=False)
class Translations:
    """frame: the last of a run of `translate`, of `seeds`."""

    frame: Frame
    seeds: Seeds

    @property
    def names(self) -> list[str]:
        """What each picture of a journey is, in words."""
        return [words for name, words in SHOWN.items() if name == "images" or name in self.frame.views]

    def stations(self, index: int) -> dict[str, Tensor]:
        """The pictures (C, H, W) of one journey, as they are to be seen, in the order of SHOWN."""
        there = {name: view.shades[index].cpu() for name, view in self.frame.views.items()}
        there["images"] = self.frame.images[index].cpu()
        return {name: there[name] for name in SHOWN if name in there}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What programs are told of each translation: root mean square errors, and the SSIM of what came back; "error"
        and "honest_error" are None where the truth is not known."""
        figures = {name: values.tolist() for name, values in self.frame.figures.items()}
        likeness = ssim(self.frame.views["back"].images, self.frame.views["given"].images).tolist()
        return [
            {
                "seed": seed,
                "cycle_ssim": likeness[i],
                **{name: figures[name][i] if name in figures else None for name in FIGURES},
            }
            for i, seed in enumerate(self.seeds)
        ]

    def sheet(self) -> Image.Image:
        """A row of each journey."""
        rows = [torch.stack(list(self.stations(i).values())) for i in range(len(self.seeds))]
        return grid(torch.cat(rows), len(rows[0]))
