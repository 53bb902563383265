"""How near restorations come."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from generative.data.dataset import Dataset
from generative.evaluation.restoration import restoration, saturation, saturation_distance
from generative.evaluation.run import Run
from generative.frame import Frame
from generative.seeds import Seeds

COUNT = 120


class Lighter:
    """What it restores is the picture itself, a tenth lighter; it remembers what it was asked."""

    title = "Lighter"

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, dict[str, Any]]] = []

    def restore(self, images: Tensor, seeds: Seeds, **spoil: Any) -> Iterator[Frame]:
        self.asked.append((seeds.first, len(images), spoil))
        yield Frame(images * 0.5, 1, 2)
        yield Frame(images + 0.1, 2, 2)


def run(channels: int, monkeypatch: pytest.MonkeyPatch) -> Run:
    images = torch.randint(200, (COUNT, channels, 16, 16), generator=torch.Generator().manual_seed(0))
    read = (images.to(torch.uint8), torch.zeros(COUNT, dtype=torch.int64))
    monkeypatch.setattr("generative.data.known.read", lambda id, split, root, size: read)
    toy = Dataset("toy", "Toy", lambda *_: read, (), 16, channels, "", "")
    return Run(toy, 16, Path(), None, 10, 10, 3, torch.device("cpu"))


def test_restorations_stand_beside_what_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Lighter()
    found = restoration(model, run(1, monkeypatch)).figures
    assert set(found) == {"restored_psnr_x4", "restored_ssim_x4", "unaided_psnr_x4", "unaided_ssim_x4"}
    assert found["restored_psnr_x4"].value == pytest.approx(20, abs=1e-3)  # −10 log₁₀ 0.1²
    assert found["unaided_psnr_x4"].value < 15 and "100 test images" in found["restored_psnr_x4"].how
    assert f"bicubic without a model: {found['unaided_psnr_x4'].value:.1f}." in found["restored_psnr_x4"].how
    assert model.asked == [(3, 50, {"factor": 4}), (53, 50, {"factor": 4})]


def test_colours_are_restored_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    found = restoration(Lighter(), run(3, monkeypatch)).figures
    assert {"restored_psnr_grey", "unaided_ssim_grey"} <= set(found) and len(found) == 9
    assert found["restored_saturation_grey"].value > 0  # lighter is less saturated
    assert "only the mean of the colours is known" in found["unaided_psnr_grey"].how


def test_saturation_is_that_of_a_colour_whatever_the_place_of_its_pixel() -> None:
    red, pink, grey = (
        torch.tensor(c).view(1, 3, 1, 1).expand(1, 3, 2, 2) for c in ([1.0, 0, 0], [1, 0.5, 0.5], [0.4] * 3)
    )
    assert [float(saturation(c).mean()) for c in (red, pink, grey)] == pytest.approx([1, 0.5, 0])
    assert float(saturation(torch.zeros(1, 3, 2, 2)).max()) == 0
    assert saturation_distance(grey, red) == pytest.approx(1)
    assert saturation_distance(torch.cat([red, grey]), torch.cat([grey, red])) == pytest.approx(0)
