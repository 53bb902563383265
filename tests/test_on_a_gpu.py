"""Every model and all that it can do on a pretended GPU: the CPU's answers, and nobody waits where they need not."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor
from torch.overrides import TorchFunctionMode

from generative.abilities import ABILITIES, Ability
from generative.conditions import Attributes
from generative.models import registry
from generative.models.diffusion.imported_text import can_read
from generative.models.gans.dcgan import DCGAN
from generative.models.gans.stylegan import StyleGAN
from generative.models.model import Model, drain
from generative.seeds import Seeds
from generative.training.machine import record_passes
from generative.training.recipe import Batch
from generative.training.recipes import RECIPES, recipe_of
from tests.pretended import OnGPU, pretended

CASES = [
    pytest.param(kind, ability, id=f"{kind}-{ability.name}")
    for kind, model in registry.KINDS.items()
    for ability in ABILITIES.values()
    if hasattr(model, ability.member) and (kind != "imported-text" or can_read())
]


def made(kind: str, **config: Any) -> Model:
    """Small, and no layer of it silent."""
    torch.manual_seed(0)
    model = registry.KINDS[kind](registry.KINDS[kind].Config.tiny(**config)).eval().requires_grad_(False)
    for weight in model.parameters():
        weight.add_(0.05 * torch.randn_like(weight))
    return model


def given(model: Model, ability: Ability) -> dict[str, Any]:
    """What an ability is called with: what comes from visitors lies on the CPU."""
    config, count = model.config, 1 if "seeds" in ability.takes else 2
    draw = torch.Generator().manual_seed(1)
    mask = torch.zeros(config.size, config.size, dtype=torch.bool)
    mask[: config.size // 2] = True
    every = {
        "seeds": Seeds(3, 2),
        "images": torch.rand(count, config.image_channels, config.size, config.size, generator=draw),
        "mask": mask,
        "timesteps": [100, 600],
        "latents": torch.randn(2, model.dims, generator=draw) if "latents" in ability.takes else None,
        "row": 2,
        "text": "an a",
        "column": 1,
        "to": model.pair.names[1] if hasattr(model, "pair") else "",
        "columns": 9,
        "layers": (1,),
        "other": "b",
        "against": "b" if config.told else None,
        "labels": None,
        "condition": "a" if config.told else None,
    }
    named = {name: every[name] for name in ability.takes if name in every}
    if ability.name == "projects" and type(model) not in (DCGAN, StyleGAN):  # which search as long as visitors do
        named["options"] = replace(model.default_options, search_steps=10)
    return named


def values(answer: Any) -> list[Tensor]:
    """All tensors of an answer, in their order."""
    if isinstance(answer, Tensor):
        return [answer]
    if isinstance(answer, dict):
        return values(list(answer.values()))
    if isinstance(answer, list | tuple):
        return [tensor for one in answer for tensor in values(one)]
    return values(list(vars(answer).values())) if hasattr(answer, "__dict__") else []


def asked(model: Model, ability: Ability, **named: Any) -> Any:
    """What it answers; all frames of a run."""
    answer = getattr(model, ability.member)(**{**given(model, ability), **named})
    return list(answer) if isinstance(answer, Iterator) else answer


@pytest.mark.parametrize(("kind", "ability"), CASES)
def test_a_gpu_answers_what_the_cpu_answers_and_waits_no_more_than_it_shows(kind: str, ability: Ability) -> None:
    model = made(kind)
    on_cpu = asked(model, ability)
    with pretended() as gpu:
        on_gpu = asked(model.to("cuda"), ability)
        waited = dict(gpu.waits)
        assert gpu.calls
        for one, other in zip(values(on_cpu), values(on_gpu), strict=True):
            torch.testing.assert_close(other.cpu(), one)
    frames = len(on_cpu) if isinstance(on_cpu, list) else 0
    if ability.name != "costs":  # a stopwatch has to wait
        assert all(times <= max(4, 3 * frames) for times in waited.values()), (frames, waited)


FACES = (Attributes((("hat", ("none", "tall")), ("mouth", ("o", "u", "v")))),)
TOLD = [kind for kind, model in registry.MODELS.items() if "attributes" in model.Config.can_be_told]


@pytest.mark.parametrize("kind", TOLD)
def test_what_is_told_attributes_draws_on_a_gpu_what_it_draws_on_the_cpu(kind: str) -> None:
    model = made(kind, told=FACES)
    changed = {"candidates": 3} if hasattr(model.default_options, "candidates") else {}
    wanted = {"options": replace(model.default_options, **changed), "condition": {"mouth": "u"}}
    on_cpu = drain(model.sample(Seeds(3, 2), **wanted)).images
    with pretended():
        on_gpu = drain(model.to("cuda").sample(Seeds(3, 2), **wanted)).images
        torch.testing.assert_close(on_gpu.cpu(), on_cpu)


TRAINED = [kind for kind, model in registry.MODELS.items() if any(base in RECIPES for base in model.__mro__)]


@pytest.mark.parametrize("kind", TRAINED)
def test_a_step_of_training_learns_on_a_gpu_what_it_learns_on_the_cpu(kind: str) -> None:
    accelerator = Accelerator(cpu=True, mixed_precision="no")

    def learnt(device: str) -> dict[str, Tensor]:
        model = made(kind).to(device).requires_grad_(True).train()
        recipe, config = recipe_of(type(model))(model), model.config
        for network in recipe.networks.values():
            network.to(device)
        draw = torch.Generator().manual_seed(2)
        size, labels = recipe.size(0.5), torch.tensor([0, 1, 1, 0])
        images = [torch.rand(4, config.image_channels, size, size, generator=draw) for _ in recipe.reads]
        batches = tuple(Batch(each.to(device), labels.to(device)) for each in images)
        torch.manual_seed(3)
        recipe.progress = 0.5
        record = recipe.step(accelerator, batches)
        return {**record, **model.state_dict()}

    on_cpu = learnt("cpu")
    with pretended() as gpu:
        on_gpu = learnt("cuda")
        assert gpu.calls
        for name, value in on_cpu.items():
            torch.testing.assert_close(on_gpu[name].cpu(), value, msg=name)


def step_in_bfloat16(kind: str, device: str, progress: float) -> None:
    """Takes one, so far into a training, and looks at what is recorded of it."""
    model = made(kind).to(device).requires_grad_(True).train()
    recipe, config = recipe_of(type(model))(model), model.config
    recipe.progress = progress
    size, labels = recipe.size(progress), torch.tensor([0, 1, 1, 0], device=device)
    images = [torch.rand(4, config.image_channels, size, size, device=device) for _ in recipe.reads]
    AcceleratorState._reset_state(reset_partial_state=True)  # which holds another precision
    accelerator = Accelerator(cpu=device == "cpu", mixed_precision="bf16")
    recipe.networks = {name: accelerator.prepare(network) for name, network in recipe.networks.items()}
    record = recipe.step(accelerator, tuple(Batch(each, labels) for each in images))
    AcceleratorState._reset_state(reset_partial_state=True)
    assert all(bool(torch.as_tensor(figure).isfinite()) for figure in record.values())


@pytest.mark.parametrize("kind", TRAINED)
def test_a_step_of_training_can_be_taken_in_bfloat16(kind: str) -> None:
    step_in_bfloat16(kind, "cpu", 0.5)


RECORDED = [kind for kind in TRAINED if recipe_of(registry.MODELS[kind]).recorded]


class Recording(TorchFunctionMode):
    """What a GPU could not play again from a recording fails: numbers of Python's that become tensors, and reading."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        assert func not in (torch.tensor, torch.as_tensor, Tensor.item, Tensor.tolist, Tensor.__bool__), func
        return func(*args, **kwargs or {})


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        *[pytest.param(kind, {}, id=kind) for kind in RECORDED],
        *[pytest.param(kind, {"told": FACES}, id=f"{kind}-attributes") for kind in RECORDED if kind in TOLD],
    ],
)
def test_what_a_gpu_is_to_record_it_can(kind: str, told: dict[str, Any]) -> None:
    model = made(kind, **told).requires_grad_(True).train()
    recipe, config = recipe_of(type(model))(model), model.config
    forward, passes = model.forward, []

    def recorded(*args: Any) -> Any:
        with Recording():
            passes.append(forward(*args))
        return passes[-1]

    recipe.networks["model"].forward = recorded
    images = torch.rand(4, config.image_channels, config.size, config.size)
    labels = torch.tensor([[0, 1], [1, 0], [1, 2], [0, 2]] if told else [0, 1, 1, 0])
    recipe.step(Accelerator(cpu=True, mixed_precision="no"), (Batch(images, labels),))
    assert passes


on_a_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device; run this on a GPU")


@pytest.mark.gpu
@on_a_gpu
@pytest.mark.parametrize(("kind", "ability"), CASES)
def test_a_real_gpu_answers_what_the_cpu_answers(kind: str, ability: Ability) -> None:
    model, named = made(kind), {}
    if ability.name == "projects":  # a long search makes much of little
        named["options"] = replace(model.default_options, search_steps=10)
    on_cpu = values(asked(model, ability, **named))
    if ability.name == "costs":
        return
    with patch.object(torch.backends.cudnn, "allow_tf32", False):
        on_gpu = values(asked(model.to("cuda"), ability, **named))
    for one, other in zip(on_cpu, on_gpu, strict=True):
        torch.testing.assert_close(other.cpu(), one, rtol=1e-2, atol=2e-3)


@pytest.mark.gpu
@on_a_gpu
@pytest.mark.parametrize("progress", [0.05, 0.4, 0.9])
@pytest.mark.parametrize("kind", TRAINED)
def test_a_real_gpu_learns_in_bfloat16(kind: str, progress: float) -> None:
    step_in_bfloat16(kind, "cuda", progress)


@pytest.mark.gpu
@on_a_gpu
@pytest.mark.parametrize("kind", RECORDED)
def test_a_real_gpu_learns_from_a_recording_what_it_learns_without(kind: str) -> None:
    accelerator = Accelerator(mixed_precision="no")

    def learnt(recorded: bool) -> dict[str, Tensor]:
        model = made(kind).to("cuda").requires_grad_(True).train()
        recipe, config = recipe_of(type(model))(model), model.config
        # Adam would make steps of what is noise in a gradient that is 0, as that of attention's keys' bias.
        recipe.optimisers["model"] = torch.optim.SGD(model.parameters(), 0.01)
        if recorded:
            record_passes(recipe.networks["model"])
        draw = torch.Generator().manual_seed(2)
        for step in range(5):
            images = torch.rand(4, config.image_channels, config.size, config.size, generator=draw).to("cuda")
            torch.manual_seed(step)
            recipe.step(accelerator, (Batch(images, torch.tensor([0, 1, 1, 0], device="cuda")),))
        return model.state_dict()

    played, plain = learnt(True), learnt(False)
    for name, value in plain.items():
        torch.testing.assert_close(played[name], value, rtol=1e-2, atol=1e-3, msg=name)


def test_what_goes_wrong_on_a_gpu_goes_wrong_here() -> None:
    with pretended(memory=100) as gpu:
        there = torch.ones(3, device="cuda")
        assert isinstance(there, OnGPU) and there.device == torch.device("cuda:0") and there.is_cuda
        assert (there * 2).tolist() == [2, 2, 2] and not gpu.waits["test_on_a_gpu.py"]
        for mixed in (lambda: there + torch.ones(3), lambda: torch.cat([there, torch.ones(1)])):
            with pytest.raises(RuntimeError, match="at least two devices, cpu and cuda:0"):
                mixed()
        with pytest.raises(RuntimeError, match="device type for generator"):
            torch.rand(3, device="cuda", generator=torch.Generator())
        with pytest.raises(torch.OutOfMemoryError):
            torch.ones(26, device="cuda")
        with pytest.raises(TypeError, match="numpy"):
            there.numpy()
        before = sum(gpu.waits.values())
        for waiting in (bool(there.sum() > 2), there.sum().item(), there.cpu(), there[there > 0], there.nonzero()):
            assert waiting is not None
        assert sum(gpu.waits.values()) == before + 5
        there[0] = 5.0
        assert there.to("cpu").equal(torch.tensor([5.0, 1, 1]))
