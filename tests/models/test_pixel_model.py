"""What holds for every autoregressive pixel model: a chain of distributions, drawn, completed and scored alike."""

from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from generative.errors import InvalidOption
from generative.models.autoregressive.completion import LEVELS, PixelOptions, choose
from generative.models.autoregressive.pixel_model import FullSweep, PixelModel
from generative.models.model import drain, to_bytes
from generative.models.registry import MODELS
from generative.seeds import Seeds
from tests.building import build

GREY, ANY = (1,), (1, 3)
# The smallest networks worth testing, and the image channels that each model can have.
TINY = {
    "pixelcnn": ({"channels": 6, "first_kernel": 3, "blocks": 1, "frequencies": 2}, ANY),
    "gated-pixelcnn": ({"channels": 4, "first_kernel": 3, "dilations": [1, 2], "frequencies": 2}, GREY),
    "row-lstm": ({"channels": 6, "first_kernel": 3, "layers": 1, "frequencies": 2}, ANY),
    "diagonal-bilstm": ({"channels": 6, "first_kernel": 3, "layers": 1, "frequencies": 2}, ANY),
    "pixelcnnpp": ({"channels": [4, 4], "blocks": [1, 1], "components": 2, "frequencies": 2}, ANY),
    "transformer": ({"width": 8, "heads": 2, "layers": 2, "hidden": 8, "run": 2, "frequencies": 2}, ANY),
}
REGISTERED = [name for name, kind in MODELS.items() if issubclass(kind, PixelModel)]
KINDS = [(name, channels) for name in REGISTERED if name in TINY for channels in TINY[name][1]]


@cache
def made(name: str, channels: int, size: int = 4) -> PixelModel:
    """In double precision, every weight disturbed, so that no layer is silent."""
    torch.manual_seed(0)
    config = {"classes": ["a", "b"], "size": size, "image_channels": channels, **TINY[name][0]}
    model = build(name, config).double().requires_grad_(False)
    for weight in model.parameters():
        weight.add_(0.3 * torch.randn_like(weight))
    return model


def pictures(model: PixelModel, count: int) -> Tensor:
    size, generator = model.config.size, torch.Generator().manual_seed(3)
    return torch.randint(LEVELS, (count, model.config.image_channels, size, size), generator=generator) / (LEVELS - 1)


def classes(model: PixelModel, count: int) -> Tensor | None:
    return torch.arange(count) % 2 if model.config.told else None


def hole(size: int) -> Tensor:
    """A hole with known pixels before, beside and after it."""
    mask = torch.zeros(size, size, dtype=torch.bool)
    mask[1 : size - 1, 1 : size - 1] = True
    return mask


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind[0]}-{kind[1]}")
def model(request: pytest.FixtureRequest) -> PixelModel:
    return made(*request.param)


def test_every_pixel_model_is_tested_here() -> None:
    assert set(REGISTERED) <= set(TINY)


@pytest.mark.parametrize("name", [name for name, channels in KINDS if channels == 1])
def test_probabilities_sum_to_one(name: str) -> None:
    """Over all 256² values of two pixels in a row, across the end of a line, the other two being anything."""
    model = made(name, 1, size=2)
    values = torch.arange(LEVELS) / (LEVELS - 1)
    images = pictures(model, 1).flatten().repeat(LEVELS**2, 1)
    images[:, 1:3] = torch.cartesian_prod(values, values)
    total = 0.0
    for part in images.view(-1, 1, 2, 2).split(8192):
        bits = model.score(part, None if classes(model, 1) is None else torch.zeros(len(part), dtype=torch.long)).bits
        total += float(torch.exp2(-bits.flatten(1)[:, 1:3].sum(1).double()).sum())
    assert total == pytest.approx(1, abs=1e-4)


def test_surprise_is_what_the_tables_say(model: PixelModel) -> None:
    images = pictures(model, 3)
    output = model(images.double(), classes(model, 3))
    tables = model.tables(output, images.double())
    assert tables.shape == (3, model.config.image_channels, LEVELS, 4, 4)
    expected = -tables.log_softmax(2).gather(2, to_bytes(images)[:, :, None])[:, :, 0]
    torch.testing.assert_close(model.nats(output, images.double()).double(), expected, atol=1e-4, rtol=1e-4)
    bits = model.score(images, classes(model, 3))
    torch.testing.assert_close(bits.nats.double(), expected.sum((1, 2, 3)), atol=1e-2, rtol=1e-4)
    assert bits.kind == "exact"


def chain(model: PixelModel) -> list[tuple[int, int, int]]:
    """Row, column and channel of all values, in the order of drawing."""
    size = range(model.config.size)
    return [(row, column, channel) for row in size for column in size for channel in range(model.config.image_channels)]


@pytest.mark.parametrize(("name", "channels"), KINDS)
def test_no_table_depends_on_its_own_value_or_a_later_one(name: str, channels: int) -> None:
    model = made(name, channels, size=6)
    images = pictures(model, 8).double().requires_grad_()  # several, since a ReLU may be shut in one
    tables = model.tables(model(images, classes(model, 8)), images)
    direction = torch.randn(LEVELS, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    order = chain(model)
    for row, column, channel in [v for v in order if v[:2] in [(0, 0), (0, 5), (1, 0), (2, 3), (3, 2), (4, 5), (5, 5)]]:
        value = (tables[:, channel, :, row, column] @ direction).sum()
        (gradient,) = torch.autograd.grad(value, images, retain_graph=True, allow_unused=True, materialize_grads=True)
        gradient = gradient.abs().sum(0).permute(1, 2, 0)
        here = order.index((row, column, channel))
        assert not gradient.flatten()[here:].any(), (row, column, channel)
        assert gradient[row, column, :channel].all(), "earlier channels of the pixel count"
        assert row == 0 or gradient[row - 1, column].all(), "the pixel above counts"
        assert column == 0 or gradient[row, column - 1].all(), "the pixel to the left counts"


def test_tables_stay_as_they_are_when_later_values_change(model: PixelModel) -> None:
    """As the gradient says, but it would not notice what is rounded on the way."""
    first, second = pictures(model, 2).double()
    order = chain(model)
    for here in range(0, len(order), 5):
        mixed = second.permute(1, 2, 0).flatten().clone()
        mixed[:here] = first.permute(1, 2, 0).flatten()[:here]
        both = torch.stack([first, mixed.view(4, 4, -1).permute(2, 0, 1)])
        row, column, channel = order[here]
        one, other = model.tables(model(both, classes(model, 1)), both)[:, channel, :, row, column]
        torch.testing.assert_close(one, other, atol=1e-12, rtol=0)


@pytest.mark.parametrize(("name", "channels"), KINDS)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 999), count=st.integers(1, 3), size=st.sampled_from([4, 6]))
def test_the_sweep_says_what_the_whole_network_says(name: str, channels: int, seed: int, count: int, size: int) -> None:
    """At every pixel that is asked for, whichever are not, and after images of one class took each other's place."""
    model, generator = made(name, channels, size), torch.Generator().manual_seed(seed)
    labels = torch.randint(2, (1,), generator=generator).expand(count) if model.config.told else None
    canvas, values = torch.zeros(count, channels, size, size, dtype=torch.float64), pictures(model, count)
    wanted = (torch.rand(size, size, generator=generator) < 0.5).tolist()
    with torch.inference_mode():
        sweep, whole = model.sweep(canvas, labels), FullSweep(model, canvas, labels)
        for row, column, channel in chain(model):
            if row > 0 and (column, channel) == (0, 0):
                index = torch.randint(count, (count,), generator=generator)
                sweep.reorder(index)
                canvas.copy_(canvas[index])
            needed = wanted[row][column]
            logits = sweep.logits(row, column, channel, needed)
            if needed:
                expected = whole.logits(row, column, channel).log_softmax(1)
                torch.testing.assert_close(logits.log_softmax(1), expected, atol=1e-6, rtol=1e-6)
            canvas[:, channel, row, column] = values[:, channel, row, column].double()


def test_sampling_does_not_depend_on_the_batch(model: PixelModel) -> None:
    together = drain(model.sample(Seeds(5, 3))).images
    assert torch.equal(torch.cat([drain(model.sample(Seeds(seed))).images for seed in (5, 6, 7)]), together)
    assert not torch.equal(together[0], together[2])
    assert torch.equal(to_bytes(together) / (LEVELS - 1), together)


def test_the_likeliest_value_alone_is_the_greedy_image(model: PixelModel) -> None:
    last = drain(model.sample(Seeds(0, 2), model.Options(top_k=1)))
    canvas = torch.zeros(2, model.config.image_channels, 4, 4, dtype=torch.float64)
    naive = FullSweep(model, canvas, classes(model, 2))
    for row, column, channel in chain(model):
        canvas[:, channel, row, column] = naive.logits(row, column, channel).argmax(1) / (LEVELS - 1)
    assert torch.equal(last.images, canvas.float())
    assert not last.views["entropy"].images.any()
    own = model.score(last.images, classes(model, 2)).bits_per_dim
    torch.testing.assert_close(last.figures["bits_per_dim"], own)


def test_entropy_is_shown_where_something_was_drawn(model: PixelModel) -> None:
    mask = hole(4)
    *_, last = frames = list(model.complete(pictures(model, 1), mask, Seeds(0, 2)))
    assert [frame.step for frame in frames] == [1, 2]
    entropy = last.views["entropy"].images
    assert entropy.shape == last.images.shape and entropy.dtype == torch.float32
    assert (entropy[..., mask] > 0).all() and (entropy <= 8).all()
    assert not entropy[..., ~mask].any()


def test_known_pixels_are_kept_bit_for_bit(model: PixelModel) -> None:
    mask, known = hole(4), pictures(model, 3)
    frames = list(model.complete(known, mask, Seeds(0, 3)))
    for frame in frames:
        assert torch.equal(frame.images[..., ~mask], known[..., ~mask])
    assert not torch.equal(frames[-1].images, known)


def test_an_image_is_completed_alike_in_any_batch(model: PixelModel) -> None:
    known, mask = pictures(model, 1), hole(4)
    together = drain(model.complete(known, mask, Seeds(2, 3)))
    alone = [drain(model.complete(known, mask, Seeds(seed))) for seed in (2, 3, 4)]
    assert torch.equal(torch.cat([frame.images for frame in alone]), together.images)
    for name, figure in together.figures.items():
        torch.testing.assert_close(torch.cat([frame.figures[name] for frame in alone]), figure)


def test_completing_everything_is_sampling(model: PixelModel) -> None:
    everything = torch.ones(4, 4, dtype=torch.bool)
    completed = drain(model.complete(pictures(model, 1), everything, Seeds(4, 2)))
    assert torch.equal(completed.images, drain(model.sample(Seeds(4, 2))).images)
    assert not completed.figures


def test_a_run_can_be_watched_pixel_by_pixel(model: PixelModel) -> None:
    mask, images = hole(model.config.size), pictures(model, 1)
    by_row = list(model.complete(images, mask, Seeds(1, 2)))
    by_pixel = list(model.complete(images, mask, Seeds(1, 2), model.Options(watch="pixels")))
    assert len(by_row) == mask.any(1).sum() and len(by_pixel) == mask.sum()
    assert [frame.step for frame in by_pixel] == list(range(1, len(by_pixel) + 1))
    assert torch.equal(by_row[-1].images, by_pixel[-1].images)
    assert (by_pixel[0].views["entropy"].images > 0).flatten(2).sum(2).eq(1).all()  # one pixel was drawn


def test_figures_come_with_the_last_frame_where_they_mean_something(model: PixelModel) -> None:
    known, lower = pictures(model, 1), torch.zeros(4, 4, dtype=torch.bool)
    lower[2:] = True
    *earlier, last = model.complete(known, hole(4), Seeds(0, 3))
    assert not any(frame.figures for frame in earlier)
    assert set(last.figures) == {"bits_per_dim", "effective_candidates", "ancestors"}
    own = model.score(last.images, model.told(Seeds(0, 3))).bits_per_dim
    torch.testing.assert_close(last.figures["bits_per_dim"], own)
    effective = last.figures["effective_candidates"]
    assert effective.shape == (3,) and effective.min() >= 1 and effective.max() <= model.Options().candidates + 1e-4
    single = drain(model.complete(known, hole(4), Seeds(0, 3), model.Options(candidates=1)))
    assert set(single.figures) == set(drain(model.complete(known, lower, Seeds(0))).figures) == {"bits_per_dim"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda images, mask: (images, mask[:2]),
            r"mask must be a bool tensor of shape \(4, 4\), not torch.bool \(2, 4\)",
        ),
        (lambda images, mask: (images[..., :2], mask), r"images of shape \(N, 1, 4, 4\), not \(1, 1, 4, 2\)"),
        (lambda images, mask: (images.repeat(1, 2, 1, 1), mask), r"not \(1, 2, 4, 4\)"),
        (lambda images, mask: (images, mask & False), "empty"),
        (lambda images, mask: (images.repeat(3, 1, 1, 1), mask), "1 image or from 2, not from 3"),
    ],
    ids=["mask", "size", "channels", "empty", "count"],
)
def test_what_cannot_be_completed_is_told(change, words: str) -> None:
    model = made("pixelcnn", 1)
    with pytest.raises(InvalidOption, match=words):
        next(model.complete(*change(pictures(model, 1), hole(4)), Seeds(0, 2)))


def test_the_distribution_of_a_pixel_is_its_tables(model: PixelModel) -> None:
    image = pictures(model, 1)
    p = model.distribution(image[0], 2, 1, 0 if model.config.told else None)
    assert p.shape == (model.config.image_channels, LEVELS)
    torch.testing.assert_close(p.sum(1), torch.ones(len(p)))
    output = model(image.double(), classes(model, 1))
    expected = model.tables(output, image.double())[0, :, :, 2, 1].softmax(1)
    torch.testing.assert_close(p.double(), expected, atol=1e-6, rtol=1e-5)
    with pytest.raises(InvalidOption, match="row must be a whole number from 0 to 3, not 4"):
        model.distribution(image[0], 4, 0)


@pytest.mark.parametrize(("name", "channels"), KINDS)
def test_the_receptive_field_ends_at_the_pixel(name: str, channels: int) -> None:
    model = made(name, channels, size=6)
    seen = model.receptive_field(3, 2)
    assert seen.shape == (6, 6) and float(seen.max()) == 1 and (seen >= 0).all()
    assert not seen.flatten()[3 * 6 + 3 :].any()
    assert channels > 1 or seen[3, 2] == 0
    assert seen[3, 1] > 0 and seen[2, 2] > 0
    assert not model.receptive_field(0, 0).flatten()[1:].any()


def test_pixelcnn_has_a_blind_spot_and_gated_pixelcnn_has_none() -> None:
    blind, whole = (made(name, 1, size=6).receptive_field(3, 2) for name in ("pixelcnn", "gated-pixelcnn"))
    assert blind[2, 4] == 0 and blind[2, 3] > 0  # one row up, it sees one pixel to the right of what is above
    assert (whole.flatten()[: 3 * 6 + 2] > 0)[-8:].all()


def even_draws(logits: Tensor, options: PixelOptions, count: int = 50_000) -> tuple[Tensor, float]:
    """The frequencies of the values that evenly spaced numbers in [0, 1) draw, and the entropy."""
    draws = (torch.arange(count) + 0.5) / count
    values, entropy = choose(logits.expand(count, -1), draws, options)
    assert (entropy == entropy[0]).all()
    return torch.bincount(values, minlength=LEVELS) / count, float(entropy[0])


LOGITS = torch.randn(1, LEVELS, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_values_are_drawn_with_the_probabilities_that_the_temperature_makes(temperature: float) -> None:
    frequencies, entropy = even_draws(LOGITS, PixelOptions(temperature=temperature))
    expected = (LOGITS[0] / temperature).softmax(0)
    torch.testing.assert_close(frequencies, expected, atol=3e-5, rtol=0)
    assert entropy == pytest.approx(float(-(expected * expected.log2()).sum()), abs=1e-4)


def test_entropy_is_eight_bits_when_all_values_are_equally_probable() -> None:
    assert even_draws(torch.zeros(1, LEVELS), PixelOptions(), 512)[1] == pytest.approx(8)


@pytest.mark.parametrize("k", [1, 3, 40])
def test_top_k_leaves_the_k_likeliest_in_their_proportions(k: int) -> None:
    frequencies, entropy = even_draws(LOGITS, PixelOptions(top_k=k))
    top = LOGITS[0].topk(k)
    expected = torch.zeros(LEVELS).scatter(0, top.indices, top.values.softmax(0))
    torch.testing.assert_close(frequencies, expected, atol=3e-5, rtol=0)
    assert (entropy == 0) == (k == 1)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_top_p_leaves_the_likeliest_that_together_have_this_probability(share: float) -> None:
    frequencies, entropy = even_draws(LOGITS, PixelOptions(top_p=share))
    p, order = LOGITS[0].softmax(0).sort(descending=True)
    kept = int((p.cumsum(0) < share).sum()) + 1
    expected = torch.zeros(LEVELS).scatter(0, order[:kept], p[:kept] / p[:kept].sum())
    torch.testing.assert_close(frequencies, expected, atol=3e-5, rtol=0)
    assert entropy < even_draws(LOGITS, PixelOptions())[1]


def test_no_draw_lands_on_a_value_of_no_probability() -> None:
    ends = torch.tensor([0.0, 1 - 2**-24])  # the least and the greatest number that can be drawn
    values, _ = choose(LOGITS.expand(2, -1), ends, PixelOptions(top_k=3))
    top = sorted(LOGITS[0].topk(3).indices.tolist())
    assert values.tolist() == [top[0], top[-1]] and top[0] > 0
    tied, entropy = choose(torch.zeros(2, LEVELS), ends, PixelOptions(top_k=1))
    assert tied[0] == tied[1] and not entropy.any()
