"""The one place where work runs: checks, turns, limits."""

import threading
import time
from pathlib import Path

import pytest
import torch

from generative.errors import BadCheckpoint, GenerativeError, InvalidOption, NotSupported, UnknownModel
from generative.inference import checkpoints, engine
from generative.inference.engine import Engine, FairLock, pick_device
from generative.models.registry import build

CONFIGS = {
    "vae": {"channels": 4, "latent": 3},
    "dcgan": {"generator_channels": 4, "discriminator_channels": 4, "latent": 4},
    "ddpm": {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1},
    "classifier": {"channels": 4},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny checkpoints, one of them damaged."""
    root = tmp_path_factory.mktemp("checkpoints")
    for kind, config in CONFIGS.items():
        torch.manual_seed(0)
        model = build(kind, {"classes": ["a", "b"], "size": 8, **config})
        checkpoints.save(root / "toys" / kind, kind, model, {})
    (root / "toys" / "broken").mkdir()
    (root / "toys" / "broken" / "config.json").write_text('{"model": "nobody"}')
    return root


@pytest.fixture
def machine(root: Path) -> Engine:
    return Engine(root, "cpu")


def test_a_request_runs_to_its_result(machine: Engine) -> None:
    request = machine.request("toys/ddpm", 3, 2, {"num_inference_steps": 4, "label": "b"})
    frames = list(machine.sample(request))
    assert len(frames) == 4 and frames[-1].images.shape == (2, 1, 8, 8)
    assert request.captions == ["b", "b"]
    assert request.provenance(1).seed == 4 and request.provenance().count == 2


def test_mixed_classes_go_round_with_the_seed(machine: Engine) -> None:
    assert machine.request("toys/dcgan", 3, 3, {}).captions == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("id", "seed", "count", "options", "error", "field", "words"),
    [
        ("toys/va", 0, 1, {}, UnknownModel, "model", "Did you mean toys/vae"),
        (None, 0, 1, {}, UnknownModel, "model", "no model None"),
        (["toys/vae"], 0, 1, {}, UnknownModel, "model", "no model"),
        ("toys/broken", 0, 1, {}, BadCheckpoint, "model", "unavailable"),
        ("toys/classifier", 0, 1, {}, NotSupported, "model", "cannot draw"),
        ("toys/vae", -1, 1, {}, InvalidOption, "seed", "from 0 to"),
        ("toys/vae", 2**32, 1, {}, InvalidOption, "seed", "from 0 to"),
        ("toys/vae", float("nan"), 1, {}, InvalidOption, "seed", "nan"),
        ("toys/vae", True, 1, {}, InvalidOption, "seed", "True"),
        ("toys/vae", 0, 65, {}, InvalidOption, "count", "1 to 64"),
        ("toys/vae", 0, "4", {}, InvalidOption, "count", "'4'"),
        ("toys/vae", 0, 1, {"lable": "a"}, InvalidOption, "lable", "Did you mean label"),
        ("toys/dcgan", 0, 1, {"label": "c"}, InvalidOption, "label", "no class 'c'"),
        ("toys/ddpm", 0, 1, {"num_inference_steps": 2.5}, InvalidOption, "num_inference_steps", "whole number"),
        ("toys/ddpm", 0, 1, {"guidance_scale": float("inf")}, InvalidOption, "guidance_scale", "from 1 to 10"),
        ("toys/ddpm", 0, 1, {"sampler": ["ddim"]}, InvalidOption, "sampler", "one of"),
    ],
)
def test_a_wrong_wish_is_refused_by_name(machine, id, seed, count, options, error, field, words) -> None:
    with pytest.raises(error, match=words) as caught:
        machine.request(id, seed, count, options)
    assert caught.value.field == field


def test_a_damaged_model_leaves_the_others_usable(machine: Engine) -> None:
    assert "nobody" in machine.entries["toys/broken"].problem
    assert {e.kind for e in machine.usable()} == {"vae", "dcgan", "ddpm"}


def test_the_lock_is_handed_on_in_the_order_of_arrival() -> None:
    lock, order = FairLock(), []

    def work(name: int) -> None:
        with lock.turn():
            order.append(name)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(5)]
    with lock.turn():
        for thread in threads:
            thread.start()
            time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_one_run_at_a_time_and_closing_frees_the_device(machine: Engine) -> None:
    first = machine.sample(machine.request("toys/ddpm", 0, 1, {}))
    next(first)
    done = threading.Event()

    def second() -> None:
        list(machine.sample(machine.request("toys/vae", 0, 1, {})))
        done.set()

    thread = threading.Thread(target=second)
    thread.start()
    assert not done.wait(0.2)
    first.close()
    assert done.wait(5)
    thread.join()


def test_a_run_that_takes_too_long_is_stopped_in_words(machine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MAX_SECONDS", 0.0)
    with pytest.raises(GenerativeError, match="fewer images or steps"):
        list(machine.sample(machine.request("toys/ddpm", 0, 1, {})))
    monkeypatch.undo()
    assert list(machine.sample(machine.request("toys/vae", 0, 1, {})))


def test_models_are_kept_within_the_memory_budget(root: Path) -> None:
    machine = Engine(root, "cpu", memory_budget=1)
    first = machine.model("toys/vae")
    assert machine.model("toys/vae") is first
    machine.model("toys/dcgan")
    assert machine.model("toys/vae") is not first


def test_a_device_that_is_not_there_is_refused() -> None:
    assert pick_device("cpu").type == "cpu"
    with pytest.raises(InvalidOption, match="no device"):
        pick_device("abacus")
