"""MNIST in black and white: drawn once, or anew for every batch."""

from pathlib import Path

import numpy as np
import pytest
import torch

from generative.data.known import DATASETS, read
from generative.training.portions import Pages
from generative.training.recipe import Portion

FIXED, DYNAMIC = DATASETS["mnist-fixed"], DATASETS["mnist-dynamic"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with 400 training and 20 test images of grey noise in MNIST's form."""
    root = tmp_path_factory.mktemp("data")
    raw, random = root / "MNIST" / "raw", np.random.default_rng(0)
    raw.mkdir(parents=True)
    for split, count in (("train", 400), ("t10k", 20)):
        for kind, array in (
            ("images-idx3", random.integers(0, 256, (count, 28, 28))),
            ("labels-idx1", np.arange(count) % 10),
        ):
            sizes = np.array(array.shape, dtype=">i4").tobytes()
            head = bytes([0, 0, 8, array.ndim]) + sizes
            (raw / f"{split}-{kind}-ubyte").write_bytes(head + array.astype(np.uint8).tobytes())
    return root


def test_the_draws_are_the_same_each_time_and_the_test_images_for_both(data: Path) -> None:
    images, labels = read("mnist-fixed", "train", data)
    assert images.dtype == torch.uint8 and images.unique().tolist() == [0, 255]
    assert labels[:12].tolist() == [*range(10), 0, 1]
    assert images.equal(read("mnist-fixed", "train", data)[0])
    assert read("mnist-fixed", "test", data)[0].equal(read("mnist-dynamic", "test", data)[0])
    assert not read("mnist-fixed", "test", data)[0].equal(images[:20])


def test_a_pixel_is_white_as_often_as_it_is_bright(data: Path) -> None:
    grey = read("mnist", "train", data)[0].float() / 255
    white = read("mnist-fixed", "train", data)[0].float() / 255
    for low in (0.0, 0.25, 0.5, 0.75):
        within = (grey >= low) & (grey < low + 0.25)
        assert float(white[within].mean()) == pytest.approx(float(grey[within].mean()), abs=0.01)


def test_training_images_are_drawn_anew_each_time_they_are_read_and_the_same_by_step(data: Path) -> None:
    pages = Pages(Portion(), DYNAMIC, data, seed=0, device=torch.device("cpu"))
    first, again, later = (pages.batch(step, 400, 28, slice(None)) for step in (0, 0, 1))
    assert first.images.unique().tolist() == [0, 1] and first.images.equal(again.images)
    in_order = [batch.images[pages_order(pages, step)] for step, batch in ((0, first), (1, later))]
    assert 0.2 < float((in_order[0] != in_order[1]).float().mean()) < 0.45  # 1/3 for grey values all equally frequent
    halves = [pages.batch(0, 400, 28, slice(process, None, 2)).images for process in range(2)]
    assert torch.stack(halves, 1).flatten(0, 1).equal(first.images)


def pages_order(pages: Pages, step: int) -> torch.Tensor:
    """Where each training image lies in the batch of all of them."""
    pages.batch(step, 400, 28, slice(None))
    return pages.order.argsort()


def test_fixed_images_are_the_same_in_every_epoch(data: Path) -> None:
    pages = Pages(Portion(), FIXED, data, seed=0, device=torch.device("cpu"))
    epochs = [pages.batch(step, 400, 28, slice(None)).images.flatten(1).unique(dim=0) for step in (0, 1)]
    assert epochs[0].equal(epochs[1]) and epochs[0].unique().tolist() == [0, 1]


def test_what_others_report_has_a_source_and_is_never_of_both() -> None:
    for kind in (FIXED, DYNAMIC):
        assert kind.published and all(p.source.startswith("https://") and 70 < p.nats < 90 for p in kind.published)
    assert not {p.source for p in FIXED.published} & {p.source for p in DYNAMIC.published}
