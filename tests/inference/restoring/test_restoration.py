"""What is left of a spoiled picture, what is made of it without a model, and how near all that comes."""

import pytest
import torch
import torch.nn.functional as F
from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure

from generative.inference.restoring.likeness import psnr, ssim
from generative.inference.restoring.restoration import Restorations, Spoiled
from generative.seeds import Seeds

HOLE = torch.zeros(16, 16, dtype=torch.bool)
HOLE[4:9, 2:12] = True


def picture(channels: int = 3, size: int = 16) -> torch.Tensor:
    return torch.rand(channels, size, size, generator=torch.Generator().manual_seed(channels))


def test_likeness_is_that_of_torchmetrics() -> None:
    a, b = picture(3, 32).expand(2, -1, -1, -1), torch.stack([picture(3, 32).flip(1), picture(3, 32) * 0.9])
    expected = structural_similarity_index_measure(b, a, data_range=1.0, reduction="none")
    torch.testing.assert_close(ssim(b, a), expected, atol=1e-4, rtol=0)
    for i in range(2):
        assert float(psnr(b, a)[i]) == pytest.approx(
            float(peak_signal_noise_ratio(b[i], a[i], data_range=1.0)), abs=1e-3
        )


def test_a_picture_smaller_than_the_window_is_like_itself() -> None:
    small = picture(1, 4)[None]
    assert float(ssim(small, small)) == pytest.approx(1, abs=1e-5) and psnr(small, small).isinf().all()


def test_without_a_model_blocks_are_enlarged_bicubically() -> None:
    truth = picture()
    spoiled = Spoiled.of(truth, {"factor": 4})
    means = F.avg_pool2d(truth[None], 4)
    torch.testing.assert_close(spoiled.plain, F.interpolate(means, (16, 16), mode="bicubic")[0].clamp(0, 1))
    torch.testing.assert_close(spoiled.seen, F.interpolate(means, (16, 16))[0])
    assert spoiled.how == "bicubic" and spoiled.truth.equal(truth)


def test_without_a_model_a_hole_is_filled_with_the_mean_and_colours_stay_grey() -> None:
    truth = picture()
    spoiled = Spoiled.of(truth, {"grey": True, "mask": HOLE})
    grey = truth.mean(0, keepdim=True).expand(3, -1, -1)
    torch.testing.assert_close(spoiled.plain[:, ~HOLE], grey[:, ~HOLE])
    torch.testing.assert_close(spoiled.plain[:, HOLE], grey[:, ~HOLE].mean(1)[:, None].expand(3, int(HOLE.sum())))
    assert spoiled.seen[:, HOLE].unique().tolist() == pytest.approx([0.4, 0.6])  # hatched
    assert spoiled.how == "grey and mean fill"


def test_noise_stays_where_nothing_takes_it_away() -> None:
    spoiled = Spoiled.of(picture(), {"noise": 0.2})
    assert spoiled.plain.equal(spoiled.seen) and spoiled.how == "as it is"


@pytest.mark.parametrize("given", [{"factor": 2, "mask": HOLE}, {"factor": 4, "grey": True, "noise": 0.3}], ids=str)
def test_two_at_once_stay_between_black_and_white(given: dict) -> None:
    spoiled = Spoiled.of(picture(), given)
    for image in (spoiled.seen, spoiled.plain):
        assert image.shape == (3, 16, 16) and image.isfinite().all() and image.min() >= 0 and image.max() <= 1


def test_a_size_that_blocks_do_not_divide_is_filled_up() -> None:
    assert Spoiled.of(picture(1, 10), {"factor": 4}).plain.shape == (1, 10, 10)


def test_restorations_are_measured_by_seed_beside_what_is_made_without_a_model() -> None:
    truth = picture()
    spoiled = Spoiled.of(truth, {"factor": 2})
    done = Restorations(spoiled, torch.stack([truth, 1 - truth]), Seeds(7, 2))
    first, second = done.rows
    assert (first["seed"], second["seed"]) == (7, 8) and first["psnr"] is None and first["ssim"] == pytest.approx(1)
    assert second["psnr"] < done.plain["psnr"] and done.plain["how"] == "bicubic"
    assert done.mean["psnr"] == pytest.approx(float(psnr(torch.full((1, 3, 16, 16), 0.5), truth[None])))
    assert done.sheet().size == (18 * 3 - 2, 18 * 2 - 2)
