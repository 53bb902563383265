"""The endpoints for pictures that are there: drawn anew, and restored."""

from collections.abc import Iterator
from typing import Any

from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.pictures.grids import grid
from generative.inference.restoring.restoration import Restorations, Spoiled
from generative.web.api.payload import each_png, png, progress, told


class RepairEndpoints:
    """What programs can call of models that see all of a picture at once. Their documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def edit(
        self,
        model: str,
        image: str,
        way: str = "redraw",
        strength: float = 0.5,
        condition: dict[str, Any] | str | None = None,
        count: int = 1,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Draw a picture anew, and stream the progress.

        image: as in /complete. way: "redraw", noise is added to it and taken away again; or "invert", the noise that
        it comes from is found, moved towards that of the seed, and drawn from. strength: from 0 to 1, how little of the
        picture is left. condition: what the new one is to show, as in /generate; null tells nothing. count: at most 16.
        Yields {"step", "total", "label"} for every step; the last one also holds "variations", each {"seed", "png"},
        and "png", the grid of all. Pictures are base64 PNG files.
        """
        with told():
            wish = {"condition": condition, "options": options, "images": image, "way": way, "strength": strength}
            request = self.engine.request("edits", model, seed=seed, count=count, **wish)
            for frame in self.engine.run(request):
                result: dict[str, Any] = {}
                if frame.step == frame.total:
                    pngs = each_png(request, frame.images)
                    result = {"variations": [{"seed": s, "png": p} for s, p in zip(request.seeds, pngs, strict=True)]}
                    result["png"] = png(grid(frame.images), request.plain())
                yield progress(frame) | result

    def restore(
        self,
        model: str,
        image: str,
        factor: int = 1,
        grey: bool = False,
        mask: str | None = None,
        noise: float = 0.0,
        condition: dict[str, Any] | str | None = None,
        count: int = 1,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Spoil a picture, let a model invent what was lost, and stream the progress.

        image, mask: as in /complete; what the mask says is lost. factor: 1, 2 or 4, keep the means of blocks of so many
        pixels along a side. grey: keep the mean of the colours only, of a picture in colour. noise: standard deviation,
        from 0 to 0.5, of noise that is added. At least one of them is needed; what they leave is kept exactly, unless
        it is noisy. condition: what the picture shows, as in /generate; null tells nothing. count: at most 16.
        Yields {"step", "total", "label"} for every step; the last one also holds "restorations", each {"seed", "psnr":
        in dB to the picture as it was, "ssim", "png"}; "mean", {"psnr", "ssim"} of the mean of all; "plain", what is
        made without a model, {"how", "psnr", "ssim", "png"}; "seen", what was left; and "png", the grid of the picture,
        that, and all made of it. Pictures are base64 PNG files; "psnr" is null where there is no difference.
        """
        with told():
            spoil = {"factor": factor, "grey": grey, "mask": mask, "noise": noise}
            wish = {"condition": condition, "options": options, "images": image, **spoil}
            request = self.engine.request("restores", model, seed=seed, count=count, **wish)
            spoiled = Spoiled.of(request.inputs["images"][0], request.inputs)
            for frame in self.engine.run(request):
                last = frame.step == frame.total
                done = described(request, Restorations(spoiled, frame.images.cpu(), request.seeds)) if last else {}
                yield progress(frame) | done


def described(request: Request, done: Restorations) -> dict[str, Any]:
    """What /restore says of its result."""
    made, pngs = request.plain(), each_png(request, done.images)
    return {
        "restorations": [row | {"png": drawn} for row, drawn in zip(done.rows, pngs, strict=True)],
        "mean": done.mean,
        "plain": done.plain | {"png": png(done.spoiled.plain, made)},
        "seen": png(done.spoiled.seen, made),
        "png": png(done.sheet(), made),
    }
