"""A run of a model, drawn with a progress bar and saved as a grid or an animation."""

from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from tqdm import tqdm

from generative.commands.terminal import say
from generative.errors import CannotWrite, GenerativeError, InvalidOption, shown
from generative.frame import Frame
from generative.inference import checkpoints, images, provenance
from generative.seeds import Seeds

BATCH = 64  # images drawn together
MAX_FRAMES = 200  # of an animation; a longer run is thinned out


def checked_target(out: str, count: int) -> Path:
    """Raises InvalidOption or CannotWrite before any work is done for a file that cannot be."""
    target = Path(out)
    if target.suffix.lower() not in (".png", ".gif", ".webp"):
        raise InvalidOption(f"--out must end in .png, .gif or .webp, not {shown(out)}", "out")
    if target.suffix.lower() != ".png" and count > BATCH:
        raise InvalidOption(f"An animation shows at most {BATCH} images, not {count}", "count")
    if not target.parent.is_dir():
        raise CannotWrite(f"There is no folder {target.parent}. Make it, or choose another place with --out.", "out")
    return target


def watched(frames: Iterator[Frame], bar: tqdm) -> Iterator[Frame]:
    """The same frames, shown on a progress bar."""
    try:
        for frame in frames:
            bar.total = frame.total
            bar.set_postfix_str(frame.label, refresh=False)
            bar.update(frame.step - bar.n)
            yield frame
    except torch.OutOfMemoryError as e:
        raise GenerativeError("The device's memory does not suffice. Ask for fewer images.", "count") from e


def save_run(
    run: Callable[[Seeds], Iterator[Frame]], seeds: Seeds, target: Path, made_by: provenance.Provenance | None
) -> None:
    """Draw, batch by batch, and write the grid of results, or the animation of all moments."""
    results, moments = [], []
    for batch in seeds.batches(BATCH):
        last = None
        with tqdm(desc=f"seeds {batch.first} to {batch.first + len(batch) - 1}", disable=None, leave=False) as bar:
            for last in watched(run(batch), bar):
                if target.suffix.lower() != ".png":
                    moments.append(images.grid(last.images))
        assert last is not None, "a run has at least one frame"
        results.append(last.images.cpu())
    if moments:
        moments = moments[:-1][:: -(-len(moments) // MAX_FRAMES)] + moments[-1:]
        with checkpoints.writing(target):
            images.save_animation(moments, len(moments), target.suffix.lower()[1:], target)
    elif made_by is not None:
        provenance.save_png(images.grid(torch.cat(results)), target, made_by)
    else:
        with checkpoints.writing(target):
            images.grid(torch.cat(results)).save(target, "PNG")
    say(str(target))
