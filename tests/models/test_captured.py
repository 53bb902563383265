"""Steps as graphs. A CUDA device is played by `Tape`, which is as blind as a graph: at a replay no Python runs, and the
operations that were recorded read and write the very tensors that they read and wrote then. What CUDA forbids in a
capture is forbidden here too."""

import gc
import weakref
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from generative.models.autoregressive import captured
from generative.models.autoregressive.candidates import Candidates
from generative.models.autoregressive.captured import Captured
from generative.models.autoregressive.pixel_model import PixelModel
from generative.models.model import drain
from generative.seeds import Seeds
from tests.building import build

aten = torch.ops.aten
WAITS_FOR_THE_DEVICE = {aten._local_scalar_dense, aten.equal, aten.is_nonzero, aten.nonzero, aten.masked_select}
KINDS = {
    "gated-pixelcnn": {"channels": 4, "first_kernel": 5, "dilations": [1, 2]},
    "pixelcnn": {"channels": 6, "first_kernel": 3, "blocks": 2, "frequencies": 2},
}
CASES = [("gated-pixelcnn", 1), ("pixelcnn", 1), ("pixelcnn", 3)]
ON_A_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")


class Tape(TorchDispatchMode):
    """What `CUDAGraphs` is, for the CPU."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple] = []
        self.captures = self.replays = 0

    def capture(self, step: Callable[[], Tensor | None]) -> tuple[Callable[[], None], Tensor | None]:
        self.captures, self.calls = self.captures + 1, []
        with self:
            result = step()
        if result is not None:
            result.fill_(torch.nan)  # nothing has been computed yet
        calls = self.calls
        return lambda: self.replay(calls), result

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func.overloadpacket in WAITS_FOR_THE_DEVICE:
            raise RuntimeError(f"{func} is not permitted when a stream is capturing")
        result = func(*args, **(kwargs or {}))
        self.calls.append((func, args, kwargs or {}, result))
        return result

    def replay(self, calls: list[tuple]) -> None:
        self.replays += 1
        for func, args, kwargs, result in calls:
            for place, value in zip(tree_leaves(result), tree_leaves(func(*args, **kwargs)), strict=True):
                if place.data_ptr() != value.data_ptr():  # neither a view nor in place
                    place.copy_(value)


@pytest.fixture
def tapes(monkeypatch: pytest.MonkeyPatch) -> list[Tape]:
    """Every run's, in order."""
    made: list[Tape] = []

    def tape(device: torch.device) -> Tape:
        made.append(Tape())
        return made[-1]

    monkeypatch.setattr(captured, "graphs_on", tape)
    return made


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def model(request: pytest.FixtureRequest) -> PixelModel:
    """Every weight disturbed, so that no layer is silent; sure of what it says, so that candidates differ in weight."""
    kind, channels = request.param
    torch.manual_seed(0)
    model = build(kind, {"classes": ["a", "b"], "size": 6, "image_channels": channels, **KINDS[kind]})
    for weight in model.requires_grad_(False).parameters():
        weight.add_(0.3 * torch.randn_like(weight))
    model.logits.weight.mul_(20)
    return model


def without_graphs(draw: Callable[[], Tensor], monkeypatch: pytest.MonkeyPatch) -> Tensor:
    with monkeypatch.context() as patch:
        patch.setattr(captured, "graphs_on", lambda device: None)
        return draw()


@pytest.mark.parametrize("options", [{}, {"watch": "pixels"}, {"temperature": 0.5, "top_k": 9}], ids=str)
def test_graphs_draw_bit_for_bit_what_the_steps_draw(model, options, tapes: list[Tape], monkeypatch) -> None:
    def draw() -> Tensor:
        return drain(model.sample(Seeds(3, 2), model.Options.parse(options))).images

    assert draw().equal(without_graphs(draw, monkeypatch))
    values, rows = 6 * model.config.image_channels, 6
    assert [(tape.captures, tape.replays) for tape in tapes] == [(values, rows * values)]


def test_graphs_complete_what_the_steps_complete(model, tapes: list[Tape], monkeypatch) -> None:
    """With candidates that take each other's place, and pixels whose tables nobody asks for."""
    mask = torch.zeros(6, 6, dtype=torch.bool)
    mask[1:4, 1:5] = True
    image = torch.rand(1, model.config.image_channels, 6, 6, generator=torch.Generator().manual_seed(1))

    taken: list[Tensor] = []
    resampled = Candidates.resampled

    def noted(self: Candidates, row: int) -> Tensor | None:
        taken.append(resampled(self, row))
        return taken[-1]

    monkeypatch.setattr(Candidates, "resampled", noted)

    def draw() -> Tensor:
        return drain(model.complete(image, mask, Seeds(0, 2), model.Options(candidates=5))).images

    assert draw().equal(without_graphs(draw, monkeypatch))
    assert any(index is not None and not index.equal(torch.arange(10)) for index in taken[:5])
    assert tapes[0].captures <= 2 * 6 * model.config.image_channels < tapes[0].replays


def test_runs_with_graphs_may_interleave(model, tapes: list[Tape], monkeypatch) -> None:
    one, two = model.sample(Seeds(1)), model.sample(Seeds(2, 2))
    *_, (first, second) = zip(one, two, strict=True)
    for frame, seeds in ((first, Seeds(1)), (second, Seeds(2, 2))):
        alone = without_graphs(lambda seeds=seeds: drain(model.sample(seeds)).images, monkeypatch)
        assert frame.images.equal(alone)
    assert len(tapes) == 2


def test_a_sweep_is_gone_with_its_graphs_once_nobody_holds_it(model, tapes: list[Tape]) -> None:
    labels = torch.zeros(1, dtype=torch.long) if model.config.told else None
    gc.disable()
    try:
        with torch.inference_mode():
            sweep = model.sweep(torch.zeros(1, model.config.image_channels, 6, 6), labels)
            sweep.logits(0, 0, 0)
        gone = weakref.ref(sweep)
        del sweep
        assert gone() is None
    finally:
        gc.enable()


def test_without_graphs_a_step_is_simply_called() -> None:
    assert Captured(torch.device("cpu")).graphs is None
    assert Captured(torch.device("cpu"))(lambda a, b: torch.tensor(a - b), 5, 3) == 2


class Counter:
    def __init__(self) -> None:
        self.inside, self.beside = torch.zeros(1), torch.zeros(1)

    def in_place(self, by: int) -> Tensor:
        self.inside.copy_(torch.full((1,), float(by)) + self.beside)
        return self.inside * 2

    def by_value(self, by: int) -> Tensor:
        return self.inside * (by if self.beside > 0 else -by)


def test_a_replay_sees_tensors_that_changed_and_not_those_that_were_exchanged(tapes: list[Tape]) -> None:
    counter, run = Counter(), Captured(torch.device("cpu"))
    assert [float(run(counter.in_place, by)) for by in (1, 2, 1)] == [2, 4, 2]
    counter.beside.fill_(10)
    assert float(run(counter.in_place, 1)) == 22 and float(counter.inside) == 11
    counter.beside = torch.zeros(1)
    assert float(run(counter.in_place, 1)) == 22
    assert (tapes[0].captures, tapes[0].replays) == (2, 5)


def test_a_step_that_decides_by_a_value_is_refused(tapes: list[Tape]) -> None:
    with pytest.raises(RuntimeError, match="not permitted"):
        Captured(torch.device("cpu"))(Counter().by_value, 1)


@pytest.mark.gpu
@ON_A_GPU
def test_on_a_gpu_graphs_say_what_the_steps_say(model, monkeypatch: pytest.MonkeyPatch) -> None:
    model.double().cuda()
    channels, size = model.config.image_channels, model.config.size
    image = torch.rand(2, channels, size, size, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).cuda()
    labels = torch.tensor([0, 1]).cuda() if model.config.told else None
    order = [(r, column, k) for r in range(size) for column in range(size) for k in range(channels)]

    @torch.inference_mode()
    def tables() -> Tensor:
        sweep = model.sweep(image, labels)
        return torch.stack([sweep.logits(*place).clone() for place in order])

    torch.testing.assert_close(tables(), without_graphs(tables, monkeypatch))


@pytest.mark.gpu
@ON_A_GPU
def test_on_a_gpu_a_stopped_run_leaves_the_next_one_right(model, monkeypatch: pytest.MonkeyPatch) -> None:
    model.cuda()
    begun = model.sample(Seeds(0, 2))
    next(begun)
    next(begun)
    begun.close()

    def draw() -> Tensor:
        return drain(model.sample(Seeds(0, 2), model.Options(top_k=1))).images

    assert draw().equal(without_graphs(draw, monkeypatch))


@pytest.mark.gpu
@ON_A_GPU
def test_on_a_gpu_graphs_save_time(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build("gated-pixelcnn", {"classes": ["a"]}).cuda()

    def milliseconds(draw: Callable[[], Tensor]) -> float:
        draw()
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        draw()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end)

    def draw() -> Tensor:
        return drain(model.sample(Seeds(0, 16))).images

    with_graphs = milliseconds(draw)
    launched = milliseconds(lambda: without_graphs(draw, monkeypatch))
    print(f"16 images of 28×28 pixels: {with_graphs:.0f} ms with graphs, {launched:.0f} ms without")
    assert with_graphs < launched
