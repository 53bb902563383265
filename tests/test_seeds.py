"""An image depends on its own seed and on nothing else."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generative.errors import InvalidOption
from generative.models.model import drain
from generative.seeds import MAX_SEED, Seeds, normal, uniform
from tests.building import build

CONFIGS = {
    "ae": {"hidden": 8, "latent": 4},
    "conv-ae": {"channels": 8, "latent": 4},
    "vae-2d": {"channels": 8},
    "vae": {"channels": 8, "latent": 4},
    "dcgan": {"generator_channels": 8, "latent": 8},
    "gated-pixelcnn": {"channels": 8, "dilations": [1, 2], "size": 6},
    "ddpm": {"channels": [16, 32], "attention": [False, True], "layers_per_block": 1, "size": 8},
}
seeds = st.integers(0, MAX_SEED - 100)


@pytest.fixture(scope="module")
def models() -> dict[str, torch.nn.Module]:
    torch.manual_seed(0)
    return {kind: build(kind, {"classes": ["a", "b", "c"], **config}) for kind, config in CONFIGS.items()}


@given(first=seeds, count=st.integers(1, 20), size=st.integers(1, 25))
def test_batches_hold_every_seed_once_and_in_order(first: int, count: int, size: int) -> None:
    batches = list(Seeds(first, count).batches(size))
    assert [seed for batch in batches for seed in batch] == list(range(first, first + count))
    assert all(1 <= len(batch) <= size for batch in batches)


@given(first=seeds, count=st.integers(1, 6), place=st.integers(0, 5))
@pytest.mark.parametrize("draw", [normal, uniform])
def test_the_noise_of_a_seed_is_the_same_in_any_batch(draw: Callable, first: int, count: int, place: int) -> None:
    place = min(place, count - 1)
    together = draw(Seeds(first, count).generators(), 3, 2)
    alone = draw(Seeds(first + place).generators(), 3, 2)
    assert torch.equal(together[place : place + 1], alone)


@given(first=seeds, count=st.integers(1, 8), size=st.integers(1, 8), classes=st.integers(1, 12))
def test_an_image_keeps_its_class_in_any_batch(first: int, count: int, size: int, classes: int) -> None:
    whole = Seeds(first, count)
    parts = torch.cat([part.labels(None, classes) for part in whole.batches(size)])
    assert torch.equal(whole.labels(None, classes), parts)
    assert whole.labels(0, classes).tolist() == [0] * count


def test_neighbouring_seeds_draw_different_noise_and_ten_hold_ten_classes() -> None:
    noise = normal(Seeds(7, 4).generators(), 8)
    assert len({tuple(row.tolist()) for row in noise}) == 4
    assert sorted(Seeds(7, 10).labels(None, 10).tolist()) == list(range(10))


@settings(max_examples=3, deadline=None)
@given(first=seeds, size=st.integers(1, 4))
@pytest.mark.parametrize("kind", CONFIGS)
def test_a_sample_does_not_depend_on_its_batch(
    models: dict[str, torch.nn.Module], kind: str, first: int, size: int
) -> None:
    model, values = models[kind], {"num_inference_steps": 2} if kind == "ddpm" else {}
    options = model.Options.parse(values)
    whole = drain(model.sample(Seeds(first, 5), options)).images
    parts = torch.cat([drain(model.sample(part, options)).images for part in Seeds(first, 5).batches(size)])
    torch.testing.assert_close(whole, parts, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", CONFIGS)
def test_sampling_leaves_the_global_generator_alone(models: dict[str, torch.nn.Module], kind: str) -> None:
    state = torch.get_rng_state()
    model = models[kind]
    drain(model.sample(Seeds(1, 2), model.Options.parse({"num_inference_steps": 1} if kind == "ddpm" else {})))
    assert torch.equal(state, torch.get_rng_state())


WRONG = [-1, MAX_SEED + 1, 1.5, "7", None, True, float("nan"), float("inf"), [7], 10**30, 10**400]


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
def test_a_wrong_seed_is_refused_by_name(value: object) -> None:
    with pytest.raises(InvalidOption, match="seed must be a whole number") as failure:
        Seeds(value)
    assert failure.value.field == "seed"


@pytest.mark.parametrize("value", [0, -1, 2.5, "4", None, False, float("nan"), MAX_SEED + 2])
def test_a_wrong_count_is_refused_by_name(value: object) -> None:
    with pytest.raises(InvalidOption, match="count must be a whole number") as failure:
        Seeds(0, value)
    assert failure.value.field == "count"


def test_the_last_seed_is_the_highest() -> None:
    assert list(Seeds(MAX_SEED, 1)) == [MAX_SEED]
    with pytest.raises(InvalidOption, match="seed"):
        Seeds(MAX_SEED, 2)
