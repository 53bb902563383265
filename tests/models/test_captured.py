"""Steps as graphs, on a pretended GPU, whose graphs are as blind as CUDA's: at a replay no Python runs, and the
operations that were recorded read and write the very tensors that they read and wrote then. What CUDA forbids in a
capture is forbidden here too."""

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from generative.models.autoregressive import captured
from generative.models.autoregressive.candidates import Candidates
from generative.models.autoregressive.captured import Captured
from generative.models.autoregressive.pixel_model import PixelModel
from generative.models.model import drain
from generative.seeds import Seeds
from tests.building import build
from tests.pretended import GPU, pretended

KINDS = {
    "gated-pixelcnn": {"channels": 4, "first_kernel": 5, "dilations": [1, 2]},
    "pixelcnn": {"channels": 6, "first_kernel": 3, "blocks": 2, "frequencies": 2},
}
SIZE = 4  # pixels: enough for rows that begin, go on and end
CASES = [("gated-pixelcnn", 1), ("pixelcnn", 1), ("pixelcnn", 3)]
ON_A_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")


@pytest.fixture
def gpu() -> Iterator[GPU]:
    with pretended() as gpu:
        yield gpu


def counted(gpu: GPU) -> tuple[int, int]:
    """How many graphs were captured, and how often one was replayed."""
    return len(gpu.graphs), sum(graph.replays for graph in gpu.graphs)


def made(kind: str, channels: int, size: int) -> PixelModel:
    """Every weight disturbed, so that no layer is silent; sure of what it says, so that candidates differ in weight."""
    torch.manual_seed(0)
    model = build(kind, {"classes": ["a", "b"], "size": size, "image_channels": channels, **KINDS[kind]})
    for weight in model.requires_grad_(False).parameters():
        weight.add_(0.3 * torch.randn_like(weight))
    model.logits.weight.mul_(20)
    return model


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def model(request: pytest.FixtureRequest) -> PixelModel:
    return made(*request.param, SIZE)


def without_graphs(draw: Callable[[], Tensor], monkeypatch: pytest.MonkeyPatch) -> Tensor:
    with monkeypatch.context() as patch:
        patch.setattr(captured, "graphs_on", lambda device: None)
        return draw()


@pytest.mark.parametrize("options", [{}, {"watch": "pixels"}, {"temperature": 0.5, "top_k": 9}], ids=str)
def test_graphs_draw_bit_for_bit_what_the_steps_draw(model, options, gpu: GPU, monkeypatch) -> None:
    model.to("cuda")

    def draw() -> Tensor:
        return drain(model.sample(Seeds(3, 2), model.Options.parse(options))).images

    assert draw().equal(without_graphs(draw, monkeypatch))
    values, rows = SIZE * model.config.image_channels, SIZE
    assert counted(gpu) == (values, rows * values)


@pytest.mark.parametrize(("kind", "channels"), CASES)
def test_graphs_complete_what_the_steps_complete(kind: str, channels: int, gpu: GPU, monkeypatch) -> None:
    """With candidates that take each other's place, and pixels whose tables nobody asks for."""
    model = made(kind, channels, 6).to("cuda")
    mask = torch.zeros(6, 6, dtype=torch.bool)
    mask[1:4, 1:5] = True
    image = torch.rand(1, channels, 6, 6, generator=torch.Generator().manual_seed(1))

    taken: list[Tensor] = []
    resampled = Candidates.resampled

    def noted(self: Candidates, row: int) -> Tensor | None:
        taken.append(resampled(self, row))
        return taken[-1]

    monkeypatch.setattr(Candidates, "resampled", noted)

    def draw() -> Tensor:
        return drain(model.complete(image, mask, Seeds(0, 2), model.Options(candidates=5))).images

    assert draw().equal(without_graphs(draw, monkeypatch))
    assert any(index is not None and index.tolist() != list(range(10)) for index in taken[:5])
    captures, replays = counted(gpu)
    assert captures <= 2 * 6 * channels < replays


def test_runs_with_graphs_may_interleave(model, gpu: GPU, monkeypatch) -> None:
    model.to("cuda")
    one, two = model.sample(Seeds(1)), model.sample(Seeds(2, 2))
    *_, (first, second) = zip(one, two, strict=True)
    for frame, seeds in ((first, Seeds(1)), (second, Seeds(2, 2))):
        alone = without_graphs(lambda seeds=seeds: drain(model.sample(seeds)).images, monkeypatch)
        assert frame.images.equal(alone)
    assert counted(gpu)[0] == 2 * SIZE * model.config.image_channels  # each run has graphs of its own


def test_a_sweep_is_gone_with_its_graphs_once_nobody_holds_it(model, gpu: GPU) -> None:
    model.to("cuda")
    labels = torch.zeros(1, dtype=torch.long, device="cuda") if model.config.told else None
    gc.disable()
    try:
        with torch.inference_mode():
            sweep = model.sweep(torch.zeros(1, model.config.image_channels, SIZE, SIZE, device="cuda"), labels)
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
        self.inside, self.beside = torch.zeros(2, 1, device="cuda")

    def in_place(self, by: int) -> Tensor:
        self.inside.copy_(torch.full_like(self.inside, float(by)) + self.beside)
        return self.inside * 2

    def by_value(self, by: int) -> Tensor:
        return self.inside * (by if self.beside > 0 else -by)


def test_a_replay_sees_tensors_that_changed_and_not_those_that_were_exchanged(gpu: GPU) -> None:
    counter, run = Counter(), Captured(torch.device("cuda"))
    assert [float(run(counter.in_place, by)) for by in (1, 2, 1)] == [2, 4, 2]
    counter.beside.fill_(10)
    assert float(run(counter.in_place, 1)) == 22 and float(counter.inside) == 11
    counter.beside = torch.zeros(1, device="cuda")
    assert float(run(counter.in_place, 1)) == 22
    assert counted(gpu) == (2, 5)


def test_a_step_that_decides_by_a_value_is_refused(gpu: GPU) -> None:
    with pytest.raises(RuntimeError, match="not permitted"):
        Captured(torch.device("cuda"))(Counter().by_value, 1)


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
