"""A model that lies beside another and helps it: found where it lies, and missed without harm."""

from pathlib import Path

import pytest
import torch

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.library.entry import describe
from generative.models.diffusion.by_another import HELPER
from generative.models.registry import KINDS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    for kind in ("ddpm", HELPER):
        weights.save(tmp_path / "toys" / kind, kind, KINDS[kind](KINDS[kind].Config.tiny()), {}, "toys")
    return tmp_path / "toys"


def test_a_helper_is_found_where_it_lies_and_is_no_part_of_the_model(root: Path) -> None:
    entry, model = describe("toys/ddpm", root / "ddpm"), weights.load(root / "ddpm")
    assert entry.helpers == (HELPER,) and entry.idle == ()
    assert list(model.helpers) == [HELPER] and not any(HELPER in key for key in model.state_dict())
    assert model.parameter_count == entry.parameters == sum(p.numel() for p in model.unet.parameters())
    assert not any(weight.requires_grad for weight in model.helpers[HELPER].parameters())


def test_what_helps_to_draw_is_no_judge_of_what_is_drawn(root: Path) -> None:
    engine = Engine(root.parent, "cpu")
    assert engine.judge(engine.entry("toys/ddpm")) is None


@pytest.mark.parametrize("wrong", ["missing", "damaged", "of other classes"])
def test_without_it_the_model_lacks_an_option_and_nothing_else(root: Path, wrong: str) -> None:
    if wrong == "missing":
        (root / HELPER / "config.json").unlink()
    if wrong == "damaged":
        (root / HELPER / "model.safetensors").write_bytes(b"short")
    if wrong == "of other classes":
        kind = KINDS[HELPER]
        weights.save(root / HELPER, HELPER, kind(kind.Config.tiny(labels=("x", "y", "z"))), {}, "toys")
    entry = describe("toys/ddpm", root / "ddpm")
    assert entry.problem is None and entry.helpers == () and entry.idle == ("guided_by",)
    assert weights.load(root / "ddpm").helpers == {}
