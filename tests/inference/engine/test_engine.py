"""The one place where work runs: checks, turns, limits."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from generative.abilities import ABILITIES
from generative.answers import Likelihood
from generative.errors import BadCheckpoint, GenerativeError, InvalidOption, NotSupported, UnknownModel
from generative.inference.engine.devices import pick_devices
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import OWNER, VISITOR
from generative.inference.pictures.masks import read_mask
from generative.library import weights
from generative.models import registry
from tests.building import build
from tests.pretended import pretended

CONFIGS = {
    "vae": {"channels": 4, "latent": 3},
    "dcgan": {"generator_channels": 4, "discriminator_channels": 4, "latent": 4},
    "ddpm": {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1},
    "gated-pixelcnn": {"channels": 4, "dilations": [1]},
    "pixelcnn": {"channels": 4, "blocks": 1},
    "classifier": {"channels": 4},
}

HALF = {"images": torch.zeros(1, 8, 8), "mask": read_mask("right", 8)}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny checkpoints, one of them damaged."""
    root = tmp_path_factory.mktemp("checkpoints")
    for kind, config in CONFIGS.items():
        torch.manual_seed(0)
        model = build(kind, {"classes": ["a", "b"], "size": 8, **config})
        weights.save(root / "toys" / kind, kind, model, {})
    (root / "toys" / "broken").mkdir()
    (root / "toys" / "broken" / "config.json").write_text('{"model": "nobody"}')
    return root


@pytest.fixture
def machine(root: Path) -> Engine:
    return Engine(root, "cpu")


def request(machine: Engine, id: object, seed: object, count: object, options: dict, ability: str = "samples", **more):
    """A wish in which "class" may stand among the options."""
    rest = {name: value for name, value in options.items() if name != "class"}
    told = {name: value for name, value in options.items() if name == "class"}
    return machine.request(ability, id, seed=seed, count=count, condition=told, options=rest, **more)


def score(machine: Engine, id: object, images: torch.Tensor, condition: object = None) -> Likelihood:
    return machine.answer(machine.request("scores", id, condition=condition, images=images))


def test_a_request_runs_to_its_result(machine: Engine) -> None:
    wish = request(machine, "toys/ddpm", 3, 2, {"num_inference_steps": 4, "class": "B"})
    frames = list(machine.run(wish))
    assert len(frames) == 4 and frames[-1].images.shape == (2, 1, 8, 8)
    assert wish.captions == ["b", "b"]
    assert wish.image(1).plain()["seed"] == 4 and wish.plain()["count"] == 2


def test_mixed_classes_go_round_with_the_seed(machine: Engine) -> None:
    assert request(machine, "toys/dcgan", 3, 3, {}).captions == ["b", "a", "b"]


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
        ("toys/vae", 0, "four", {}, InvalidOption, "count", "'four'"),
        ("toys/vae", 0, 1, {"temprature": 1}, InvalidOption, "temprature", "Did you mean temperature"),
        ("toys/dcgan", 0, 1, {"class": "c"}, InvalidOption, "class", "no class 'c'"),
        ("toys/ddpm", 0, 1, {"num_inference_steps": 2.5}, InvalidOption, "num_inference_steps", "whole number"),
        ("toys/ddpm", 0, 1, {"guidance_scale": float("inf")}, InvalidOption, "guidance_scale", "from 0 to 10"),
        ("toys/ddpm", 0, 1, {"sampler": ["ddim"]}, InvalidOption, "sampler", "one of"),
    ],
)
def test_a_wrong_wish_is_refused_by_name(machine, id, seed, count, options, error, field, words) -> None:
    with pytest.raises(error, match=words) as caught:
        request(machine, id, seed, count, options)
    assert caught.value.field == field


def test_a_damaged_model_leaves_the_others_usable(machine: Engine) -> None:
    assert "nobody" in machine.entries["toys/broken"].problem
    assert {e.kind for e in machine.usable()} == set(CONFIGS) - {"classifier"}
    assert {e.kind for e in machine.usable(ability="completes")} == {"gated-pixelcnn", "pixelcnn", "ddpm"}


def test_one_run_at_a_time_and_closing_frees_the_device(machine: Engine, frees_the_device: Callable) -> None:
    first = machine.run(request(machine, "toys/ddpm", 0, 1, {}))
    frees_the_device(first, lambda: list(machine.run(request(machine, "toys/vae", 0, 1, {}))))


def test_a_completion_keeps_what_is_known_and_says_how_probable_it_is(machine: Engine) -> None:
    image, mask = torch.arange(64).view(1, 8, 8) / 255, read_mask("middle", 8)
    options = {"candidates": 4, "class": "b"}
    wish = request(machine, "toys/gated-pixelcnn", 3, 2, options, "completes", images=image, mask=mask)
    frames = list(machine.run(wish))
    last = frames[-1]
    assert last.step == last.total == len(frames)
    assert torch.equal(last.images[..., ~mask], image[..., ~mask].expand(2, -1, -1))
    scored = score(machine, "toys/gated-pixelcnn", last.images, "b")
    torch.testing.assert_close(last.figures["bits_per_dim"], scored.bits_per_dim)
    assert (last.figures["effective_candidates"] <= 4 + 1e-4).all()


def test_a_completion_takes_its_turn_and_frees_the_device(machine: Engine, frees_the_device: Callable) -> None:
    first = machine.run(request(machine, "toys/pixelcnn", 0, 1, {}, "completes", **HALF))
    frees_the_device(first, lambda: score(machine, "toys/vae", torch.zeros(1, 1, 8, 8)))


@pytest.mark.parametrize(
    ("id", "count", "options", "error", "field", "words"),
    [
        ("toys/vae", 1, {}, NotSupported, "model", "VAE cannot complete a picture"),
        ("toys/pixelcnn", 17, {}, InvalidOption, "count", "from 1 to 16, not 17"),
        ("toys/pixelcnn", 9, {"candidates": 32}, InvalidOption, "count", "9 completions of 32 candidates .* 288 .*256"),
        ("toys/pixelcnn", 1, {"candidates": 33}, InvalidOption, "candidates", "from 1 to 32"),
        ("toys/gated-pixelcnn", 1, {"class": "c"}, InvalidOption, "class", "no class 'c'"),
    ],
)
def test_a_wrong_wish_to_complete_is_refused_by_name(machine, id, count, options, error, field, words) -> None:
    with pytest.raises(error, match=words) as caught:
        request(machine, id, 0, count, options, "completes", **HALF)
    assert caught.value.field == field


def test_as_many_candidates_as_the_limit_allows_are_taken(machine: Engine) -> None:
    many = {"candidates": 32}
    assert len(request(machine, "toys/pixelcnn", 0, 8, many, "completes", **HALF).seeds) == 8
    assert len(request(machine, "toys/pixelcnn", 0, 64, many).seeds) == 64  # none, when it only draws


@pytest.mark.parametrize("id", ["toys/gated-pixelcnn", "toys/vae"])
def test_many_pictures_score_as_each_alone(machine: Engine, id: str) -> None:
    images = torch.rand(ABILITIES["scores"].together + 3, 1, 8, 8)
    for label in (None, "b"):
        together = score(machine, id, images, label)
        assert len(together.bits_per_dim) == len(images)
        alone = score(machine, id, images[-1:], label)
        torch.testing.assert_close(together.bits_per_dim[-1:], alone.bits_per_dim)
        assert alone.kind == together.kind
        assert (together.bits is None) == (id == "toys/vae")
    a, b, either = (score(machine, id, images, label).nats for label in ("a", "b", None))
    assert (torch.minimum(a, b) - 1e-3 <= either).all() and (either <= torch.maximum(a, b) + 1e-3).all()


@pytest.mark.parametrize(
    ("id", "count", "label", "error", "field", "words"),
    [
        ("toys/dcgan", 1, None, NotSupported, "model", "DCGAN cannot tell how probable"),
        ("toys/vea", 1, None, UnknownModel, "model", "Did you mean toys/vae"),
        ("toys/vae", 65, None, InvalidOption, "images", "From 1 to 64 .* not 65"),
        ("toys/vae", 0, None, InvalidOption, "images", "not 0"),
        ("toys/vae", 1, "c", InvalidOption, "class", "no class 'c'"),
        ("toys/vae", 1, ["b"], InvalidOption, "class", "no class"),
        ("toys/pixelcnn", 1, "b", NotSupported, "condition", "PixelCNN can be told nothing"),
    ],
)
def test_what_cannot_be_scored_is_refused_by_name(machine, id, count, label, error, field, words) -> None:
    with pytest.raises(error, match=words) as caught:
        score(machine, id, torch.zeros(count, 1, 8, 8), label)
    assert caught.value.field == field


def test_memory_that_does_not_suffice_is_told_and_frees_the_device(machine: Engine) -> None:
    wish = request(machine, "toys/pixelcnn", 0, 1, {}, "completes", **HALF)
    model = machine.model("toys/pixelcnn")

    def exhausted(*_: object) -> None:
        raise torch.OutOfMemoryError

    hook = model.register_forward_pre_hook(exhausted)
    with pytest.raises(GenerativeError, match="memory of cpu does not suffice"):
        list(machine.run(wish))
    with pytest.raises(GenerativeError, match="memory of cpu does not suffice"):
        score(machine, "toys/pixelcnn", torch.zeros(1, 1, 8, 8))
    hook.remove()
    assert score(machine, "toys/pixelcnn", torch.zeros(1, 1, 8, 8)).kind == "exact"


def test_a_run_that_takes_too_long_is_stopped_in_words(root: Path) -> None:
    hasty = Engine(root, "cpu", replace(VISITOR, seconds=0.0))
    with pytest.raises(GenerativeError, match="fewer images or steps"):
        list(hasty.run(request(hasty, "toys/ddpm", 0, 1, {})))
    assert list(hasty.run(request(hasty, "toys/vae", 0, 1, {})))


def test_nothing_that_is_not_finite_leaves(root: Path) -> None:
    machine = Engine(root, "cpu")
    torch.nn.init.constant_(machine.model("toys/vae").decoder[0].weight, torch.nan)
    for ability, inputs in (("samples", {}), ("scores", {"images": torch.zeros(1, 8, 8)})):
        with pytest.raises(GenerativeError, match=r"not finite|NaN"):
            machine.answer(machine.request(ability, "toys/vae", **inputs))
    with pytest.raises(InvalidOption, match="NaN or infinite"):
        machine.request("scores", "toys/vae", images=torch.full((1, 8, 8), torch.nan))


def test_the_owner_may_have_more_than_a_visitor(root: Path) -> None:
    wish = {"seed": 0, "count": 200, "options": {"candidates": 2}, **HALF}
    with pytest.raises(InvalidOption, match="from 1 to 16"):
        Engine(root, "cpu").request("completes", "toys/pixelcnn", **wish)
    assert len(Engine(root, "cpu", OWNER).request("completes", "toys/pixelcnn", **wish).seeds) == 200


def test_a_run_in_parts_draws_what_the_whole_draws(machine: Engine) -> None:
    wish = request(machine, "toys/vae", 5, 5, {"class": "a"})
    parts = [machine.answer(part).images for part in wish.batches(2)]
    torch.testing.assert_close(torch.cat(parts), machine.answer(wish).images)


def test_models_are_kept_within_the_memory_budget(root: Path) -> None:
    machine = Engine(root, "cpu", memory_budget=1)
    first = machine.model("toys/vae")
    assert machine.model("toys/vae") is first
    machine.model("toys/dcgan")
    assert machine.model("toys/vae") is not first


def test_a_device_that_is_not_there_is_refused() -> None:
    assert pick_devices("cpu") == pick_devices("auto") == [torch.device("cpu")]
    with pytest.raises(InvalidOption, match=r"There is no device 'abacus' here; found: cpu. Choose one of them"):
        pick_devices("abacus")
    with pytest.raises(InvalidOption, match=r"There is no device 'cuda:1' here; found: cpu.* CUDA says: "):
        pick_devices("cuda:1")


def test_a_driver_that_is_too_old_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def init() -> None:
        raise RuntimeError("The NVIDIA driver on your system is too old (found version 11040).\nMore words.")

    monkeypatch.setattr(torch.cuda, "init", init)
    with pytest.raises(InvalidOption, match=r"found: cpu\. Choose one .* CUDA says: .* too old \(found .* 11040\)\.$"):
        pick_devices("cuda")


def test_a_gpu_whose_memory_others_have_taken_is_told_and_left_out_where_there_are_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pretended(memory=0):
        words = r"The memory of cuda:0 is taken\. 6\.0 of its 8\.0 GB are free: .* Choose another device of cuda:0, cpu"
        for name in ("auto", "cuda", "cuda:0"):
            with pytest.raises(InvalidOption, match=words):
                pick_devices(name)
    ones = torch.ones

    def broken(*size: int, device: torch.device) -> torch.Tensor:
        if device.index == 0:
            raise torch.AcceleratorError("CUDA error: no kernel image is available\nCompile with TORCH_USE_CUDA_DSA.")
        return ones(*size, device=device)

    with pretended(devices=2):
        monkeypatch.setattr(torch, "ones", broken)
        assert pick_devices("cuda") == [torch.device("cuda:1")]
        with pytest.raises(
            InvalidOption, match=r"cuda:0 is there but does not work\. CUDA says: .* image is available\."
        ):
            pick_devices("cuda:0")


def test_a_gpu_that_gives_up_is_told_and_the_next_visitor_is_not_kept_waiting(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise torch.AcceleratorError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA.")

    with pretended():
        machine = Engine(root, "cuda")
        wish = request(machine, "toys/vae", 0, 1, {})
        monkeypatch.setattr(machine.model("toys/vae"), "decode", lost)
        with pytest.raises(GenerativeError, match=r"cuda:0 has stopped working\. CUDA says: .*failure\. Start again"):
            machine.answer(wish)
        assert machine.answer(request(machine, "toys/dcgan", 0, 1, {})).images.shape[0] == 1


def test_weights_that_do_not_fit_are_told_by_name(root: Path) -> None:
    with pretended() as gpu:
        machine = Engine(root, "cuda")
        gpu.memory = 50
        with pytest.raises(GenerativeError, match=r"The memory of cuda:0 does not suffice for the weights of DCGAN\."):
            machine.answer(request(machine, "toys/dcgan", 0, 1, {}))


def test_cuda_is_every_gpu_that_is_there() -> None:
    with pretended(devices=2):
        assert [str(device) for device in pick_devices("cuda")] == ["cuda:0", "cuda:1"] == [*map(str, pick_devices())]
        assert [str(device) for device in pick_devices("cuda:1")] == ["cuda:1"]
        with pytest.raises(InvalidOption, match="found: cuda:0, cuda:1, cpu"):
            pick_devices("cuda:2")


def test_runs_go_to_devices_that_are_free_and_draw_the_same_there(root: Path) -> None:
    alone = Engine(root, "cpu")
    wish = request(alone, "toys/vae", 5, 2, {})
    with pretended(devices=2):
        machine = Engine(root, "cuda")
        one, two = machine.run(wish), machine.run(wish)
        frames = next(one), next(two)  # both hold a device
        assert {str(frame.images.device) for frame in frames} == {"cuda:0", "cuda:1"}
        assert {str(device) for device, _ in machine._models} == {"cuda:0", "cuda:1"}
        for frame in frames:
            torch.testing.assert_close(frame.images.cpu(), alone.answer(wish).images)
        one.close()
        two.close()


@pytest.mark.parametrize(
    ("ability", "id", "count"),
    [("samples", "toys/ddpm", 16), ("completes", "toys/pixelcnn", 16), ("scores", "toys/vae", 0)],
)
def test_what_does_not_fit_is_done_in_halves_and_nobodys_picture_changes(
    root: Path, ability: str, id: str, count: int
) -> None:
    alone = Engine(root, "cpu")
    given = {} if ability == "samples" else {"images": torch.rand(1 if count else 32, 1, 8, 8)}
    given |= {"mask": read_mask("lower", 8)} if ability == "completes" else {}
    wish = alone.request(ability, id, count=count or 1, **given)
    whole = list(alone.run(wish))
    with pretended() as gpu:
        machine = Engine(root, "cuda")
        list(machine.run(wish))
        gpu.memory, gpu.refused = gpu.largest // 3, 0
        parts = list(machine.run(wish))
        assert gpu.refused >= 2
        for one, other in zip(parts, whole, strict=True):
            for made, known in ((one.nats, other.nats),) if ability == "scores" else ((one.images, other.images),):
                torch.testing.assert_close(made.cpu(), known)


def test_one_image_that_does_not_fit_is_said_in_words(root: Path) -> None:
    with pretended() as gpu:
        machine = Engine(root, "cuda")
        wish = request(machine, "toys/vae", 0, 4, {})
        machine.model("toys/vae")
        gpu.memory = 10
        with pytest.raises(
            GenerativeError, match=r"The memory of cuda:0 does not suffice for one image\. .* GB are free"
        ):
            machine.answer(wish)
        gpu.memory = None
        assert machine.answer(wish).images.shape[0] == 4


def test_a_mixture_that_does_not_fit_is_not_cut_down_in_silence(tmp_path: Path) -> None:
    model = registry.MODELS["stylegan"]
    weights.save(tmp_path / "toys" / "stylegan", "stylegan", model(model.Config.tiny()), {})
    with pretended() as gpu:
        machine = Engine(tmp_path, "cuda")
        wish = machine.request("mixes", "toys/stylegan", count=4, columns=9, layers="1")
        assert machine.answer(wish).images.shape[:2] == (4, 4)
        gpu.memory = gpu.largest - 1
        with pytest.raises(GenerativeError, match="Ask for fewer"):
            machine.answer(wish)


def test_models_leave_a_gpu_by_their_last_use_when_its_budget_is_spent(root: Path) -> None:
    with pretended(devices=2):
        machine, second = Engine(root, "cuda", memory_budget=1), torch.device("cuda", 1)
        first = machine.model("toys/vae")
        other = machine.model("toys/vae", second)
        machine.model("toys/dcgan")
        assert machine.model("toys/vae", second) is other and machine.model("toys/vae") is not first
