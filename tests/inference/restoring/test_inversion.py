"""How exactly a picture comes back from its noise."""

from pathlib import Path

import pytest
import torch

from generative.errors import NotSupported
from generative.inference.engine.engine import Engine
from generative.inference.restoring.inversion import ways_back
from generative.library import weights
from tests.building import build

DDPM = {"classes": ["a", "b"], "size": 8, "channels": [16, 16], "attention": [False, False], "layers_per_block": 1}


def test_each_number_of_steps_has_its_error(tmp_path: Path) -> None:
    torch.manual_seed(0)
    weights.save(tmp_path / "toys" / "ddpm", "ddpm", build("ddpm", DDPM), {})
    machine = Engine(tmp_path, "cpu")
    found = list(ways_back(machine, "toys/ddpm", torch.rand(1, 8, 8), (2, 4)))
    assert [count for count, _ in found] == [2, 4] and all(0 <= error < 1 for _, error in found)


def test_a_model_that_cannot_is_refused_by_name(tmp_path: Path) -> None:
    weights.save(tmp_path / "toys" / "vae", "vae", build("vae", {"size": 8, "classes": [], "channels": 4}), {})
    with pytest.raises(NotSupported, match="cannot edit a picture"):
        list(ways_back(Engine(tmp_path, "cpu"), "toys/vae", torch.rand(1, 8, 8)))
