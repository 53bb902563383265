"""The command line, command by command, on models so small that nothing takes long."""

import json
import os
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
from generative.__main__ import main, parser
from generative.inference import checkpoints, images, library
from generative.inference.pictures import MASKS, read_mask, read_picture
from generative.inference.provenance import read_png
from generative.models import registry
from generative.models.model import drain
from generative.seeds import Seeds

COMMANDS = ["list", "sample", "complete", "score", "train", "evaluate", "benchmark", "push"]
TINY = {
    "vae": {"channels": 8, "latent": 4},
    "dcgan": {"generator_channels": 8, "latent": 8},
    "gated-pixelcnn": {"channels": 8, "dilations": [1, 2], "size": 8},
    "ddpm": {"channels": [16, 32], "attention": [False, True], "layers_per_block": 1, "size": 8},
    "classifier": {"channels": 8},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("checkpoints")
    for kind, config in TINY.items():
        torch.manual_seed(0)
        checkpoints.save(root / "tiny" / kind, kind, registry.build(kind, {"classes": ["Shirt", "Bag"], **config}), {})
    checkpoints.write_json(root / "tiny" / "vae" / "metrics.json", {"fid": {"value": 12.5, "unit": "", "how": ""}})
    broken = root / "tiny" / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{")
    return root


@pytest.fixture
def run(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable:
    """``run("list")`` → (status, what went to stdout, what went to stderr), in an empty folder, on the CPU."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        device = ["--device", "cpu"] if words[0] in ("sample", "complete", "score") and "--device" not in words else []
        status = main([*words, *device, "--root", str(root)])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def picture(tmp_path: Path) -> str:
    Image.linear_gradient("L").save(tmp_path / "picture.png")
    return str(tmp_path / "picture.png")


def fails(result: tuple[int, str, str], *words: str) -> None:
    """One line that begins with "error: " and holds `words`, and nothing else."""
    status, out, err = result
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    for word in words:
        assert word in err


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
    assert set(lines) == {"MODEL", "tiny/broken", *(f"tiny/{kind}" for kind in TINY)}
    assert "unavailable: " in lines["tiny/broken"]
    assert "samples, encodes, scores" in lines["tiny/vae"]
    assert "FID 12.5" in lines["tiny/vae"]
    assert "not measured" in lines["tiny/ddpm"]


def test_list_as_json_says_all_that_is_known(run: Callable) -> None:
    entries = {entry["id"]: entry for entry in json.loads(run("list", "--json")[1])}
    vae = entries["tiny/vae"]
    assert (vae["family"], vae["dataset"], vae["problem"]) == ("autoencoders", "tiny", None)
    assert vae["abilities"] == ["samples", "encodes", "scores"]
    assert vae["metrics"]["fid"]["value"] == 12.5
    assert vae["parameters"] > 0
    assert entries["tiny/broken"]["problem"]


def test_list_of_an_empty_folder_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--root", str(tmp_path)]) == 0
    assert "Train one" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [kind for kind in TINY if kind != "classifier"])
def test_sample_writes_the_grid_of_the_page_and_what_made_it(
    run: Callable, root: Path, tmp_path: Path, kind: str
) -> None:
    assert run("sample", f"tiny/{kind}", "--count", "5", "--seed", "7") == (0, "grid.png\n", "")
    content = (tmp_path / "grid.png").read_bytes()
    model = generative.load(f"tiny/{kind}", root=root)
    expected = images.grid(drain(model.sample(Seeds(7, 5))).images)
    with Image.open(tmp_path / "grid.png") as grid:
        assert grid.tobytes() == expected.tobytes()
    made_by = read_png(content)
    assert (made_by.model, made_by.seed, made_by.count) == (f"tiny/{kind}", 7, 5)
    assert model.Options.parse(made_by.options) == model.Options()


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
    options = read_png((tmp_path / "grid.png").read_bytes()).options
    assert options == {"label": "Bag", "guidance_scale": 3.0, "num_inference_steps": 2, "sampler": "ddim", "eta": 0.0}


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


def tiles(path: Path, size: int = 8) -> list[bytes]:
    """The pictures of a grid of three or four, from left to right and top to bottom."""
    with Image.open(path) as sheet:
        step = size + 2
        corners = [(x, y) for y in range(0, sheet.height, step) for x in range(0, sheet.width, step)]
        return [sheet.crop((x, y, x + size, y + size)).tobytes() for x, y in corners]


def test_complete_keeps_what_is_not_masked(run: Callable, tmp_path: Path, picture: str) -> None:
    with Image.open(picture) as full:
        small = np.asarray(full.resize((8, 8), Image.Resampling.LANCZOS))
    for name in MASKS:
        words = ["complete", "tiny/gated-pixelcnn", picture, "--mask", name, "--count", "1", "--out", f"{name}.png"]
        assert run(*words)[0] == 0
        known = ~read_mask(name, 8).numpy()
        seen, done = (np.frombuffer(tile, np.uint8).reshape(8, 8) for tile in tiles(tmp_path / f"{name}.png"))
        assert (done[known] == small[known]).all() and (seen[known] == small[known]).all()
        assert set(seen[~known].tolist()) <= {102, 153}  # hatched
        assert (done != seen).any()


def test_completions_come_in_order_of_likelihood(run: Callable, root: Path, tmp_path: Path, picture: str) -> None:
    words = ["complete", "tiny/gated-pixelcnn", picture, "--mask", "middle", "--count", "3", "--seed", "5"]
    status, out, _ = run(*words, "--option", "candidates=4", "--json")
    told = json.loads(out)
    assert status == 0
    bits = [row["bits_per_dim"] for row in told["completions"]]
    assert bits == sorted(bits) and [row["rank"] for row in told["completions"]] == [1, 2, 3]
    seeds = [row["seed"] for row in told["completions"]]
    assert sorted(seeds) == [5, 6, 7]
    assert 1 <= told["effective_sample_size"] <= 4 and told["candidates"] == 4
    model = generative.load("tiny/gated-pixelcnn", root=root)
    image = read_picture(picture, 8, 1)
    frame = drain(model.complete(image[None], read_mask("middle", 8), Seeds(5, 3), model.Options(candidates=4)))
    expected = [images.to_pil(frame.images[seed - 5]).tobytes() for seed in seeds]
    assert tiles(tmp_path / "completed.png")[1:] == expected


def test_complete_says_what_its_candidates_were_worth(run: Callable, picture: str) -> None:
    words = ["complete", "tiny/gated-pixelcnn", picture, "--count", "2"]
    out = run(*words, "--mask", "right")[1]
    assert out.splitlines()[0].split() == ["RANK", "SEED", "BITS/DIM"]
    assert "Most probable first; effective sample size " in out and " of 8 candidates" in out
    assert out.endswith("completed.png\n")
    assert "No known pixels come after the hole" in run(*words, "--mask", "lower")[1]
    assert "One candidate each" in run(*words, "--mask", "right", "--option", "candidates=1")[1]
    assert "order of their seeds" in run(*words, "--mask", "everything")[1]


def test_completing_many_goes_in_batches(run: Callable, tmp_path: Path, picture: str) -> None:
    words = ["complete", "tiny/gated-pixelcnn", picture, "--mask", "right", "--option", "candidates=32"]
    status, out, _ = run(*words, "--count", "11", "--json")
    assert status == 0 and sorted(row["seed"] for row in json.loads(out)["completions"]) == list(range(11))
    fails(run(*words, "--count", "11", "--out", "a.gif"), "at most 8 images", "11")


def test_complete_writes_an_animation_that_ends_with_its_result(run: Callable, tmp_path: Path, picture: str) -> None:
    words = ["complete", "tiny/gated-pixelcnn", picture, "--mask", "right", "--count", "3"]
    assert run(*words, "--out", "a.webp")[0] == 0 and run(*words, "--out", "a.png")[0] == 0
    with Image.open(tmp_path / "a.webp") as animation, Image.open(tmp_path / "a.png") as still:
        assert animation.n_frames == 8
        animation.seek(7)
        last = animation.convert("L").resize(still.size, Image.Resampling.NEAREST)
        assert last.tobytes() == still.tobytes()


def test_a_mask_may_come_from_a_file(run: Callable, tmp_path: Path, picture: str) -> None:
    mask = Image.new("L", (8, 8))
    mask.putpixel((7, 7), 255)
    mask.save(tmp_path / "mask.png")
    words = ["complete", "tiny/gated-pixelcnn", picture, "--count", "1", "--mask"]
    assert run(*words, "mask.png")[0] == 0
    with Image.open(picture) as full:
        known = full.resize((8, 8), Image.Resampling.LANCZOS).tobytes()[:-1]
    assert tiles(tmp_path / "completed.png")[1][:-1] == known
    Image.new("L", (8, 8)).save(tmp_path / "mask.png")
    fails(run(*words, "mask.png"), "Nothing to do", "mask.png has no white")
    Image.new("L", (80, 60), 255).save(tmp_path / "mask.png")
    fails(run(*words, "mask.png"), "80×60", "8×8", "square")
    fails(run(*words, "upper"), "no file upper", "lower, right, middle, random, everything")


def test_score_ranks_pictures(run: Callable, tmp_path: Path, picture: str) -> None:
    Image.new("RGBA", (30, 20), (9, 9, 9, 255)).save(tmp_path / "dark.webp")
    status, out, _ = run("score", "tiny/gated-pixelcnn", picture, "dark.webp", "--label", "Bag", "--json")
    ranked = json.loads(out)
    assert status == 0
    assert {row["image"] for row in ranked} == {picture, "dark.webp"}
    assert ranked[0]["bits_per_dim"] <= ranked[1]["bits_per_dim"]
    assert [row["rank"] for row in ranked] == [1, 2]
    assert {(row["kind"], row["percentile"]) for row in ranked} == {("exact", None)}
    out = run("score", "tiny/vae", picture)[1]
    assert "lower bound" in out
    assert "at most this" in out
    assert "No percentiles: likelihood.json" in out and "PERCENTILE" not in out


def test_a_folder_stands_for_the_pictures_in_it(run: Callable, tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    for i in range(20):
        Image.new("L", (9, 9), i).save(tmp_path / "album" / f"{i:02}.PNG")
    (tmp_path / "album" / "notes.txt").write_text("no picture")
    ranked = json.loads(run("score", "tiny/gated-pixelcnn", "album", "--json")[1])
    assert sorted(row["image"] for row in ranked) == [f"album/{i:02}.PNG" for i in range(20)]
    (tmp_path / "empty").mkdir()
    fails(run("score", "tiny/gated-pixelcnn", "empty"), "no picture in the folder empty", ".png")


def test_score_tells_the_place_among_the_test_images(run: Callable, root: Path, picture: str) -> None:
    quantiles = root / "tiny" / "gated-pixelcnn" / "likelihood.json"
    quantiles.write_text(json.dumps({"quantiles": [i / 50 for i in range(101)], "kind": "exact", "how": ""}))
    try:
        table, told = (run("score", "tiny/gated-pixelcnn", picture, *more)[1] for more in ([], ["--json"]))
    finally:
        quantiles.unlink()
    assert table.split()[:3] == ["RANK", "BITS/DIM", "PERCENTILE"] and "how many of 100 test images" in table
    assert json.loads(told)[0]["percentile"] == 100  # eight bits/dim, from a model that has learnt nothing


def test_score_draws_where_the_model_is_surprised(run: Callable, tmp_path: Path, picture: str) -> None:
    out = run("score", "tiny/gated-pixelcnn", picture, "--heatmap", "heat.png")[1]
    assert out.endswith("heat.png\n")
    with Image.open(tmp_path / "heat.png") as sheet:
        assert sheet.mode == "RGB" and sheet.width > 2 * 64
        assert len({color for _, color in sheet.getcolors(10**6) if len(set(color)) > 1}) > 10
    fails(run("score", "tiny/vae", picture, "--heatmap", "heat.png"), "VAE's likelihood", "Leave out --heatmap")
    fails(run("score", "tiny/gated-pixelcnn", picture, "--heatmap", "heat.jpg"), "--heatmap must end in .png")
    fails(run("score", "tiny/gated-pixelcnn", *[picture] * 65, "--heatmap", "heat.png"), "at most 64", "65")


def test_pictures_may_be_inverted(run: Callable, tmp_path: Path) -> None:
    for name, values in (("light", range(0, 256, 4)), ("dark", range(255, -1, -4))):
        Image.frombytes("L", (8, 8), bytes(values)).save(tmp_path / f"{name}.png")
    score = [
        json.loads(run("score", "tiny/vae", *words, "--json")[1])[0]["bits_per_dim"]
        for words in (["light.png"], ["dark.png", "--invert"], ["dark.png"])
    ]
    assert score[0] == score[1] != score[2]


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
        (["sample", "tiny/vae", "--seed", "4294967295", "--count", "2"], ["count"]),
        (["sample", "tiny/dcgan", "--label", "Bog"], ["'Bog'", "Did you mean Bag"]),
        (["sample", "tiny/vae", "--option", "temperature"], ["name=value", "'temperature'"]),
        (["sample", "tiny/vae", "--option", "temprature=1"], ["Did you mean temperature"]),
        (["sample", "tiny/vae", "--option", "temperature=hot"], ["temperature", "from 0 to 2", "'hot'"]),
        (["sample", "tiny/vae", "--option", "temperature=nan"], ["temperature", "nan"]),
        (["sample", "tiny/ddpm", "--option", "num_inference_steps=2.5"], ["num_inference_steps", "2.5"]),
        (["sample", "tiny/ddpm", "--option", "sampler=euler"], ["sampler", "dpm-solver++, ddim, ddpm", "'euler'"]),
        (["sample", "tiny/vae", "--out", "grid.jpg"], [".png, .gif or .webp", "'grid.jpg'"]),
        (["sample", "tiny/vae", "--out", "nowhere/grid.png"], ["no folder nowhere"]),
        (["sample", "tiny/vae", "--out", "a.gif", "--count", "65"], ["at most 64", "65"]),
        (["complete", "tiny/vae", "a.png"], ["VAE cannot complete", "samples, encodes, scores"]),
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
        (["benchmark", "tiny/none", "--no-app"], ["'tiny/none'"]),
        (["benchmark", "tiny/classifier", "--no-app"], ["draws no images"]),
        (["push", "tiny/broken", "someone/vae"], ["tiny/broken is unavailable"]),
    ],
    ids=" ".join,
)
def test_mistakes_are_told_in_one_line(run: Callable, words: list[str], said: list[str]) -> None:
    fails(run(*words), *said)


def test_pictures_that_cannot_be_read_are_named(run: Callable, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    Image.new("1", (8000, 6000)).save(tmp_path / "huge.png")
    Image.new("1", (11_000, 10_000)).save(tmp_path / "bomb.png")
    Image.new("1", (20_000, 20_000)).save(tmp_path / "worse.png")
    fails(run("score", "tiny/vae", "text.png"), "text.png cannot be read as a picture")
    fails(run("score", "tiny/vae", "huge.png"), "8000×6000 pixels", "40 million")
    fails(run("score", "tiny/vae", "bomb.png"), "11000×10000 pixels", "40 million")
    fails(run("score", "tiny/vae", "worse.png"), "40 million")
    fails(run("complete", "tiny/gated-pixelcnn", "."), "is a folder, not a picture")


def test_a_turned_photograph_is_turned_back(run: Callable, tmp_path: Path, picture: str) -> None:
    with Image.open(picture) as upright:
        exif = upright.getexif()
        exif[0x0112] = 6  # the camera was turned by 90 degrees
        upright.rotate(90, expand=True).save(tmp_path / "turned.png", exif=exif)
    first, second = json.loads(run("score", "tiny/vae", picture, "turned.png", "--json")[1])
    assert first["bits_per_dim"] == pytest.approx(second["bits_per_dim"], abs=1e-5)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
@pytest.mark.parametrize("name", ["full.png", "full.gif", "full.webp"])
def test_a_full_disk_is_told(run: Callable, tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("/dev/full")
    fails(run("sample", "tiny/vae", "--count", "1", "--out", name), "Cannot write to", name, "No space left")


@pytest.mark.parametrize(
    "words",
    [
        ["draw"],
        [],
        ["sample"],
        ["sample", "m", "--count", "x"],
        ["sample", "m", "--device", "tpu"],
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
    for split, count in (("train", 40), ("t10k", 30)):
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
    for words in ("mnist/classifier\n", "mnist/vae\n", "Fréchet distance", "bits/dim"):
        assert words in out
    text = (tmp_path / "checkpoints" / "mnist" / "vae" / "README.md").read_text()
    for words in ("# VAE on MNIST", "| Images seen | 16 |", "| Bits per dimension | ", "Measured on cpu"):
        assert words in text


def test_ctrl_c_ends_quietly(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(library, "available", interrupted)
    assert run("list") == (130, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
def test_output_that_cannot_be_written_is_told_as_well(root: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(checkpoints.ROOT.parent)}
    command = [sys.executable, "-m", "generative", "list", "--root", str(root)]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    fails((done.returncode, "", done.stderr), "Cannot write to standard output: No space left")
