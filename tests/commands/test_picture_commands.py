"""complete and score: what commands do with pictures."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import generative
from generative.inference.pictures import grids as images
from generative.inference.pictures.files import read_picture
from generative.inference.pictures.masks import MASKS, read_mask
from generative.inference.pictures.provenance import read_note
from generative.models.model import drain
from generative.seeds import Seeds


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


def test_a_model_without_a_likelihood_completes_in_the_order_of_its_seeds(
    run: Callable, tmp_path: Path, picture: str
) -> None:
    words = ["complete", "tiny/ddpm", picture, "--mask", "middle", "--count", "3", "--seed", "5"]
    status, out, _ = run(*words, "--option", "num_inference_steps=2")
    assert status == 0 and "In the order of their seeds; this model tells no likelihood" in out
    rows = json.loads(run(*words, "--option", "num_inference_steps=2", "--json")[1])["completions"]
    assert [row["seed"] for row in rows] == [5, 6, 7] and {row["bits_per_dim"] for row in rows} == {None}
    known = ~read_mask("middle", 8).numpy()
    seen, *done = (np.frombuffer(tile, np.uint8).reshape(8, 8) for tile in tiles(tmp_path / "completed.png"))
    assert len(done) == 3 and all((tile[known] == seen[known]).all() for tile in done)


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
    assert "no known pixels come after the hole" in run(*words, "--mask", "lower")[1]
    assert "one candidate each" in run(*words, "--mask", "right", "--option", "candidates=1")[1]
    assert "In the order of their seeds; no known pixels" in run(*words, "--mask", "everything")[1]


def test_completing_many_goes_in_batches(run: Callable, tmp_path: Path, picture: str, fails: Callable) -> None:
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


def test_a_mask_may_come_from_a_file(run: Callable, tmp_path: Path, picture: str, fails: Callable) -> None:
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
    assert "a bound: the true bits/dim are at most this" in out
    assert "at most this" in out
    assert "No percentiles: likelihood.json" in out and "PERCENTILE" not in out


def test_a_folder_stands_for_the_pictures_in_it(run: Callable, tmp_path: Path, fails: Callable) -> None:
    (tmp_path / "album").mkdir()
    for i in range(20):
        Image.new("L", (9, 9), i).save(tmp_path / "album" / f"{i:02}.PNG")
    (tmp_path / "album" / "notes.txt").write_text("no picture")
    ranked = json.loads(run("score", "tiny/gated-pixelcnn", "album", "--json")[1])
    assert sorted(row["image"] for row in ranked) == [f"album/{i:02}.PNG" for i in range(20)]
    (tmp_path / "empty").mkdir()
    fails(run("score", "tiny/gated-pixelcnn", "empty"), "no picture in the folder empty", ".png")


def test_hidden_files_of_a_folder_are_no_pictures(run: Callable, tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    Image.new("L", (8, 8), 255).save(tmp_path / "album" / "a.png")
    (tmp_path / "album" / "._a.png").write_bytes(b"\0\5\26\7\0\2\0\0Mac OS X")
    rows = json.loads(run("score", "tiny/gated-pixelcnn", "album", "--json")[1])
    assert [row["image"] for row in rows] == ["album/a.png"]


def test_score_ranks_by_energy_what_has_no_likelihood(run: Callable, picture: str) -> None:
    Image.new("L", (8, 8), 20).save("dark.png")
    rows = json.loads(run("score", "tiny/equilibrium", picture, "dark.png", "--json")[1])
    assert rows[0]["energy"] < rows[1]["energy"] and {row["kind"] for row in rows} == {"unnormalised"}
    assert all(row["bits_per_dim"] is None for row in rows)
    out = run("score", "tiny/equilibrium", picture, "dark.png", "--class", "Bag")[1]
    assert "ENERGY" in out and "BITS/DIM" not in out and "they rank pictures, and only under one model" in out


def test_complete_ranks_by_energy_where_there_is_one(run: Callable, picture: str) -> None:
    words = ["complete", "tiny/equilibrium", picture, "--mask", "middle", "--count", "2"]
    rows = json.loads(run(*words, "--json")[1])["completions"]
    assert rows[0]["energy"] < rows[1]["energy"] and rows[0]["bits_per_dim"] is None
    assert "ENERGY" in run(*words)[1]


def test_score_tells_the_place_among_the_test_images(run: Callable, root: Path, picture: str) -> None:
    quantiles = root / "tiny" / "gated-pixelcnn" / "likelihood.json"
    quantiles.write_text(json.dumps({"quantiles": [i / 50 for i in range(101)], "kind": "exact", "how": ""}))
    try:
        table, told = (run("score", "tiny/gated-pixelcnn", picture, *more)[1] for more in ([], ["--json"]))
    finally:
        quantiles.unlink()
    assert table.split()[:3] == ["RANK", "BITS/DIM", "PERCENTILE"] and "how many of 100 test images" in table
    assert json.loads(told)[0]["percentile"] == 100  # eight bits/dim, from a model that has learnt nothing


def test_score_draws_where_the_model_is_surprised(run: Callable, tmp_path: Path, picture: str, fails: Callable) -> None:
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


def test_pictures_that_cannot_be_read_are_named(run: Callable, tmp_path: Path, fails: Callable) -> None:
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


@pytest.mark.parametrize("ending", ["png", "gif", "webp"])
def test_a_completion_says_how_it_was_made(run: Callable, tmp_path: Path, picture: str, ending: str) -> None:
    out = tmp_path / f"done.{ending}"
    words = ["complete", "tiny/gated-pixelcnn", picture, "--mask", "right", "--count", "1", "--seed", "5"]
    assert run(*words, "--out", str(out))[0] == 0
    note = read_note(out.read_bytes())
    made = [note[name] for name in ("ability", "model", "seed", "count")]
    assert made == ["completes", "tiny/gated-pixelcnn", 5, 1] and note["inputs"]["mask"] == "right"
    assert note["inputs"]["images"][0].startswith("data:image/png;base64,")  # as the model saw it
    assert str(tmp_path) not in json.dumps(note)


def test_a_heat_map_says_how_it_was_made(run: Callable, tmp_path: Path, picture: str) -> None:
    assert run("score", "tiny/gated-pixelcnn", picture, "--heatmap", "map.png")[0] == 0
    note = read_note((tmp_path / "map.png").read_bytes())
    assert (note["ability"], note["model"]) == ("scores", "tiny/gated-pixelcnn")
    assert note["inputs"]["images"][0].startswith("data:image/png;base64,") and str(tmp_path) not in json.dumps(note)


def test_how_an_unusual_mask_was_read_is_said(run: Callable, tmp_path: Path, picture: str) -> None:
    mask = Image.new("RGBA", (8, 8))
    mask.paste((0, 0, 0, 255), (0, 4, 8, 8))
    mask.save(tmp_path / "mask.png")
    status, out, _ = run("complete", "tiny/gated-pixelcnn", picture, "--mask", "mask.png", "--count", "1")
    assert status == 0 and out.startswith("The mask mask.png has no white in it; what is opaque")
