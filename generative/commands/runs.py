"""A run of a model, drawn with a progress bar and saved as a picture or an animation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from generative.errors import CannotWrite, InvalidOption, shown
from generative.frame import Frame
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.pictures import grids as images
from generative.inference.pictures.provenance import save_png
from generative.library import weights

BATCH = 64  # images drawn together
MAX_FRAMES = 200  # of an animation; a longer run is thinned out


@dataclass(frozen=True, eq=False)
class Drawn:
    """The last frame of a run over all its seeds, and the images of the moments that an animation shows."""

    last: Frame
    moments: list[Tensor]


def checked_target(out: str, count: int, together: int = BATCH) -> Path:
    """Where to write. Raises InvalidOption or CannotWrite before any work is done for a file that cannot be."""
    target = checked_place(out, (".png", ".gif", ".webp"))
    if target.suffix.lower() != ".png" and count > together:
        raise InvalidOption(f"An animation shows at most {together} images here, not {count}", "count")
    return target


def checked_place(out: str, suffixes: tuple[str, ...], option: str = "out") -> Path:
    """Raises InvalidOption or CannotWrite for a file of another kind, or in a folder that is not there."""
    target = Path(out)
    if target.suffix.lower() not in suffixes:
        kinds = " or ".join(filter(None, [", ".join(suffixes[:-1]), suffixes[-1]]))
        raise InvalidOption(f"--{option} must end in {kinds}, not {shown(out)}", option)
    if not target.parent.is_dir():
        raise CannotWrite(
            f"There is no folder {target.parent}. Make it, or choose another place with --{option}.", option
        )
    if target.is_dir():
        raise CannotWrite(f"{target} is a folder. Choose another place with --{option}.", option)
    return target


def draw(engine: Engine, request: Request, target: Path, together: int = BATCH) -> Drawn:
    """Run the request, `together` images at once; moments are kept if `target` is an animation."""
    lasts, moments = [], []
    for batch in request.batches(together):
        last, seeds = None, batch.seeds
        with tqdm(desc=f"seeds {seeds.first} to {seeds.first + len(seeds) - 1}", disable=None, leave=False) as bar:
            for last in watched(engine.run(batch), bar):
                if target.suffix.lower() != ".png" and kept(last):
                    moments.append(last.images.cpu())
        assert last is not None, "a run has at least one frame"
        lasts.append(last)
    return Drawn(together_again(lasts), moments)


def together_again(lasts: list[Frame]) -> Frame:
    """One last frame of those of several batches, on the CPU."""
    last = lasts[-1]
    figures = {name: torch.cat([frame.figures[name].cpu() for frame in lasts]) for name in last.figures}
    views = {
        name: replace(view, images=torch.cat([frame.views[name].images.cpu() for frame in lasts]))
        for name, view in last.views.items()
    }
    every = torch.cat([frame.images.cpu() for frame in lasts])
    return Frame(every, last.step, last.total, last.label, views, figures)


def kept(frame: Frame) -> bool:
    """Whether an animation shows this moment: MAX_FRAMES of them, evenly spread, the last one in any case."""
    return frame.step * MAX_FRAMES // frame.total > (frame.step - 1) * MAX_FRAMES // frame.total


def watched(frames: Iterator[Frame], bar: tqdm) -> Iterator[Frame]:
    """The same frames, shown on a progress bar."""
    for frame in frames:
        bar.total = frame.total
        bar.set_postfix_str(frame.label, refresh=False)
        bar.update(frame.step - bar.n)
        yield frame


def save(
    picture: Image.Image,
    moments: list[Image.Image],
    target: Path,
    plain: Mapping[str, Any],
    scale: int | None = None,
) -> None:
    """Write the picture or, where there are moments, the animation of them, with the note of what made it.

    Raises CannotWrite, and InvalidOption for a scale beyond 1 to 16; None leaves pictures as they are.
    """
    if not moments:
        return save_png(picture, target, plain, scale or 1)
    with weights.writing(target):
        images.save_animation(moments, len(moments), target.suffix.lower()[1:], target, plain, scale)
