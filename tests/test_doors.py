"""What the doors say by hand is compared with the records; the same values find the same words at each."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import torch

from generative.__main__ import main
from generative.abilities import ABILITIES
from generative.commands.parser import parser
from generative.errors import GenerativeError
from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.web.api.denoising import DenoisingEndpoints
from generative.web.api.endpoints import Endpoints
from generative.web.api.energy import EnergyEndpoints
from generative.web.api.features import FeatureEndpoints
from generative.web.api.gans import GANEndpoints
from generative.web.api.latent import LatentEndpoints
from generative.web.api.repair import RepairEndpoints
from generative.web.api.tokens import TokenEndpoints
from generative.web.api.words import WordEndpoints
from tests.building import build


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    config = {"classes": ["Shirt", "Ankle boot"], "size": 8, "channels": 4, "latent": 3}
    weights.save(root / "toys" / "vae", "vae", build("vae", config), {}, "toys")
    return Engine(root, "cpu")


def test_every_command_and_endpoint_that_a_record_names_is_there() -> None:
    (choices,) = [a.choices for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    assert {ability.command for ability in ABILITIES.values() if ability.command} <= set(choices)
    classes = (
        Endpoints,
        LatentEndpoints,
        DenoisingEndpoints,
        RepairEndpoints,
        EnergyEndpoints,
        GANEndpoints,
        TokenEndpoints,
        WordEndpoints,
        FeatureEndpoints,
    )
    endpoints = {name for kind in classes for name in vars(kind)}
    assert {ability.endpoint for ability in ABILITIES.values() if ability.endpoint} <= endpoints


@pytest.mark.parametrize("ability", [ability for ability in ABILITIES.values() if ability.card], ids=lambda a: a.name)
def test_the_command_on_a_card_is_the_ability_s_own(ability: Any) -> None:
    words = ability.card.format(id="fashion-mnist/vae").split()
    assert parser().parse_args(words).command == words[0] and ability.command in ("", words[0])


@pytest.mark.parametrize("ability", ABILITIES.values(), ids=list(ABILITIES))
def test_a_record_fits_its_protocol(ability: Any) -> None:
    assert callable(getattr(ability.protocol, ability.member)) and ability.verb
    assert 1 <= ability.most[0] <= ability.most[1]
    assert ability.seeded == ("seeds" in ability.takes) and not set(ability.inputs) & {"seeds", "options", "condition"}


def at_engine(machine: Engine, wish: dict[str, Any], _: Path, __: Callable[[], str]) -> str:
    with pytest.raises(GenerativeError) as refused:
        machine.request("samples", "toys/vae", **wish)
    return str(refused.value)


def at_note(machine: Engine, wish: dict[str, Any], _: Path, __: Callable[[], str]) -> str:
    with pytest.raises(GenerativeError) as refused:
        machine.recall(json.loads(json.dumps({"model": "toys/vae", **wish})))
    return str(refused.value)


def at_link(machine: Engine, wish: dict[str, Any], _: Path, __: Callable[[], str]) -> str:
    query = {"model": "toys/vae", **{name: str(wish[name]) for name in ("seed", "count") if name in wish}}
    query |= {name: str(value) for name, value in wish.get("options", {}).items()}
    if "condition" in wish:
        query["class"] = str(wish["condition"]["class"])
    with pytest.raises(GenerativeError) as refused:
        machine.follow(query)
    return str(refused.value)


def at_api(machine: Engine, wish: dict[str, Any], _: Path, __: Callable[[], str]) -> str:
    with pytest.raises(gr.Error) as refused:
        next(Endpoints(machine).generate("toys/vae", **wish))
    return str(refused.value.message)


def at_command_line(machine: Engine, wish: dict[str, Any], out: Path, said: Callable[[], str]) -> str:
    words = ["sample", "toys/vae", "--root", str(machine.library.root), "--out", str(out / "a.png")]
    words += ["--seed", str(wish["seed"])] if "seed" in wish else []
    for name, value in wish.get("options", {}).items():
        words += ["--option", f"{name}={value}"]
    words += ["--class", wish["condition"]["class"]] if "condition" in wish else []
    assert main(words) == 2
    return said().removeprefix("error: ").strip()


DOORS = [at_engine, at_note, at_link, at_api, at_command_line]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"options": {"temperature": "9"}}, "temperature must be a number from 0 to 2, not '9'"),
        ({"options": {"temperature": "warm"}}, "temperature must be a number from 0 to 2, not 'warm'"),
        ({"options": {"temprature": "1"}}, "There is no option 'temprature' here. Did you mean temperature?"),
        ({"condition": {"class": "Ankel boot"}}, "There is no class 'Ankel boot'. Did you mean Ankle boot?"),
        ({"seed": "-1"}, "seed must be a whole number from 0 to"),
    ],
)
def test_the_same_value_finds_the_same_words_at_every_door(
    machine: Engine, door: Any, wish: dict, words: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    if door is at_link and "temprature" in wish.get("options", {}):
        pytest.skip("a link ignores what it does not know")
    if door is at_command_line and "seed" in wish:
        wish = {"seed": -1}
    assert door(machine, wish, tmp_path, lambda: capsys.readouterr().err).startswith(words.split(", not '-1'")[0])


@pytest.mark.parametrize("said", ["ankle boot", " ANKLE BOOT "])
def test_names_are_taken_in_any_case_at_every_door(machine: Engine, said: str, tmp_path: Path) -> None:
    wish = machine.request("samples", "toys/vae", condition=said)
    assert wish.condition == {"class": "Ankle boot"}
    assert machine.follow({"model": "toys/vae", "class": said})[0].condition == wish.condition
    assert machine.recall({"model": "toys/vae", "options": {"class": said}})[0].condition == wish.condition
    assert list(Endpoints(machine).generate("toys/vae", said))[-1]["seeds"] == [0]
    words = [
        "sample",
        "toys/vae",
        "--root",
        str(machine.library.root),
        "--class",
        said,
        "--out",
        str(tmp_path / "a.png"),
    ]
    assert main(words) == 0
