"""Row LSTM: what a pixel sees, the gradient written by hand, and the sweep against the whole network."""

import itertools
import json
from dataclasses import asdict

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from generative.models.autoregressive.pixel_model import FullSweep
from generative.models.autoregressive.recurrence import Recurrence, row_fronts
from generative.models.autoregressive.row_lstm import RowLSTM
from generative.models.model import drain
from generative.seeds import Seeds
from tests.building import build


class NaiveRowLSTM(RowLSTM):
    def sweep(self, canvas: Tensor, labels: Tensor | None) -> FullSweep:
        return FullSweep(self, canvas, labels)


def dependence(model: RowLSTM, row: int, column: int, channel: int) -> Tensor:
    """(C, H, W) bool: the values that the table of this one depends on, in any of three images."""
    config = model.config
    images = torch.rand(3, config.image_channels, config.size, config.size, dtype=torch.float64, requires_grad=True)
    tables = model.tables(model(images), images)
    direction = torch.randn(256, dtype=torch.float64)
    loss = (tables[:, channel, :, row, column] * direction).sum()
    return (torch.autograd.grad(loss, images)[0] != 0).any(0)


@pytest.mark.parametrize(("kernel", "layers"), [(3, 1), (3, 3), (5, 1)])
def test_a_pixel_sees_a_triangle_above_and_pixels_to_its_left_and_nothing_else(tiny, kernel, layers) -> None:
    model = tiny("row-lstm", channels=12, kernel=kernel, layers=layers, size=9).double()
    reach, first = kernel // 2, 1
    across, down = torch.arange(9), torch.arange(9)[:, None]
    for row, column in [(0, 0), (0, 8), (4, 0), (4, 4), (8, 1), (8, 8)]:
        up, right = row - down, across - column
        left_most = -(up * reach + layers * reach + first)
        right_most = torch.where(up > 0, (up - 1) * reach + first, -1)
        expected = (up >= 0) & (right >= left_most) & (right <= right_most)
        assert dependence(model, row, column, 0)[0].equal(expected)


def test_the_channels_of_a_pixel_come_one_after_the_other(tiny) -> None:
    model = tiny("row-lstm", channels=24, size=3, image_channels=3).double()
    for row, column, channel in [(0, 0, 0), (0, 0, 2), (1, 1, 0), (1, 1, 1), (1, 1, 2), (2, 2, 1)]:
        seen = dependence(model, row, column, channel).permute(1, 2, 0).flatten()
        here = (row * 3 + column) * 3 + channel
        assert seen[:here].all() and not seen[here:].any()


@pytest.mark.parametrize("image_channels", [1, 3])
@torch.inference_mode()
def test_the_sweep_goes_on_from_reordered_images(tiny, image_channels) -> None:
    model = tiny("row-lstm", channels=6, size=5, image_channels=image_channels).double()
    canvas = torch.rand(3, image_channels, 5, 5, dtype=torch.float64)
    sweep = model.sweep(canvas, None)
    for row in range(5):
        expected = model.tables(model(canvas), canvas)[:, :, :, row]
        for column, channel in itertools.product(range(5), range(image_channels)):
            torch.testing.assert_close(sweep.logits(row, column, channel), expected[:, channel, :, column])
        index = torch.tensor([[1, 2, 0], [2, 2, 1]][row % 2])
        sweep.reorder(index)
        canvas.copy_(canvas[index])
        canvas[:, :, row + 1 :] = torch.rand_like(canvas[:, :, row + 1 :])


@settings(max_examples=10, deadline=None)
@given(
    config=st.fixed_dictionaries(
        {
            "size": st.integers(1, 5),
            "image_channels": st.sampled_from([1, 3]),
            "channels": st.sampled_from([3, 6]),
            "first_kernel": st.sampled_from([3, 7]),
            "kernel": st.sampled_from([3, 5]),
            "layers": st.integers(1, 3),
            "frequencies": st.integers(0, 3),
        }
    ),
    pattern=st.integers(1, 2**25 - 1),
    seed=st.integers(0, 99),
)
def test_the_sweep_draws_what_the_whole_network_draws(tiny, config, pattern, seed) -> None:
    size = config["size"]
    model = tiny("row-lstm", **config).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter *= 3  # so that what was drawn matters for what comes
    naive = NaiveRowLSTM(model.config).double()
    naive.load_state_dict(model.state_dict())
    mask = torch.tensor([pattern >> bit & 1 for bit in range(size * size)]).view(size, size).bool()
    mask[-1, 0] |= not mask.any()
    images, options = torch.rand(1, config["image_channels"], size, size), model.Options(candidates=3)
    for hole in (mask, torch.ones_like(mask)):
        one, other = (drain(m.complete(images, hole, Seeds(seed, 2), options)) for m in (model, naive))
        assert one.images.equal(other.images)
        torch.testing.assert_close(one.views["entropy"].images, other.views["entropy"].images)


def test_the_gradient_of_the_recurrence_is_right() -> None:
    x, weight = (torch.randn(*shape, dtype=torch.float64, requires_grad=True) for shape in [(12, 2, 1, 8), (1, 6, 8)])
    assert torch.autograd.gradcheck(lambda x, weight: Recurrence.apply(x, weight, row_fronts(3, 4)), (x, weight))


def test_it_is_built_from_its_config_as_json() -> None:
    model = RowLSTM(RowLSTM.Config(size=4, image_channels=3, channels=6, layers=1))
    again = build("row-lstm", json.loads(json.dumps(asdict(model.config))))
    assert again.config == model.config
    again.load_state_dict(model.state_dict())
    images = torch.rand(2, 3, 4, 4)
    assert again(images).equal(model(images)) and again(images).shape == (2, 768, 4, 4)
