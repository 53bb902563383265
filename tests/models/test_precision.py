"""Networks may multiply in TF32 on a GPU; likelihoods are measured without."""

import threading
from collections.abc import Iterator

import pytest
import torch

from generative.inference.engine.engine import Engine
from generative.models import registry
from generative.models.model import drain
from generative.models.precision import allow_tf32, multiply, whole_float32
from generative.seeds import Seeds
from tests.pretended import pretended

FAST, WHOLE, UNTOUCHED = ("high", True), ("highest", False), ("highest", True)
MEASURED = ("score", "importance_weighted", "surprise")
CASES = [(kind, name) for kind, model in registry.KINDS.items() for name in MEASURED if hasattr(model, name)]


def now() -> tuple[str, bool]:
    return torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = now()
    yield
    multiply(*before)


def seen_by(model: torch.nn.Module) -> set[tuple[str, bool]]:
    """In which precision its layers are called from now on."""
    seen: set[tuple[str, bool]] = set()
    for layer in model.modules():
        layer.register_forward_pre_hook(lambda *_: seen.add(now()))
    return seen


@pytest.mark.parametrize(("kind", "name"), [case for case in CASES if case != ("vq-transformer", "surprise")])
def test_what_is_measured_in_bits_is_measured_in_float32(kind: str, name: str) -> None:
    multiply(*FAST)
    model = registry.KINDS[kind](registry.KINDS[kind].Config.tiny()).eval()
    seen, config = seen_by(model), model.config
    given = ["an a"] if name == "surprise" else torch.rand(1, config.image_channels, config.size, config.size)
    getattr(model, name)(given)
    assert seen == {WHOLE} and now() == FAST


def test_networks_draw_in_tf32_on_a_gpu_and_the_cpu_is_left_alone(tmp_path) -> None:
    multiply(*UNTOUCHED)
    Engine(tmp_path, "cpu")
    allow_tf32(torch.device("cpu"))
    assert now() == UNTOUCHED
    with pretended():
        Engine(tmp_path, "cuda")
        assert now() == FAST
    model = registry.KINDS["vae"](registry.KINDS["vae"].Config.tiny()).eval()
    seen = seen_by(model)
    drain(model.sample(Seeds(0, 1)))
    assert seen == {FAST}


def test_two_measurements_at_once_end_as_they_began() -> None:
    multiply(*FAST)
    inside, leave = threading.Event(), threading.Event()

    @whole_float32
    def measure() -> None:
        inside.set()
        leave.wait(10)

    other = threading.Thread(target=measure)
    other.start()
    assert inside.wait(10)
    with whole_float32:
        assert now() == WHOLE
    assert now() == WHOLE  # the other goes on
    leave.set()
    other.join()
    assert now() == FAST


def test_what_fails_leaves_the_precision_as_it_was() -> None:
    multiply(*FAST)
    with pytest.raises(ZeroDivisionError), whole_float32:
        raise ZeroDivisionError
    assert now() == FAST
