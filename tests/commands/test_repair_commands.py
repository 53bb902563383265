"""edit and restore: a picture that is there, drawn anew and restored."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generative.inference.pictures.provenance import read_note
from tests.commands.test_picture_commands import tiles

QUICK = ["--option", "num_inference_steps=2"]


@pytest.mark.parametrize("way", ["redraw", "invert"])
def test_edit_saves_the_picture_and_its_variations(run: Callable, tmp_path: Path, picture: str, way: str) -> None:
    words = ["edit", "tiny/ddpm", picture, "--way", way, "--strength", "0.6", "--count", "3", "--seed", "4", *QUICK]
    status, out, _ = run(*words, "--class", "Bag")
    assert status == 0 and out.strip() == "edited.png"
    first, *drawn = tiles(tmp_path / "edited.png")
    assert len(drawn) == 3 and len({*drawn}) == 3
    with Image.open(picture) as full:
        small = np.asarray(full.resize((8, 8), Image.Resampling.LANCZOS))
    assert first == small.tobytes()
    note = read_note((tmp_path / "edited.png").read_bytes())
    assert (note["ability"], note["inputs"]["way"], note["inputs"]["strength"]) == ("edits", way, 0.6)


def test_edit_shows_how_it_came_to_be(run: Callable, tmp_path: Path, picture: str) -> None:
    assert run("edit", "tiny/ddpm", picture, "--way", "invert", "--count", "1", "--out", "way.gif", *QUICK)[0] == 0
    with Image.open(tmp_path / "way.gif") as film:
        assert film.n_frames == 4


def test_restore_says_how_near_it_comes_beside_what_needs_no_model(run: Callable, tmp_path: Path, picture: str) -> None:
    words = ["restore", "tiny/ddpm", picture, "--factor", "2", "--mask", "middle", "--count", "2", *QUICK]
    status, out, _ = run(*words)
    head, *rows = out.splitlines()
    assert status == 0 and head.split() == ["PSNR", "SSIM"]
    assert rows[0].startswith("without a model: bicubic and mean fill") and rows[1].startswith("seed 0")
    assert "mean of these" in out and out.endswith("restored.png\n")
    with Image.open(tmp_path / "restored.png") as sheet:
        assert sheet.size == (28, 18) or sheet.size[0] * sheet.size[1] > 5 * 64
    told = json.loads(run(*words, "--json")[1])
    assert [row["seed"] for row in told["restorations"]] == [0, 1] and told["plain"]["how"] == "bicubic and mean fill"
    note = read_note((tmp_path / "restored.png").read_bytes())
    assert note["ability"] == "restores" and note["inputs"]["factor"] == 2 and note["inputs"]["mask"] == "middle"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["restore"], "nothing of the picture is taken away"),
        (["restore", "--factor", "3"], "factor must be one of 1, 2, 4, not 3"),
        (["restore", "--grey"], "grey as they are"),
        (["restore", "--noise", "2"], "noise must be a number from 0 to 0.5, not 2.0"),
        (["restore", "--mask", "everything"], "Nothing of the picture is left"),
        (["edit", "--strength", "1.5"], "strength must be a number from 0 to 1, not 1.5"),
        (["edit", "--option", "num_inference_steps=0"], "num_inference_steps must be a whole number"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    run: Callable, fails: Callable, picture: str, words: list, said: str
) -> None:
    command, *more = words
    fails(run(command, "tiny/ddpm", picture, *more), said)


def test_a_model_that_cannot_is_told(run: Callable, fails: Callable, picture: str) -> None:
    fails(run("restore", "tiny/vae", picture, "--factor", "2"), "cannot restore a picture")
    fails(run("edit", "tiny/dcgan", picture), "cannot edit a picture")
