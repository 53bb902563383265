import pytest
import torch

from generative.evaluation.anomaly import auroc, error_of_auroc, pairs, row_shuffled


def test_auroc_is_one_when_all_strange_images_are_less_probable_and_a_half_when_none_can_be_told() -> None:
    usual = torch.tensor([1.0, 2.0, 3.0])
    assert auroc(usual, usual + 5) == 1
    assert auroc(usual, usual - 5) == 0
    assert auroc(usual, usual) == 0.5
    assert auroc(usual, torch.tensor([2.5])) == pytest.approx(2 / 3)
    assert auroc(torch.zeros(3), torch.zeros(4)) == 0.5


@pytest.mark.parametrize("copied", [0.0, 0.9])
def test_the_error_of_auroc_is_the_spread_of_other_draws_of_copies_too(copied: float) -> None:
    generator = torch.Generator().manual_seed(0)

    def won() -> torch.Tensor:
        usual, other = torch.randn(2, 100, generator=generator, dtype=torch.float64)
        return pairs(usual, copied * usual + (1 - copied**2) ** 0.5 * other + 0.5)

    draws = [won() for _ in range(300)]
    spread = torch.stack([each.mean() for each in draws]).std()
    told = torch.tensor([error_of_auroc(each) for each in draws]).mean()
    assert float(told) == pytest.approx(float(spread), rel=0.15)


def test_shuffling_keeps_the_rows_of_each_image_and_changes_their_order() -> None:
    images = torch.arange(2 * 3 * 6 * 4).view(2, 3, 6, 4)
    shuffled = row_shuffled(images, torch.Generator().manual_seed(0))
    for before, after in zip(images, shuffled, strict=True):
        order = after[0, :, 0].argsort()
        assert torch.equal(after[:, order], before)
        assert not torch.equal(after, before)
    first, second = (image[0, :, 0].argsort() for image in shuffled)
    assert not torch.equal(first, second)
