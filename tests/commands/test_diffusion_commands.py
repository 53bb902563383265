"""noise, and guidance away from something: what commands do with models that have a forward process."""

import json
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from generative.inference.pictures.provenance import read_note

DDPM = "tiny/ddpm"


def test_noise_tells_how_much_is_left_at_each_timestep(run: Callable, tmp_path: Path, picture: str) -> None:
    status, out, _ = run("noise", DDPM, picture, "--t", "0,500,999", "--seed", "3", "--out", "noisy.png", "--json")
    rows = json.loads(out)["rows"]
    assert status == 0 and [(row["t"], row["seed"]) for row in rows] == [(0, 3), (500, 3), (999, 3)]
    ratios = [row["signal_to_noise"] for row in rows]
    assert ratios == sorted(ratios, reverse=True) and ratios[0] > 1000 and ratios[-1] < 1e-3
    assert all(row["loss"] > 0 and 0 < row["rmse"] <= 1 for row in rows)
    note = read_note((tmp_path / "noisy.png").read_bytes())
    assert (note["ability"], note["inputs"]["timesteps"]) == ("noises", [0, 500, 999])


def test_the_same_seed_has_the_same_noise_however_many_there_are(run: Callable, picture: str) -> None:
    one = json.loads(run("noise", DDPM, picture, "--t", "500", "--seed", "4", "--json")[1])["rows"]
    two = json.loads(run("noise", DDPM, picture, "--t", "500", "--seed", "3", "--count", "2", "--json")[1])["rows"]
    assert abs(one[0]["loss"] - two[1]["loss"]) < 1e-4 and [row["seed"] for row in two] == [3, 4]


def test_noise_prints_a_table(run: Callable, picture: str) -> None:
    out = run("noise", DDPM, picture, "--t", "10,900")[1]
    assert out.splitlines()[0].split() == ["T", "SEED", "SIGNAL", "TO", "NOISE", "LOSS", "RMSE"]
    assert [line.split()[0] for line in out.splitlines()[1:3]] == ["10", "900"]


def test_what_cannot_be_noised_is_refused(run: Callable, picture: str, fails: Callable) -> None:
    fails(run("noise", DDPM, picture, "--t", "1000"), "from 0 to 999, not '1000'")
    fails(run("noise", "tiny/vae", picture), "cannot add noise to a picture step by step")
    fails(run("noise", DDPM, picture, "--out", "a.gif"), "--out must end in .png")
    fails(run("noise", DDPM, picture, "--count", "7", "--out", "a.png"), "at most 64 noisy pictures, not 77")


def test_guidance_leads_away_from_a_class(run: Callable, tmp_path: Path) -> None:
    words = ["sample", DDPM, "--class", "Shirt", "--count", "2", "--option", "num_inference_steps=3"]
    assert run(*words, "--out", "plain.png")[0] == 0
    assert run(*words, "--against", "bag", "--out", "away.png")[0] == 0
    note = read_note((tmp_path / "away.png").read_bytes())
    assert note["ability"] == "guides" and note["inputs"]["against"] == {"class": "Bag"}
    with Image.open(tmp_path / "plain.png") as plain, Image.open(tmp_path / "away.png") as away:
        assert plain.size == away.size and plain.tobytes() != away.tobytes()


def test_away_from_what_nobody_knows_is_refused(run: Callable, fails: Callable) -> None:
    fails(run("sample", DDPM, "--against", "Bg"), "There is no class 'Bg'. Did you mean Bag?")
    fails(run("sample", "tiny/vae", "--against", "Bag"), "cannot be led away from something")


def test_samplers_are_compared_on_one_noise(run: Callable, tmp_path: Path) -> None:
    words = ["samplers", DDPM, "--samplers", "ddim,heun", "--steps", "2,4", "--option", "guidance_scale=1"]
    status, out, _ = run(*words, "--out", "table.png", "--json")
    rows = json.loads(out)["runs"]
    assert status == 0 and [(r["sampler"], r["steps"], r["evaluations"]) for r in rows] == [
        ("ddim", 2, 2),
        ("ddim", 4, 4),
        ("heun", 2, 3),
        ("heun", 4, 7),
    ]
    assert all(row["seconds"] > 0 for row in rows)
    note = read_note((tmp_path / "table.png").read_bytes())
    assert (note["tool"], note["samplers"], note["steps"]) == ("samplers", ["ddim", "heun"], [2, 4])
    assert run(*words)[1].splitlines()[0].split() == ["SAMPLER", "STEPS", "SECONDS", "EVALUATIONS"]


def test_paths_are_measured_on_one_noise(run: Callable, tmp_path: Path, fails: Callable) -> None:
    words = ["paths", f"{DDPM}=ddim", DDPM, "--steps", "1,2", "--class", "Bag", "--seed", "3", "--out", "paths.png"]
    status, out, _ = run(*words, "--json")
    ways = json.loads(out)["ways"]
    assert status == 0 and [way["way"] for way in ways] == [f"{DDPM}=ddim", f"{DDPM}=dpm-solver++"]
    assert all(way["length"] >= 1 and way["still"] >= 1 for way in ways)
    assert [(few["steps"], few["evaluations"]) for few in ways[0]["few"]] == [(1, 1), (2, 2)]
    note = read_note((tmp_path / "paths.png").read_bytes())
    assert (note["tool"], note["steps"], note["seed"], note["condition"]) == ("paths", [1, 2], 3, {"class": "Bag"})
    assert run("paths", DDPM, "--steps", "1")[1].splitlines()[0].split()[:2] == ["WAY", "LENGTH"]
    fails(run("paths", f"{DDPM}=dim"), "sampler must be one of")
    fails(run("paths", DDPM, "--count", "5"), "count must be from 1 to 4, not 5")


def test_samplers_that_there_are_not_are_refused(run: Callable, fails: Callable) -> None:
    fails(run("samplers", DDPM, "--samplers", "dim"), "Did you mean ddim or ddpm?")
    fails(run("samplers", DDPM, "--steps", "1,2,3,4,5,6"), "steps must be from 1 to 5 of them")
    fails(run("samplers", "tiny/vae"), "cannot add noise")
