"""The command line, command by command, on models so small that nothing takes long."""

import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import generative
from generative.__main__ import main
from generative.commands.parser import parser
from generative.inference.pictures import grids as images
from generative.inference.pictures.provenance import read_note
from generative.library import entries as library
from generative.library import weights
from generative.models.model import drain
from generative.seeds import Seeds

COMMANDS = ["list", "sample", "complete", "score", "encode", "interpolate", "arithmetic", "train"]
COMMANDS += ["evaluate", "benchmark", "push"]
KINDS = ["vae", "dcgan", "gated-pixelcnn", "ddpm", "equilibrium", "classifier"]


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        parser().parse_args(["--help"])
    text = capsys.readouterr().out
    for command in COMMANDS:
        assert command in text
        with pytest.raises(SystemExit, match="0"):
            parser().parse_args([command, "--help"])
        assert "usage: python -m generative " + command in capsys.readouterr().out


def test_list_shows_all_models_and_what_is_wrong_with_damaged_ones(run: Callable) -> None:
    status, out, _ = run("list")
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert status == 0
    assert set(lines) == {"MODEL", "tiny/broken", *(f"tiny/{kind}" for kind in [*KINDS, "cyclegan-pencil"])}
    assert "unavailable: " in lines["tiny/broken"]
    assert "samples, interpolates, decodes, encodes, infers, perceives, scores" in lines["tiny/vae"]
    assert "FID 12.5" in lines["tiny/vae"]
    assert "not measured" in lines["tiny/ddpm"]


def test_list_as_json_says_all_that_is_known(run: Callable) -> None:
    entries = {entry["id"]: entry for entry in json.loads(run("list", "--json")[1])}
    vae = entries["tiny/vae"]
    assert (vae["family"], vae["dataset"], vae["problem"]) == ("autoencoders", "tiny", None)
    assert vae["abilities"] == ["samples", "interpolates", "decodes", "encodes", "infers", "perceives", "scores"]
    assert vae["metrics"]["fid"]["value"] == 12.5
    assert vae["parameters"] > 0
    assert entries["tiny/broken"]["problem"]


def test_list_of_an_empty_folder_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--root", str(tmp_path)]) == 0
    assert "Train one" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "classifier"])
def test_sample_writes_the_grid_of_the_page_and_what_made_it(
    run: Callable, root: Path, tmp_path: Path, kind: str
) -> None:
    assert run("sample", f"tiny/{kind}", "--count", "5", "--seed", "7") == (0, "grid.png\n", "")
    content = (tmp_path / "grid.png").read_bytes()
    model = generative.load(f"tiny/{kind}", root=root)
    expected = images.grid(drain(model.sample(Seeds(7, 5))).images)
    with Image.open(tmp_path / "grid.png") as grid:
        assert grid.tobytes() == expected.tobytes()
    made_by = read_note(content)
    assert (made_by["model"], made_by["seed"], made_by["count"]) == (f"tiny/{kind}", 7, 5)
    assert model.Options.parse(made_by["options"]) == model.default_options


def test_a_folder_stands_for_an_id(run: Callable, root: Path, tmp_path: Path) -> None:
    run("sample", "tiny/vae", "--count", "2", "--out", "a.png")
    run("sample", str(root / "tiny" / "vae"), "--count", "2", "--out", "b.png")
    with Image.open(tmp_path / "a.png") as a, Image.open(tmp_path / "b.png") as b:
        assert a.tobytes() == b.tobytes()


def test_sample_takes_a_class_and_options(run: Callable, tmp_path: Path) -> None:
    words = [
        "--label",
        "bag",
        "--option",
        "guidance-scale=3",
        "--option",
        "num_inference_steps=2",
        "--option",
        "sampler=ddim",
    ]
    assert run("sample", "tiny/ddpm", "--count", "2", *words)[0] == 0
    made_by = read_note((tmp_path / "grid.png").read_bytes())
    assert made_by["condition"] == {"class": "Bag"}
    told = {"guidance_scale": 3.0, "num_inference_steps": 2, "sampler": "ddim"}
    assert made_by["options"].items() >= told.items()


def test_more_images_than_a_batch_come_in_one_grid(run: Callable, tmp_path: Path) -> None:
    assert run("sample", "tiny/dcgan", "--count", "70")[0] == 0
    with Image.open(tmp_path / "grid.png") as grid:
        assert grid.size == (10 * 30 - 2, 7 * 30 - 2)


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_sample_writes_an_animation_of_all_moments(run: Callable, tmp_path: Path, kind: str) -> None:
    out = f"run.{kind}"
    assert run("sample", "tiny/gated-pixelcnn", "--count", "1", "--out", out) == (0, out + "\n", "")
    with Image.open(tmp_path / out) as animation:
        assert animation.n_frames == 8
        assert animation.size == (64, 64)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sample", "tiny/vea"], ["'tiny/vea'", "tiny/vae"]),
        (["sample", "tiny/broken"], ["tiny/broken is unavailable", "config.json"]),
        (["sample", "hf:nobody"], ["hf:owner/name"]),
        (["sample", "tiny/classifier"], ["Classifier cannot draw images", "classifies"]),
        (["sample", "tiny/vae", "--count", "0"], ["count", "from 1 to 1024", "0"]),
        (["sample", "tiny/vae", "--count", "2000"], ["count", "2000"]),
        (["sample", "tiny/vae", "--seed", "-1"], ["seed", "-1"]),
        (["sample", "tiny/vae", "--seed", "4294967295", "--count", "2"], ["seed", "4294967294"]),
        (["sample", "tiny/dcgan", "--label", "Bog"], ["'Bog'", "Did you mean Bag"]),
        (["sample", "tiny/vae", "--option", "temperature"], ["name=value", "'temperature'"]),
        (["sample", "tiny/vae", "--option", "temprature=1"], ["Did you mean temperature"]),
        (["sample", "tiny/vae", "--option", "temperature=hot"], ["temperature", "from 0 to 2", "'hot'"]),
        (["sample", "tiny/vae", "--option", "temperature=nan"], ["temperature", "nan"]),
        (["sample", "tiny/ddpm", "--option", "num_inference_steps=2.5"], ["num_inference_steps", "2.5"]),
        (["sample", "tiny/ddpm", "--option", "sampler=eulr"], ["sampler", "dpm-solver++", "'eulr'"]),
        (["sample", "tiny/vae", "--out", "grid.jpg"], [".png, .gif or .webp", "'grid.jpg'"]),
        (["sample", "tiny/vae", "--out", "nowhere/grid.png"], ["no folder nowhere"]),
        (["sample", "tiny/vae", "--out", "a.gif", "--count", "65"], ["at most 64", "65"]),
        (["complete", "tiny/vae", "a.png"], ["VAE cannot complete", "samples, interpolates, decodes, encodes, infers"]),
        (["complete", "tiny/gated-pixelcnn", "none.png"], ["no file none.png"]),
        (["complete", "tiny/gated-pixelcnn", "none.png", "--out", "a.jpg"], [".png, .gif or .webp", "'a.jpg'"]),
        (["complete", "tiny/gated-pixelcnn", "none.png", "--out", "."], ["--out must end in"]),
        (["complete", "tiny/gated-pixelcnn", "a.png", "--option", "candidates=0"], ["candidates", "from 1 to 32"]),
        (["complete", "tiny/gated-pixelcnn", "example:Bag/0"], ["no data set 'tiny'"]),
        (["score", "tiny/dcgan", "a.png"], ["DCGAN cannot tell how probable"]),
        (["score", "tiny/vae", "none.png"], ["no file none.png"]),
        (["train", "tiny/vea"], ["no recipe"]),
        (["train", "nodata/vae"], ["no data set 'nodata'"]),
        (["train", "mnist/vae", "--minutes", "nan"], ["minutes", "nan"]),
        (["train", "mnist/vae", "--steps", "0"], ["steps", "0"]),
        (["train", "mnist/vae", "--batch-size", "0"], ["batch-size", "0"]),
        (["evaluate"], ["--all"]),
        (["evaluate", "tiny/vae", "--samples", "1"], ["samples", "1"]),
        (["evaluate", "tiny/vae"], ["no data set 'tiny'"]),
        (["evaluate", "tiny/vae", "--seed", "4294967290"], ["seed", "4294965296", "4294967290"]),
        (["benchmark", "tiny/none", "--no-app"], ["'tiny/none'"]),
        (["benchmark", "tiny/classifier", "--no-app"], ["draws no images"]),
        (["push", "tiny/broken", "someone/vae"], ["tiny/broken is unavailable"]),
    ],
    ids=" ".join,
)
def test_mistakes_are_told_in_one_line(run: Callable, words: list[str], said: list[str], fails: Callable) -> None:
    fails(run(*words), *said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
@pytest.mark.parametrize("name", ["full.png", "full.gif", "full.webp"])
def test_a_full_disk_is_told(run: Callable, tmp_path: Path, name: str, fails: Callable) -> None:
    (tmp_path / name).symlink_to("/dev/full")
    fails(run("sample", "tiny/vae", "--count", "1", "--out", name), "Cannot write to", name, "No space left")


@pytest.mark.parametrize(
    "words",
    [
        ["draw"],
        [],
        ["sample"],
        ["sample", "m", "--count", "x"],
        ["train", "m", "--steps", "1", "--minutes", "1"],
    ],
)
def test_what_argparse_refuses_ends_with_its_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert "usage:" in capsys.readouterr().err


def test_the_benchmark_writes_its_report(run: Callable, tmp_path: Path) -> None:
    assert run("benchmark", "tiny/vae", "--no-app", "--json", "--out", "speed.json")[:2] == (0, "speed.json\n")
    assert list(json.loads((tmp_path / "speed.json").read_text())["models"]) == ["tiny/vae"]


def write_idx(path: Path, values: np.ndarray) -> None:
    """The format of MNIST's files: two zeros, the type (8 is bytes), how many dimensions, the dimensions, the data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.tobytes())


def test_what_is_trained_can_be_evaluated_and_gets_a_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(0)
    for split, count in (("train", 20), ("t10k", 10)):
        raw = tmp_path / "data" / "MNIST" / "raw"
        write_idx(raw / f"{split}-images-idx3-ubyte", random.integers(0, 256, (count, 28, 28), np.uint8))
        write_idx(raw / f"{split}-labels-idx1-ubyte", np.arange(count, dtype=np.uint8) % 10)
    places = ["--root", str(tmp_path / "checkpoints"), "--data", str(tmp_path / "data")]
    for kind in ("classifier", "vae"):
        words = ["train", f"mnist/{kind}", "--steps", "2", "--batch-size", "8", "--runs", str(tmp_path / "runs")]
        assert main([*words, *places]) == 0
        assert capsys.readouterr().out == f"{tmp_path / 'checkpoints' / 'mnist' / kind}\n"
    assert main(["evaluate", "--all", "--samples", "8", "--device", "cpu", *places]) == 0
    out = capsys.readouterr().out
    for words in ("mnist/classifier\n", "mnist/vae\n", "FID", "bits/dim"):
        assert words in out
    text = (tmp_path / "checkpoints" / "mnist" / "vae" / "README.md").read_text()
    for words in ("# VAE on MNIST", "| Images seen | 16 |", "| Bits/dim, at most | ", "Measured on cpu"):
        assert words in text


def test_a_model_is_shrunk_and_what_that_saves_is_told(run: Callable, root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "tiny" / "vae", tmp_path / "copy" / "vae")
    (tmp_path / "copy" / "vae" / "samples.png").write_bytes(b"an earlier sheet")
    status, said, _ = run("shrink", str(tmp_path / "copy" / "vae"))
    assert status == 0 and " bytes; a matrix moved by at most 0." in said and "Measure anew" in said
    assert "8 bits a number" in (tmp_path / "copy" / "vae" / "README.md").read_text(encoding="utf-8")
    assert (tmp_path / "copy" / "vae" / "samples.png").read_bytes() != b"an earlier sheet"
    status, _, said = run("shrink", "tiny/classifier")
    assert status == 2 and said.startswith("error: classifier judges the other models")


def test_several_models_are_trained_side_by_side_and_failures_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(0)
    raw = tmp_path / "data" / "MNIST" / "raw"
    for split in ("train", "t10k"):
        write_idx(raw / f"{split}-images-idx3-ubyte", random.integers(0, 256, (20, 28, 28), np.uint8))
        write_idx(raw / f"{split}-labels-idx1-ubyte", np.arange(20, dtype=np.uint8) % 10)
    monkeypatch.setenv("PYTHONPATH", str(Path(generative.__file__).parents[1]))
    places = [word for name in ("root", "data", "runs") for word in (f"--{name}", str(tmp_path / name))]
    words = ["train", "mnist/ae", "mnist/conv-ae", "mnist/no-ae", "--jobs", "2", "--steps", "2", "--batch-size", "4"]
    assert main([*words, *places]) == 2
    out, err = capsys.readouterr()
    told = dict(line.split(": ", 1) for line in out.splitlines())
    assert set(told) == {"mnist/ae", "mnist/conv-ae", "mnist/no-ae"} and "no recipe" in told["mnist/no-ae"]
    assert told["mnist/ae"] == str(tmp_path / "root" / "mnist" / "ae") and "1 of 3 trainings failed" in err
    config = weights.read_json(tmp_path / "root" / "mnist" / "conv-ae" / "config.json")
    assert config["training"]["device"].startswith("cpu, 1 threads") or torch.cuda.is_available()


def test_ctrl_c_ends_quietly(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(library, "available", interrupted)
    assert run("list") == (130, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
def test_output_that_cannot_be_written_is_told_as_well(root: Path, tmp_path: Path, fails: Callable) -> None:
    environment = {**os.environ, "PYTHONPATH": str(weights.ROOT.parent)}
    command = [sys.executable, "-m", "generative", "list", "--root", str(root)]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    fails((done.returncode, "", done.stderr), "Cannot write to standard output: No space left")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "The memory of cpu does not suffice for what is measured. Free"),
        (
            torch.AcceleratorError("CUDA error: lost\nMore"),
            "cpu has stopped working. CUDA says: CUDA error: lost. Start",
        ),
    ],
)
def test_a_device_that_fails_while_a_model_is_measured_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, words: str
) -> None:
    from generative.evaluation import protocol

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(protocol, "evaluate", fails)
    assert main(["evaluate", "fashion-mnist/vae", "--device", "cpu"]) == 2
    told = capsys.readouterr().err
    assert words in told and told.count("\n") == 1
