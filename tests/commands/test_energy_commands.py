"""descend and compose: pictures that roll down an energy."""

import json
from collections.abc import Callable
from pathlib import Path

from generative.inference.pictures.provenance import read_note


def test_descend_rolls_a_picture_and_tells_its_energies(run: Callable, tmp_path: Path, picture: str) -> None:
    words = ["descend", "tiny/equilibrium", picture, "--count", "2", "--seed", "3", "--option", "disturbed=0.2"]
    status, out, _ = run(*words, "--json")
    rows = json.loads(out)["descents"]
    assert status == 0 and [row["seed"] for row in rows] == [3, 4] and not any(row["exploded"] for row in rows)
    note = read_note((tmp_path / "rolled.png").read_bytes())
    assert note["ability"] == "descends" and note["options"]["disturbed"] == 0.2
    table = run(*words)[1]
    assert f"{rows[0]['energy']:.1f}" in table and table.endswith("rolled.png\n")


def test_descend_says_which_chains_exploded(run: Callable, picture: str) -> None:
    wild = [f"--option={option}" for option in ("steps=200", "step_size=1", "momentum=0.95", "noise=1")]
    rows = json.loads(run("descend", "tiny/equilibrium", picture, "--count", "1", *wild, "--json")[1])["descents"]
    table = run("descend", "tiny/equilibrium", picture, "--count", "1", *wild)[1]
    assert ("exploded, stopped" in table) == rows[0]["exploded"]


def test_compose_draws_two_classes_together(run: Callable, tmp_path: Path, fails: Callable) -> None:
    words = ["compose", "tiny/equilibrium", "--class", "Shirt", "--other", "bag", "--count", "2"]
    status, out, _ = run(*words)
    assert status == 0 and out.endswith("composed.png\n")
    note = read_note((tmp_path / "composed.png").read_bytes())
    assert note["inputs"]["other"] == {"class": "Bag"} and note["condition"] == {"class": "Shirt"}
    assert run(*words, "--out", "fall.gif")[0] == 0 and (tmp_path / "fall.gif").stat().st_size
    fails(run("compose", "tiny/equilibrium", "--other", "Bagg"), "There is no class 'Bagg'. Did you mean Bag?")
    fails(run("compose", "tiny/equilibrium", "--other", "any"), "Say what else to draw")
    fails(run("compose", "tiny/vae", "--other", "Bag"), "cannot draw two things at once")
