"""How near restorations of spoiled test images come, beside what is made without a model."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from generative.evaluation.bootstrap import error_of_mean
from generative.evaluation.figure import Figure, Figures, Measured
from generative.evaluation.run import Run
from generative.inference.restoring.likeness import psnr, ssim
from generative.inference.restoring.restoration import Spoiled
from generative.models.model import drain
from generative.protocols import Restores
from generative.seeds import Seeds

MOST, BATCH = 100, 50  # test images, and of one pass
SPOILED: dict[str, dict[str, Any]] = {"x4": {"factor": 4}, "grey": {"grey": True}}  # the latter of pictures in colour
WORDS = {"x4": "means of 4×4 pixels are known", "grey": "only the mean of the colours is known"}


def restoration(model: Restores, run: Run) -> Measured:
    """PSNR and SSIM of the first test images, spoiled in each way and restored, told nothing, under default options."""
    images = run.read("test")[0][:MOST].float() / 255
    figures: Figures = {}
    for name, spoil in SPOILED.items():
        if name != "grey" or images.shape[1] > 1:
            figures |= nearness(model, images, run.seed, name, spoil)
    return Measured(figures, {"restored": len(images)})


def nearness(model: Restores, images: Tensor, seed: int, name: str, spoil: Mapping[str, Any]) -> Figures:
    """The figures of images (N, C, H, W) that are spoiled in one way; image i is restored from seed `seed` + i."""
    parts = []
    for part, seeds in zip(images.split(BATCH), Seeds(seed, len(images)).batches(BATCH), strict=True):
        with tqdm(desc=f"{model.title}: restoring, {name}", leave=False) as bar:
            parts.append(drain(counted(model.restore(part, seeds, **spoil), bar)).images.float().cpu())
    restored = torch.cat(parts)
    spoiled = [Spoiled.of(image, spoil) for image in images]
    plain, how = torch.stack([one.plain for one in spoiled]), spoiled[0].how
    count = f"the first {len(images):,} test images, of which {WORDS[name]}"
    figures = {}
    for id, measure, decimals in (("psnr", psnr, 1), ("ssim", ssim, 2)):
        reached, without = measure(restored, images), float(measure(plain, images).mean())
        words = f"Mean of {count}, each restored once, told nothing; {how} without a model: {without:.{decimals}f}."
        figures[f"restored_{id}_{name}"] = Figure(float(reached.mean()), words, error=error_of_mean(reached.double()))
        figures[f"unaided_{id}_{name}"] = Figure(without, f"Mean of {count}, {how} without a model.")
    if spoil.get("grey"):
        words = f"Wasserstein distance over all pixels of {count}, each restored once, told nothing"
        grey = float(saturation(images).mean())
        astray = saturation_distance(restored, images)
        figures[f"restored_saturation_{name}"] = Figure(astray, f"{words}; of grey ones {grey:.3f}.")
    return figures


def saturation(images: Tensor) -> Tensor:
    """(N, H, W): the greatest less the least of the colours of a pixel (N, 3, H, W), over the greatest; 0 of black."""
    high, low = images.amax(1), images.amin(1)
    return (high - low) / high.clamp(min=1e-6)


def saturation_distance(images: Tensor, truth: Tensor) -> float:
    """The first Wasserstein distance between the saturations of all pixels of two (N, 3, H, W)."""
    one, other = (saturation(each).flatten().sort().values for each in (images, truth))
    return float((one - other).abs().mean())


def counted(frames: Any, bar: tqdm) -> Any:
    """The frames, each a step of a progress bar."""
    for frame in frames:
        bar.total = frame.total
        bar.update(frame.step - bar.n)
        yield frame
