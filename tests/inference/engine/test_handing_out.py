"""Frames leave a GPU by themselves, while the next step is computed."""

from pathlib import Path

import pytest
import torch

from generative.errors import GenerativeError
from generative.frame import Frame
from generative.inference.engine.engine import Engine
from generative.inference.engine.handing_out import handed_out
from generative.library import weights
from generative.models import registry
from generative.web.base import run
from tests.pretended import pretended

STEPS = 6


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    model = registry.MODELS["ddpm"]
    root = tmp_path_factory.mktemp("checkpoints")
    weights.save(root / "toys" / "ddpm", "ddpm", model(model.Config.tiny()), {})
    return root


def wish(machine: Engine):
    return machine.request("samples", "toys/ddpm", count=2, options={"num_inference_steps": STEPS})


def test_a_frame_is_waited_for_once_when_the_next_step_has_been_asked_for(root: Path) -> None:
    alone = Engine(root, "cpu")
    known = list(alone.run(wish(alone)))
    with pretended() as gpu:
        machine = Engine(root, "cuda")
        asked = wish(machine)
        machine.model("toys/ddpm")
        gpu.waits.clear()
        frames = list(machine.run(asked, shown=lambda frame: frame.step % 3 == 0))
        assert not [line for line in gpu.waits if line.startswith(("inference/", "frame"))]
        assert len(gpu.arrivals) == STEPS
        assert all(later > asked + 20 for asked, later in gpu.arrivals[:-1])  # a step has many operations
        for frame, other in zip(frames, known, strict=True):
            assert frame.images.is_cuda == (frame.step % 3 != 0)
            torch.testing.assert_close(frame.images.cpu(), other.images)
            for name, view in frame.views.items():
                torch.testing.assert_close(view.images.cpu(), other.views[name].images)


def test_the_page_copies_what_it_sends_and_nothing_else(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LEAST_MOMENTS", 2)
    monkeypatch.setattr(run, "MOST_BYTES", 1)
    with pretended() as gpu:
        machine = Engine(root, "cuda")
        asked = wish(machine)
        machine.model("toys/ddpm")
        gpu.waits.clear()
        messages = list(run.Run(machine, asked).messages())
        sent = [frame for message in messages for frame in message["frames"]]
        assert [frame["step"] for frame in sent] == [3, 6]
        of_each = len(sent[0]["views"]) + 1  # its latents too
        assert gpu.departed == STEPS + of_each * len(sent)  # and of each step, whether it is sound
        assert not [line for line in gpu.waits if not line.startswith("models/")]


@pytest.mark.parametrize("shown", [True, False])
def test_what_is_not_finite_does_not_leave(shown: bool) -> None:
    with pretended():
        sound = torch.rand(1, 1, 2, 2, device="cuda")
        leaving = handed_out(iter([Frame(sound, 1, 2), Frame(sound / 0, 2, 2)]), lambda _: shown)
        assert next(leaving).step == 1
        with pytest.raises(GenerativeError, match="At step 2 of 2 the model's images are not finite"):
            next(leaving)
