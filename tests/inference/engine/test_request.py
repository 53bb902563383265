"""A request has one plain form, and every door reads it back as the same request."""

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import torch
from torch import Tensor

from generative.abilities import ABILITIES
from generative.commands.parser import parser
from generative.errors import GenerativeError, InvalidOption
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import OWNER
from generative.inference.engine.request import Request
from generative.inference.pictures import written
from generative.inference.pictures.masks import read_mask
from generative.library import weights
from tests.building import build

CLOTHES = ["Shirt", "Ankle boot"]
CONFIGS = {
    "vae": {"channels": 4, "latent": 3},
    "dcgan": {"generator_channels": 4, "discriminator_channels": 4, "latent": 4, "class_embedding": 2},
    "stylegan": {"generator_channels": 4, "discriminator_channels": 4, "latent": 4, "style": 4},
    "gated-pixelcnn": {"channels": 4, "dilations": [1]},
    "classifier": {"channels": 4},
    "ddpm": {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1, "num_train_timesteps": 50},
    "equilibrium": {"channels": [16, 16], "options": {"steps": 3}},
    "transformer": {"width": 8, "heads": 2, "layers": 2, "hidden": 8, "run": 2},
    "cyclegan-pencil": {"channels": 2, "blocks": 1},
    "language": {"length": 20, "width": 8, "heads": 2, "layers": 1},
    "vqvae": {"channels": 2, "grid": 2, "codes": 5, "dims": 2},
    "latent-diffusion": {
        "unshuffle": 1,
        "widths": [4, 8],
        "latent": 2,
        "fold": 1,
        "channels": [16, 16],
        "attention": [False, True],
        "text_width": 8,
        "text_layers": 1,
        "heads": 2,
        "told": [{"caption": {"vocabulary": ["a"], "length": 4}}],
    },
}
PICTURE = (torch.arange(64) / 64 * 255).round().view(1, 8, 8) / 255
WISHES: dict[str, tuple[str, dict[str, Any]]] = {
    "samples": ("vae", {"seed": 3, "count": 4, "condition": "ankle BOOT", "options": {"temperature": "0,5"}}),
    "completes": ("gated-pixelcnn", {"count": 2, "images": PICTURE, "mask": read_mask("right", 8)}),
    "guides": ("ddpm", {"count": 2, "condition": "Shirt", "against": "ankle boot"}),
    "noises": ("ddpm", {"seed": 5, "images": PICTURE, "timesteps": "3, 49"}),
    "edits": ("ddpm", {"images": PICTURE, "way": "invert", "strength": "0,25", "options": {"num_inference_steps": 2}}),
    "restores": ("ddpm", {"images": PICTURE, "factor": "2", "mask": "lower", "noise": 0.1, "condition": "Shirt"}),
    "translates": ("cyclegan-pencil", {"images": PICTURE, "to": "Drawing", "prepared": "true", "count": 2}),
    "interpolates": ("vae", {"seed": 2, "count": 3}),
    "decodes": ("vae", {"latents": [[0.5, -1.0, 2.0]]}),
    "encodes": ("vae", {"images": [PICTURE, PICTURE.flip(2)]}),
    "infers": ("vae", {"images": PICTURE}),
    "perceives": ("vae", {"images": [PICTURE, PICTURE.flip(2)]}),
    "projects": ("dcgan", {"images": PICTURE, "options": {"search_steps": 10}}),
    "judges": ("dcgan", {"images": PICTURE, "condition": {"class": "Shirt"}}),
    "scores": ("vae", {"images": PICTURE, "condition": "Shirt"}),
    "descends": ("equilibrium", {"seed": 4, "count": 2, "images": PICTURE, "options": {"disturbed": "0,3"}}),
    "slopes": ("equilibrium", {"images": PICTURE, "condition": "Shirt"}),
    "composes": ("equilibrium", {"seed": 6, "count": 2, "condition": "Shirt", "other": "ankle boot"}),
    "predicts": ("gated-pixelcnn", {"images": PICTURE, "row": 3, "column": "4"}),
    "attends": ("transformer", {"images": PICTURE, "row": 3, "column": "4", "condition": "Shirt"}),
    "listens": ("latent-diffusion", {"seed": 3, "condition": "shirt", "options": {"num_inference_steps": 2}}),
    "bridges": ("latent-diffusion", {"seed": 3, "count": 3, "condition": "a", "other": "a a"}),
    "mixes": ("stylegan", {"seed": 3, "count": 2, "columns": 9, "layers": "2-3", "options": {"truncation": 0.5}}),
    "writes": ("language", {"seed": 3, "count": 2, "text": "-a b", "options": {"top_k": 5}}),
    "costs": ("transformer", {}),
    "tokenises": ("vqvae", {"images": [PICTURE, PICTURE.flip(2)]}),
    "classifies": ("classifier", {"images": PICTURE}),
}
abilities = pytest.mark.parametrize("ability", ABILITIES)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = tmp_path_factory.mktemp("checkpoints")
    for kind, config in CONFIGS.items():
        torch.manual_seed(0)
        weights.save(root / "toys" / kind, kind, build(kind, {"classes": CLOTHES, "size": 8, **config}), {})
    return Engine(root, "cpu")


def wished(machine: Engine, ability: str) -> Request:
    kind, wish = WISHES[ability]
    return machine.request(ability, f"toys/{kind}", **wish)


def same(a: Request, b: Request) -> bool:
    def alike(x: Any, y: Any) -> bool:
        return torch.equal(x, y) if isinstance(x, Tensor) else x == y

    inputs = a.inputs.keys() == b.inputs.keys() and all(alike(a.inputs[n], b.inputs[n]) for n in a.inputs)
    one, other = ((r.ability, r.entry, r.seeds, r.options, r.condition) for r in (a, b))
    return one == other and inputs


def test_every_ability_is_tried_here() -> None:
    assert set(WISHES) == set(ABILITIES)


@abilities
def test_the_plain_form_is_json_that_is_recalled_as_the_same_request(machine: Engine, ability: str) -> None:
    request = wished(machine, ability)
    again, words = machine.recall(json.loads(json.dumps(request.plain())))
    assert same(request, again) and not words


@abilities
def test_the_link_leads_to_the_same_request(machine: Engine, ability: str) -> None:
    request = wished(machine, ability)
    again, _ = machine.follow(dict(parse_qsl(request.link().removeprefix("?"))) | {"utm_source": "a friend"})
    assert same(request, again)


def test_a_picture_that_is_too_large_for_an_address_is_to_be_given_again(machine: Engine, monkeypatch: Any) -> None:
    monkeypatch.setattr(written, "LONGEST_LINK", 200)
    link = dict(parse_qsl(wished(machine, "restores").link()[1:]))
    assert link["images"] == "own" and link["factor"] == "2"
    with pytest.raises(GenerativeError, match="too large for an address: give it again"):
        machine.follow(link)


@abilities
def test_the_copied_python_makes_the_same_request(machine: Engine, ability: str, monkeypatch: Any) -> None:
    request = wished(machine, ability)
    asked: list[Request] = []
    monkeypatch.setattr("generative.inference.engine.engine.Engine", lambda: machine)
    monkeypatch.setattr(machine, "answer", asked.append)
    exec(request.code("python"), {})
    assert same(request, asked[0])


# The command of "perceives" teaches a probe, and takes no pictures.
@pytest.mark.parametrize("ability", [name for name, a in ABILITIES.items() if a.command and name != "perceives"])
def test_the_copied_command_is_one_that_the_command_line_knows(machine: Engine, ability: str) -> None:
    words = shlex.split(wished(machine, ability).code("cli"))
    assert words[:4] == ["python", "-m", "generative", ABILITIES[ability].command]
    said = parser().parse_args(words[3:])
    if ability in ("guides", "noises"):
        assert getattr(said, "against", None) == "Ankle boot" or said.timesteps == "3,49"
    if ability == "attends":
        assert (said.row, said.column, said.class_name) == (3, 4, "Shirt")
    if ability == "composes":
        assert (said.other, said.class_name) == ("Ankle boot", "Shirt")
    if ability == "bridges":
        assert (said.other, said.caption, said.count) == ("a a", "a", 3)
    if ability == "mixes":
        assert (said.columns, said.layers, said.count) == (9, ["2", "3"], 2)
    if ability == "descends":
        assert said.option == ["disturbed=0.3"]
    if ability == "writes":
        assert (said.text, said.seed, said.option) == ("-a b", 3, ["top_k=5"])
    if ability == "translates":
        assert (said.to, said.prepared) == ("drawing", True)


def test_the_copied_call_says_one_picture_by_the_name_of_the_endpoints_parameter(machine: Engine) -> None:
    for ability in ("descends", "attends"):
        call = wished(machine, ability).code("api")
        assert " image='data:" in call and "images=" not in call
    assert " images=['data:" in wished(machine, "slopes").code("api")


def test_the_copied_command_of_a_sample_says_all_of_it(machine: Engine) -> None:
    words = shlex.split(wished(machine, "samples").code("cli"))[3:]
    said = parser().parse_args(words)
    assert (said.seed, said.count, said.class_name, said.option) == (3, 4, "Ankle boot", ["temperature=0.5"])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("3, 50", "timesteps must be a whole number from 0 to 49, not ' 50'"),
        ([-1], "from 0 to 49, not -1"),
        ("soon", "not 'soon'"),
        ([], "From 1 to 64 timesteps can be looked at in one run, not 0"),
        ([1] * 65, "not 65"),
        ([float("nan")], "not nan"),
    ],
)
def test_timesteps_that_a_process_does_not_have_are_refused(machine: Engine, said: Any, words: str) -> None:
    with pytest.raises(InvalidOption, match=re.escape(words)) as caught:
        machine.request("noises", "toys/ddpm", images=PICTURE, timesteps=said)
    assert caught.value.field == "timesteps"


@pytest.mark.parametrize("said", ["", "any", {"class": None}, "Shrt", {"clas": "Shirt"}])
def test_guidance_leads_away_from_something_that_is_known(machine: Engine, said: Any) -> None:
    with pytest.raises(InvalidOption) as caught:
        machine.request("guides", "toys/ddpm", against=said)
    assert caught.value.field == "against"


def test_running_a_recalled_request_gives_the_same_pictures(machine: Engine, tmp_path: Path) -> None:
    request = wished(machine, "completes")
    again, _ = machine.recall(json.loads(json.dumps(request.plain())))
    assert torch.equal(machine.answer(request).images, machine.answer(again).images)


def test_names_of_examples_and_masks_stay_names(machine: Engine) -> None:
    request = machine.request("completes", "toys/gated-pixelcnn", images=PICTURE, mask="right")
    assert request.plain()["inputs"]["mask"] == "right" and "mask=right" in request.link()


def test_a_note_of_the_first_release_is_recalled(machine: Engine) -> None:
    note = {"model": "toys/vae", "seed": 1, "count": 2, "options": {"label": "Shirt", "temperature": 1.0}}
    request, _ = machine.recall(note | {"versions": {"torch": "2"}})
    assert request.condition == {"class": "Shirt"} and request.seeds.first == 1


def test_more_images_than_are_allowed_become_as_many_as_are(machine: Engine) -> None:
    request, words = machine.recall(wished(machine, "samples").plain() | {"count": 100})
    assert len(request.seeds) == 64 and "100" in words and "64" in words


@pytest.mark.parametrize(
    ("note", "field"),
    [
        ({"model": 3}, "model"),
        ({"model": "toys/vae", "seed": [1]}, "seed"),
        ({"model": "toys/vae", "count": "many"}, "count"),
        ({"model": "toys/vae", "options": 3}, "options"),
        ({"model": "toys/vae", "condition": ["Shirt"]}, "condition"),
        ({"model": "toys/vae", "ability": "flies"}, "ability"),
        ({"model": "toys/vae", "ability": "scores"}, "images"),
        ({"model": "toys/vae", "ability": "scores", "inputs": {"images": "../../etc/passwd"}}, "images"),
        ({"model": "toys/vae", "ability": "scores", "inputs": {"mask": "lower", "images": "AAAA"}}, "mask"),
    ],
)
def test_a_strangers_note_is_refused_by_name(machine: Engine, note: dict, field: str) -> None:
    with pytest.raises(GenerativeError) as caught:
        machine.recall(note)
    assert caught.value.field in (field, None)


def test_an_input_that_an_ability_does_not_take_is_named(machine: Engine) -> None:
    with pytest.raises(InvalidOption, match="takes no 'mask'") as caught:
        machine.request("samples", "toys/vae", mask="lower")
    assert caught.value.field == "mask"


def test_a_run_of_another_visitor_waits_only_for_its_turn(machine: Engine) -> None:
    first, second = (machine.run(wished(machine, "samples"), visitor) for visitor in ("a", "b"))
    assert next(first).step == 1
    first.close()
    assert next(second).step == 1


def test_the_owner_reaches_the_same_pictures(machine: Engine) -> None:
    owner = Engine(machine.library, "cpu", OWNER)
    assert torch.equal(owner.answer(wished(owner, "samples")).images, machine.answer(wished(machine, "samples")).images)
