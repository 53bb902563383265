"""A side file costs its side show, never the model or the page; what it costs is told."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from generative.library import card, side_files, weights
from generative.library.entries import Library, describe
from tests.building import build

FIGURE = {"value": 0.5, "unit": "share", "how": "so"}
TRAINING = {"data": "Toys", "images_seen": 800, "steps": 100, "seed": 7, "minutes": 1.5}
QUANTILES = {"quantiles": [i / 100 for i in range(101)]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint with all its side files, in a library below tmp_path."""
    folder = tmp_path / "toys" / "vae"
    torch.manual_seed(0)
    model = build("vae", {"classes": ["a", "b"], "channels": 8, "latent": 4})
    weights.save(folder, "vae", model, TRAINING, "toys")
    directions = {"exchange": {"hat": {"success": 0.9, "leakage": 0.1}}}
    metrics = {"fid": FIGURE, "directions": directions, "protocol": {"trained": TRAINING}}
    weights.write_json(folder / "metrics.json", metrics)
    (folder / "training.csv").write_text("step,images,loss\n1,8,0.5\n2,16,0.25\n")
    weights.write_json(folder / "likelihood.json", QUANTILES)
    weights.write_json(folder / "reconstruction.json", QUANTILES)
    weights.write_json(folder / "denoising.json", {"timesteps": [0, 999], "loss": [0.5, 0.25], "how": "So."})
    Image.new("L", (238, 238)).save(folder / "samples.png")
    Image.new("L", (64, 64)).save(folder / "film.webp")
    save_file({"mean": torch.zeros(4)}, folder / "atlas.safetensors")
    return folder


def test_all_that_is_sound_is_read(folder: Path) -> None:
    found = side_files.read(folder)
    assert found.metrics["fid"] == FIGURE
    assert found.curve == ({"step": 1, "images": 8, "loss": 0.5}, {"step": 2, "images": 16, "loss": 0.25})
    assert set(found.quantiles) == {"likelihood.json", "reconstruction.json"}
    assert (found.sheet, found.film, found.atlas) == (
        folder / "samples.png",
        folder / "film.webp",
        folder / "atlas.safetensors",
    )
    assert (found.losses.timesteps, found.losses.loss, found.losses.how) == ((0, 999), (0.5, 0.25), "So.")
    assert found.notes == ()


def test_a_folder_without_side_files_has_none_and_nothing_to_note(tmp_path: Path) -> None:
    assert side_files.read(tmp_path) == side_files.SideFiles()
    assert side_files.read(tmp_path / "nowhere") == side_files.SideFiles()


def write(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def change_metrics(**changes: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        metrics = json.loads((folder / "metrics.json").read_text())
        (folder / "metrics.json").write_text(json.dumps(metrics | changes))

    return change


def cut(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-20])


DAMAGE = {
    "bad metrics": (write("metrics.json", b"{"), "metrics.json cannot be read"),
    "metrics are a list": (write("metrics.json", b"[1]"), "metrics.json holds no JSON object"),
    "metrics are a folder": (lambda f: ((f / "metrics.json").unlink(), (f / "metrics.json").mkdir()), ""),
    "a figure is text": (change_metrics(fid={**FIGURE, "value": "0.5"}), "'fid' is no figure"),
    "a figure is NaN": (change_metrics(fid={**FIGURE, "value": float("nan")}), "'fid' is no figure"),
    "a unit is a list": (change_metrics(fid={**FIGURE, "unit": []}), "'fid' is no figure"),
    "a figure is a number": (change_metrics(fid=3), "'fid' is no figure"),
    "odd directions": (change_metrics(directions={"exchange": {"hat": 3, "no": {"success": "x"}}, "normal": []}), ""),
    "directions are text": (change_metrics(directions="hat"), "'directions' is no figure"),
    "the protocol is a list": (change_metrics(protocol=[]), "'protocol' is no figure"),
    "training.csv is binary": (write("training.csv", b"\xff\x00\xfe" * 50), "training.csv is damaged"),
    "training.csv is empty": (write("training.csv", b""), "no column “images”"),
    "training.csv has words": (write("training.csv", b"step,images,loss\n1,8,x\n2,16,1\n"), "1 of its 2 rows"),
    "training.csv has gaps": (write("training.csv", b"step,images,loss\n1,8\n2,16,1,7\n"), "2 of its 2 rows"),
    "training.csv has NaN": (write("training.csv", b"step,images,loss\n1,8,nan\n2,inf,1\n"), "2 of its 2 rows"),
    "training.csv is huge": (write("training.csv", b"1" * 10_000_001), "10,000,001 bytes"),
    "no quantiles": (write("likelihood.json", b'{"quantiles": [1]}'), "likelihood.json is damaged"),
    "losses without timesteps": (write("denoising.json", b'{"loss": [1, 2]}'), "denoising.json is damaged"),
    "a loss is missing": (write("denoising.json", b'{"timesteps": [0, 9], "loss": [1]}'), "denoising.json is damaged"),
    "timesteps fall": (write("denoising.json", b'{"timesteps": [9, 0], "loss": [1, 1]}'), "denoising.json is damaged"),
    "a loss is NaN": (write("denoising.json", b'{"timesteps": [0, 9], "loss": [NaN, 1]}'), "denoising.json"),
    "the sheet is cut": (cut("samples.png"), "samples.png is no whole picture"),
    "the sheet is text": (write("samples.png", b"hello"), "samples.png is no whole picture"),
    "the film is text": (write("film.webp", b"hello"), "film.webp is no whole picture"),
    "the atlas is cut": (cut("atlas.safetensors"), "atlas.safetensors is truncated"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_side_file_is_left_out_with_a_note_and_the_model_works(folder: Path, name: str) -> None:
    damage, note = DAMAGE[name]
    damage(folder)
    root = folder.parents[1]
    entry = Library(root).entry("toys/vae")
    assert entry.problem is None and entry.state in ("ready", "in training")
    if note:
        assert any(note in words for words in entry.notes) and str(root) not in " ".join(entry.notes)
    assert card.render(entry)
    json.dumps(entry.describe(), allow_nan=False)
    Library(root).load(entry)


@pytest.mark.parametrize(
    "odd", [{"images_seen": "many"}, {"minutes": None}, {"seed": [1]}, {"data": "x" * 10_000}, {"note": {"a": 1}}]
)
def test_odd_entries_of_the_training_are_not_told(folder: Path, odd: dict[str, object]) -> None:
    weights.save(folder, "vae", weights.load(folder), TRAINING | odd, "toys")
    entry = describe("toys/vae", folder)
    assert entry.problem is None
    assert entry.training == {key: value for key, value in TRAINING.items() if key not in odd}
    assert card.render(entry)


def test_a_checkpoint_is_ready_when_its_own_weights_were_measured(folder: Path) -> None:
    assert describe("toys/vae", folder).state == "ready"
    weights.save(folder, "vae", weights.load(folder), TRAINING | {"steps": 200}, "toys")
    assert describe("toys/vae", folder).state == "in training"
    (folder / "metrics.json").unlink()
    assert describe("toys/vae", folder).state == "in training"
    (folder / "model.safetensors").unlink()
    assert describe("toys/vae", folder).state == "damaged"


def test_an_entry_tells_all_but_where_it_lies(folder: Path) -> None:
    told = describe("toys/vae", folder).describe()
    assert (told["state"], told["dataset"], told["notes"]) == ("ready", "toys", [])
    assert str(folder.parent) not in json.dumps(told)
    assert "1.5" in card.render(describe("toys/vae", folder)) and replace(describe("x", folder)).dataset == "toys"
