"""translate: a picture as another kind of picture, and back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from generative.inference.pictures.provenance import read_note
from tests.commands.test_picture_commands import tiles


def test_translate_saves_every_station_and_says_how_near_it_comes(run: Callable, tmp_path: Path, picture: str) -> None:
    words = ["translate", "tiny/cyclegan-pencil", picture, "--prepared", "--count", "2", "--seed", "4"]
    status, out, _ = run(*words)
    head, *rows = out.splitlines()
    assert status == 0 and head.split()[0] == "SEED" and [row.split()[0] for row in rows[:2]] == ["4", "5"]
    assert "given, translated, back again, the truth" in out and out.endswith("translated.png\n")
    assert len(tiles(tmp_path / "translated.png")) == 16
    told = json.loads(run(*words, "--json")[1])["translations"]
    assert told[0]["cycle_error"] == told[1]["cycle_error"] and told[0]["error"] > 0
    note = read_note((tmp_path / "translated.png").read_bytes())
    assert (note["ability"], note["inputs"]["to"], note["inputs"]["prepared"]) == ("translates", "colour", True)
    assert '"error": null' in run(*words[:3], "--json")[1]  # of a drawing that somebody made, nobody knows the truth


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "oil"], "to must be one of drawing, colour, not 'oil'"),
        (["--option", "disturbed=2"], "disturbed must be a number from 0 to 0.5"),
        (["--count", "0"], "count must be a whole number from 1"),
        (["--out", "film.mp4"], "--out must end in"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    run: Callable, fails: Callable, picture: str, words: list[str], said: str
) -> None:
    fails(run("translate", "tiny/cyclegan-pencil", picture, *words), said)
    fails(run("translate", "tiny/vae", picture), "cannot translate a picture")
