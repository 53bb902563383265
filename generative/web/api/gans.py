"""The endpoint of GANs: objectives side by side."""

from typing import Any

from generative.data.known import dataset as known
from generative.inference.contrast import contenders, contrasted
from generative.inference.engine.engine import Engine
from generative.web.api.payload import each_png, told


class GANEndpoints:
    """What programs can call of GANs. Their documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def contrast(
        self, dataset: str, condition: dict[str, Any] | str | None = None, count: int = 4, seed: int = 0
    ) -> list[dict[str, Any]]:
        """Draw the same noise with every GAN of a data set that differs from the others in its objective alone.

        condition: as in /generate. Returns for each {"model", "objective", "images_seen", "class_agreement", "fid",
        "precision", "recall": as measured, null where they were not, "curve_tells": the rank correlation, −1 to 1, of
        the curve that its training could watch with the FID, "recognised": by class, the share of ten pictures in which
        a classifier sees it, "classes_drawn": in how many classes in at least half, "pngs": its images}.
        """
        with told():
            entries = contenders(list(self.engine.entries.values()), known(dataset).id)
            done = contrasted(self.engine, entries, seed=seed, count=count, condition=condition)
            return [one.row() | {"pngs": each_png(one.request, one.images)} for one in done]
