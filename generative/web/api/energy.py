"""The endpoints for models with an energy: pictures that roll downhill, and sums of energies."""

from collections.abc import Iterator
from typing import Any

from generative.inference.energy.descents import descents
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.pictures.grids import grid
from generative.web.api.payload import each_png, png, progress, told


class EnergyEndpoints:
    """What programs can call of energies. Their documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def descend(
        self,
        model: str,
        image: str,
        condition: dict[str, Any] | str | None = None,
        count: int = 1,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Roll a picture downhill, and stream the progress.

        image: as in /complete. condition: as in /generate; null is the energy of any picture. count: at most 16.
        options["disturbed"]: how much of the picture is noise at first, 0 to 1. Yields {"step", "total", "label"} for
        every step; the last one also holds "descents", of each seed {"seed", "energy", "exploded": whether it was
        stopped because its steps were too large, "png"}, and "png", the grid of all. Pictures are base64 PNG files.
        """
        with told():
            about = {"seed": seed, "count": count, "condition": condition, "options": options}
            yield from self._rolled(self.engine.request("descends", model, images=image, **about))

    def compose(
        self,
        model: str,
        other: dict[str, Any] | str,
        condition: dict[str, Any] | str | None = None,
        count: int = 1,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Draw what two conditions allow, down the sum of their energies, and stream the progress.

        other, condition: as the condition of /generate. options["share"]: how much the second counts, 0 to 1. Yields
        what /descend yields, "descents" being the images.
        """
        with told():
            about = {"seed": seed, "count": count, "condition": condition, "options": options}
            yield from self._rolled(self.engine.request("composes", model, other=other, **about))

    def slope(
        self, model: str, images: list[str], condition: dict[str, Any] | str | None = None
    ) -> list[list[list[list[float]]]]:
        """Minus the gradient of the energy at pictures: for each, by channel, row and column, above 0 where the model
        would make a pixel lighter. images: at most 64, each as in /complete. condition: as in /score."""
        with told():
            request = self.engine.request("slopes", model, condition=condition, images=images)
            return self.engine.answer(request).tolist()

    def _rolled(self, request: Request) -> Iterator[dict[str, Any]]:
        for frame in self.engine.run(request):
            result = {}
            if frame.step == frame.total:
                rows = zip(descents(request.seeds, frame), each_png(request, frame.images), strict=True)
                made = [row | {"png": drawn} for row, drawn in rows]
                result = {"descents": made, "png": png(grid(frame.images), request.plain())}
            yield progress(frame) | result
