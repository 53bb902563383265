"""The endpoints of energies, called as a program calls them, over a model so small that nothing takes long."""

import json

import gradio as gr
import pytest
import torch

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.web.api.endpoints import Endpoints
from generative.web.api.energy import EnergyEndpoints
from tests.building import build

CONFIG = {"classes": ["Sneaker", "Bag"], "channels": [16, 16], "options": {"steps": 3}}
ID, PICTURE = "fashion-mnist/equilibrium", "example:Bag/0"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    weights.save(root / ID, "equilibrium", build("equilibrium", CONFIG), {}, "fashion-mnist")
    return Engine(root, "cpu")


def test_descents_stream_and_end_with_their_energies(machine: Engine) -> None:
    said = list(EnergyEndpoints(machine).descend(ID, PICTURE, None, 2, 5))
    assert [moment["step"] for moment in said] == [1, 2, 3] and said[0]["label"].startswith("energy ")
    rows = said[-1]["descents"]
    assert [row["seed"] for row in rows] == [5, 6] and all(not row["exploded"] and row["png"] for row in rows)
    json.dumps(said)


def test_two_classes_are_drawn_together(machine: Engine) -> None:
    api = EnergyEndpoints(machine)
    *_, last = api.compose(ID, "Bag", {"class": "Sneaker"}, 2, 0, {"share": 0.3})
    assert len(last["descents"]) == 2 and last["png"]
    with pytest.raises(gr.Error, match="Say what else to draw"):
        next(api.compose(ID, "any"))


def test_the_slope_is_told_pixel_by_pixel(machine: Engine) -> None:
    slope = torch.tensor(EnergyEndpoints(machine).slope(ID, [PICTURE], "Bag"))
    assert slope.shape == (1, 1, 28, 28) and slope.abs().max() > 0


def test_energies_are_told_as_such(machine: Engine) -> None:
    (row,) = Endpoints(machine).score(ID, [PICTURE])
    assert row["kind"] == "unnormalised" and row["bits_per_dim"] is None and isinstance(row["energy"], float)
    (told,) = Endpoints(machine).score(ID, [PICTURE], "Bag")
    assert told["label"] == "Bag" and told["energy"] != row["energy"]
