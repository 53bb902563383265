"""encode, interpolate and arithmetic, on models so small that nothing takes long."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open

import generative
from generative.data.examples import example
from generative.inference.latent.atlas import Atlas, directions
from generative.inference.latent.walks import corners, walk
from generative.inference.pictures.files import read_picture
from generative.inference.pictures.grids import to_pil
from generative.inference.pictures.provenance import read_note
from generative.library import weights
from generative.library.percentile import RECONSTRUCTION
from generative.seeds import Seeds
from tests.building import build

CLOTHES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
TINY = {
    "fashion-mnist/vae": {"channels": 4, "hidden": 8, "latent": 3, "classes": CLOTHES},
    "fashion-mnist/dcgan": {"generator_channels": 4, "discriminator_channels": 4, "latent": 4, "classes": CLOTHES},
    "fashion-mnist/pixelcnn": {"channels": 4, "blocks": 1, "classes": CLOTHES},
    "avatars/conv-ae": {"channels": 4, "hidden": 8, "latent": 5, "size": 32, "image_channels": 3, "classes": []},
}
VAE, GAN, AE = "fashion-mnist/vae", "fashion-mnist/dcgan", "avatars/conv-ae"
ATTRIBUTES = {"glasses": ("clear", "sun"), "mouth": ("smile", "open")}
NAMES = tuple(d.name for d in directions(ATTRIBUTES))
MEASURED = NAMES[0]
DIRECTIONS = {
    "normal": {MEASURED: {"success": 0.93, "leakage": 0.04}, "mouth: smile": {"success": 0.5}},
    "difference": {MEASURED: {"success": 0.8, "leakage": 0.25}},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("checkpoints")
    for id, config in TINY.items():
        torch.manual_seed(0)
        kind = id.partition("/")[2]
        weights.save(root / id, kind, build(kind, config), {})
    atlas(5).save(root / AE)
    weights.write_json(root / AE / "metrics.json", {"directions": DIRECTIONS})
    return root


def atlas(dims: int) -> Atlas:
    """Clear glasses are along the first axis of the space, sun glasses along the second, a smile along the third;
    differences are twice as long."""
    zeros, axes = torch.zeros(dims), torch.eye(dims)
    known = dict.fromkeys(("mean", "std", "sensitivity", "centre"), zeros)
    # Every latent seems to show clear glasses and an open mouth.
    reading = torch.cat([torch.zeros(4, dims), torch.tensor([[1.0], [0], [0], [1]])], 1)
    known |= {"exchange": torch.full((4,), 3.0), "values": axes[[0, 1, 2, 0]], "reading": reading, "axes": axes[:2]}
    table = axes[[0, 1, 2, 0]]
    points, labels = torch.zeros(1, 2), torch.zeros(1, 2, dtype=torch.int64)
    return Atlas(ATTRIBUTES, 2 * table, table, **known, points=points, labels=labels)


def tiles(path: Path, size: int) -> list[bytes]:
    """The pictures of a grid, row by row."""
    with Image.open(path) as sheet:
        step = size + 2
        corners = [(x, y) for y in range(0, sheet.height, step) for x in range(0, sheet.width, step)]
        return [sheet.crop((x, y, x + size, y + size)).tobytes() for x, y in corners]


def drawn(images: torch.Tensor) -> list[bytes]:
    return [to_pil(image).tobytes() for image in images]


def test_encode_tells_the_errors_and_the_first_numbers(run: Callable, picture: str) -> None:
    status, out, _ = run("encode", VAE, "example:Sneaker/3", picture)
    lines = out.splitlines()
    assert status == 0 and lines[0].split() == ["RMSE", "PSNR", "LATENT", "IMAGE"]
    assert lines[1].endswith("example:Sneaker/3") and " dB " in lines[1] and lines[2].endswith(picture)
    assert "No percentiles: reconstruction.json" in out and "A latent has 3 numbers" in out


def test_encode_prints_and_saves_the_latents(run: Callable, root: Path, tmp_path: Path) -> None:
    words = ["encode", VAE, "example:Sneaker/3", "example:Bag/0", "--json", "--out", "codes.json"]
    told = json.loads(run(*words)[1])
    assert json.loads((tmp_path / "codes.json").read_text()) | {"out": "codes.json"} == told
    assert [row["image"] for row in told["images"]] == ["example:Sneaker/3", "example:Bag/0"]
    images = torch.stack([example("fashion-mnist", *name) for name in (("Sneaker", 3), ("Bag", 0))])
    model = generative.load(VAE, root=root)
    latents = model.encode(images)
    torch.testing.assert_close(torch.tensor([row["latent"] for row in told["images"]]), latents)
    errors = (model.decode(latents) - images).square().mean((1, 2, 3)).sqrt()
    assert [row["rmse"] for row in told["images"]] == pytest.approx(errors.tolist(), abs=1e-5)
    assert {row["percentile"] for row in told["images"]} == {None}
    assert run(*words[:4], "--out", "codes.safetensors")[0] == 0
    with safe_open(tmp_path / "codes.safetensors", "pt") as file:
        torch.testing.assert_close(file.get_tensor("latents"), latents)
        assert file.metadata()["model"] == VAE
        assert json.loads(file.metadata()["images"]) == ["example:Sneaker/3", "example:Bag/0"]


def test_encode_draws_what_went_in_and_what_came_out(run: Callable, tmp_path: Path) -> None:
    sizes = {}
    for noise in ("0", "0.3"):
        assert run("encode", AE, "example:avatar/0", "--noise", noise, "--out", "out.png")[1].endswith("out.png\n")
        with Image.open(tmp_path / "out.png") as sheet:
            sizes[noise] = sheet.size
            assert sheet.mode == "RGB" and len(sheet.getcolors(10**6)) > 100
    assert sizes["0"][1] == sizes["0.3"][1] and sizes["0.3"][0] - sizes["0"][0] > 200  # one picture more


def test_a_drawing_of_encode_says_whether_light_and_dark_were_swapped(
    run: Callable, picture: str, tmp_path: Path
) -> None:
    for words, swapped in (([], False), (["--invert"], True)):
        run("encode", VAE, picture, *words, "--out", "out.png")
        assert read_note((tmp_path / "out.png").read_bytes())["invert"] is swapped


def test_encode_adds_noise_from_the_seed(run: Callable, picture: str) -> None:
    def latents(*words: str) -> list:
        return [row["latent"] for row in json.loads(run("encode", VAE, *words, "--json")[1])["images"]]

    clean, noisy = latents(picture), latents(picture, picture, "--noise", "0.5", "--seed", "3")
    assert clean[0] != noisy[0] != noisy[1]
    assert latents(picture, "--noise", "0.5", "--seed", "4")[0] == pytest.approx(noisy[1], abs=1e-5)


def test_encode_tells_the_place_among_the_test_images(run: Callable, root: Path, picture: str) -> None:
    quantiles = root / VAE / RECONSTRUCTION
    quantiles.write_text(json.dumps({"quantiles": [i / 100 for i in range(101)]}))
    try:
        table, noisy, told = (run("encode", VAE, picture, *more)[1] for more in ([], ["--noise", "0.1"], ["--json"]))
    finally:
        quantiles.unlink()
    (row,) = json.loads(told)["images"]
    assert row["percentile"] == pytest.approx(100 * row["rmse"])
    assert "PERCENTILE" in table.splitlines()[0] and "come back with a smaller error" in table
    assert "PERCENTILE" not in noisy and "without noise" in noisy


def test_encode_takes_folders_and_inverts(run: Callable, tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    for name, values in (("light", range(0, 256, 4)), ("dark", range(255, -1, -4))):
        Image.frombytes("L", (8, 8), bytes(values)).save(tmp_path / "album" / f"{name}.png")
    told = json.loads(run("encode", VAE, "album", "--json")[1])["images"]
    assert [row["image"] for row in told] == ["album/dark.png", "album/light.png"]
    (inverted,) = json.loads(run("encode", VAE, "album/dark.png", "--invert", "--json")[1])["images"]
    assert inverted["latent"] == pytest.approx(told[1]["latent"], abs=1e-5) != told[0]["latent"]


def test_a_walk_goes_from_a_picture_to_a_seed(run: Callable, root: Path, tmp_path: Path) -> None:
    words = ["interpolate", VAE, "example:Sneaker/3", "seed:7", "--steps", "5"]
    status, out, _ = run(*words)
    assert status == 0 and out.endswith("walk.png\n") and "encoder" in out and "seed:7" in out
    model = generative.load(VAE, root=root)
    start, end = model.encode(example("fashion-mnist", "Sneaker", 3)[None])[0], model.latents(Seeds(7, 1))[0]
    latents = walk(start, end, 5)
    assert tiles(tmp_path / "walk.png", 28) == drawn(model.decode(latents))
    told = json.loads(run(*words, "--path", "lerp", "--json")[1])
    assert told["latents"][2] == pytest.approx(((start + end) / 2).tolist(), abs=1e-5) and told["path"] == "lerp"
    assert [row["found_by"] for row in told["ends"]] == ["encoder", "seed"]
    assert told["ends"][0]["rmse"] > 0 and told["ends"][1]["rmse"] is None


def test_between_seeds_alone_there_is_nothing_to_tell(run: Callable) -> None:
    assert run("interpolate", VAE, "seed:1", "seed:2") == (0, "walk.png\n", "")


def test_four_ends_make_a_grid(run: Callable, root: Path, tmp_path: Path) -> None:
    ends = [f"seed:{i}" for i in range(4)]
    assert run("interpolate", AE, *ends, "--side", "3", "--out", "grid.png")[0] == 0
    model = generative.load(AE, root=root)
    images = model.decode(corners(model.latents(Seeds(0, 4)), 3))
    assert tiles(tmp_path / "grid.png", 32) == drawn(images)


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_a_walk_may_be_an_animation(run: Callable, tmp_path: Path, kind: str) -> None:
    assert run("interpolate", AE, "seed:0", "example:avatar/1", "--out", f"walk.{kind}")[0] == 0
    assert run("interpolate", AE, *(f"seed:{i}" for i in range(4)), "--side", "4", "--out", f"grid.{kind}")[0] == 0
    with Image.open(tmp_path / f"walk.{kind}") as moving, Image.open(tmp_path / f"grid.{kind}") as rows:
        assert (moving.n_frames, moving.size) == (9, (256, 256))
        assert rows.n_frames == 4 and rows.width > 3 * rows.height


def test_a_model_without_an_encoder_looks_for_a_picture(run: Callable) -> None:
    told = json.loads(run("interpolate", GAN, "example:Bag/0", "seed:8", "--steps", "2", "--json")[1])
    assert [row["found_by"] for row in told["ends"]] == ["search", "seed"]
    (lost,) = [row["rmse"] for row in told["ends"] if row["rmse"] is not None]
    assert 0 < lost < float(example("fashion-mnist", "Bag", 0).square().mean().sqrt()) + 0.5


def test_a_formula_moves_a_picture(run: Callable, root: Path, tmp_path: Path) -> None:
    status, out, _ = run("arithmetic", AE, "example:avatar/3", "sun - .5 smile", "--method", "normal")
    assert (status, out) == (0, "+ 1 glasses: sun - 0.5 mouth: smile\nresult.png\n")
    model = generative.load(AE, root=root)
    start = model.encode(example("avatars", "avatar", 3, 32)[None])[0]
    result = start + torch.tensor([0, 1, -0.5, 0, 0])
    assert tiles(tmp_path / "result.png", 32) == drawn(model.decode(torch.stack([start, result])))
    told = json.loads(run("arithmetic", AE, "example:avatar/3", "sun", "--json")[1])
    assert told["latent"] == pytest.approx((start + torch.tensor([-3, 3, 0, 0, 0])).tolist(), abs=1e-5)
    told = json.loads(run("arithmetic", AE, "example:avatar/3", "sun", "--method", "difference", "--json")[1])
    assert told["latent"] == pytest.approx((start + torch.tensor([0, 2, 0, 0, 0])).tolist(), abs=1e-5)
    assert (told["formula"], told["out"]) == ("+ 1 glasses: sun", "result.png")


def test_a_formula_may_begin_with_a_minus_and_the_start_be_a_seed(run: Callable) -> None:
    told = [json.loads(run("arithmetic", AE, "seed:7", f, "--json")[1]) for f in ("- smile", "-0.5 smile - .5 smile")]
    assert told[0]["latent"] == pytest.approx(told[1]["latent"])


def test_the_way_of_a_sum_may_be_seen(run: Callable, tmp_path: Path) -> None:
    assert run("arithmetic", AE, "seed:7", "3 smile", "--out", "way.gif")[0] == 0
    with Image.open(tmp_path / "way.gif") as way:
        assert way.n_frames > 1 and way.size == (256, 256)


def test_a_minus_b_plus_c_takes_means_of_pictures_and_seeds(run: Callable, root: Path, tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    for i in range(2):
        to_pil(example("fashion-mnist", "Bag", i)).save(tmp_path / "album" / f"{i}.png")
    words = ["arithmetic", VAE, "--a", "seed:0", "seed:10", "--b", "album", "--c", "example:Sneaker/0", "--json"]
    told = json.loads(run(*words)[1])
    model = generative.load(VAE, root=root)
    album = torch.stack([read_picture(tmp_path / "album" / f"{i}.png", 28, 1) for i in range(2)])
    a = torch.cat([model.latents(Seeds(0, 1)), model.latents(Seeds(10, 1))]).mean(0)
    b, c = model.encode(album).mean(0), model.encode(example("fashion-mnist", "Sneaker", 0)[None])[0]
    assert told["latent"] == pytest.approx((a - b + c).tolist(), abs=1e-4) and told["formula"] is None
    sheet = tiles(tmp_path / "result.png", 28)
    assert len(sheet) == 4
    differences = [
        np.abs(np.frombuffer(tile, np.uint8).astype(int) - np.frombuffer(expected, np.uint8)).max()
        for tile, expected in zip(sheet, drawn(model.decode(torch.stack([a, b, c, a - b + c]))), strict=True)
    ]
    assert max(differences) <= 1


def test_the_directions_are_listed_with_what_was_measured(run: Callable, root: Path, tmp_path: Path) -> None:
    status, out, _ = run("arithmetic", AE, "--list")
    lines = out.splitlines()
    assert (
        status == 0
        and lines[0].split("  ")[0] == "DIRECTION"
        and lines[1].split() == ["glasses:", "clear", "80%", "25%", "93%", "4%"]
    )
    assert lines[2].split() == ["glasses:", "sun"] and lines[3].split() == ["mouth:", "smile", "50%"]
    assert "Success: " in out and "Leakage: " in out and not (tmp_path / "result.png").exists()
    rows = json.loads(run("arithmetic", AE, "--list", "--json")[1])["directions"]
    assert [row["name"] for row in rows] == list(NAMES)
    assert rows[0]["normal"] == {"success": 0.93, "leakage": 0.04}
    assert rows[1]["difference"] == {"success": None, "leakage": None}


def test_directions_that_were_not_measured_are_listed_all_the_same(run: Callable, root: Path) -> None:
    atlas(3).save(root / VAE)
    try:
        out = run("arithmetic", VAE, "--list")[1]
    finally:
        (root / VAE / "atlas.safetensors").unlink()
    assert "glasses: sun" in out and "was not measured" in out and "SUCCESS" not in out


def test_the_atlas_of_another_model_is_told(run: Callable, root: Path, fails: Callable) -> None:
    atlas(4).save(root / VAE)
    try:
        fails(run("arithmetic", VAE, "seed:0", "smile"), "4 dimensions", "has 3", "evaluate")
    finally:
        (root / VAE / "atlas.safetensors").unlink()


PIXELS = "fashion-mnist/pixelcnn"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["encode", GAN, "example:Bag/0"], ["DCGAN cannot encode a picture", "interpolates"]),
        (["encode", "fashion-mnist/va", "example:Bag/0"], ["Did you mean fashion-mnist/vae"]),
        (["encode", VAE, "none.png"], ["no file none.png"]),
        (["encode", VAE, "example:Bog/0"], ["Did you mean Bag"]),
        (["encode", AE, "example:avatar/99"], ["example", "99"]),
        (["encode", VAE, "none.png", "--noise", "1.5"], ["noise", "from 0 to 1", "1.5"]),
        (["encode", VAE, "none.png", "--noise", "nan"], ["noise", "nan"]),
        (["encode", VAE, "none.png", "--seed", "-1"], ["seed", "-1"]),
        (["encode", VAE, "a.png", "a.png", "--seed", "4294967295"], ["seed", "4294967294"]),
        (["encode", VAE, "none.png", "--out", "codes.txt"], ["--out must end in .json, .safetensors or .png"]),
        (["encode", VAE, "none.png", "--out", "nowhere/codes.json"], ["no folder nowhere"]),
        (["encode", VAE, *["none.png"] * 65, "--out", "a.png"], ["at most 64 pictures, not 65"]),
        (["interpolate", PIXELS, "seed:0", "seed:1"], ["PixelCNN cannot walk between images"]),
        (["interpolate", VAE, "seed:0"], ["two ends", "not 1"]),
        (["interpolate", VAE, "seed:0", "seed:1", "seed:2"], ["not 3"]),
        (["interpolate", VAE, "seed:0", "seed:x"], ["seed:7", "'seed:x'"]),
        (["interpolate", VAE, "seed:0", "none.png"], ["no file none.png"]),
        (["interpolate", VAE, "seed:0", "none.png", "--steps", "99"], ["steps", "from 2 to 32", "99"]),
        (["interpolate", VAE, "seed:0", "none.png", "--side", "3"], ["--side does not belong here", "--steps"]),
        (["interpolate", VAE, *["none.png"] * 4, "--steps", "3"], ["--steps does not belong here", "--side"]),
        (["interpolate", VAE, *["none.png"] * 4, "--side", "13"], ["from 2 to 12", "13"]),
        (["interpolate", VAE, "seed:0", "none.png", "--out", "walk.jpg"], [".png, .gif or .webp"]),
        (["arithmetic", VAE], ["a picture or seed:7 and a formula", "--list"]),
        (["arithmetic", VAE, "seed:7"], ["a formula such as"]),
        (["arithmetic", VAE, "seed:7", "smile"], ["atlas.safetensors is missing", "evaluate"]),
        (["arithmetic", VAE, "--list"], ["atlas.safetensors is missing", "evaluate"]),
        (["arithmetic", PIXELS, "--list"], ["PixelCNN cannot walk between images"]),
        (["arithmetic", PIXELS, "seed:7", "smile"], ["PixelCNN cannot walk between images"]),
        (["arithmetic", AE, "--list", "--a", "seed:7"], ["nothing but the model"]),
        (["arithmetic", AE, "none.png", "smil"], ["Did you mean"]),
        (["arithmetic", AE, "none.png", "9 smile"], ["amount of mouth: smile", "not 9"]),
        (["arithmetic", AE, "none.png", "smile"], ["no file none.png"]),
        (["arithmetic", AE, "none.png", "smile", "--out", "a.txt"], [".png, .gif or .webp"]),
        (["arithmetic", AE, "seed:1", "smile", "--a", "seed:1"], ["one of the two, not both"]),
        (["arithmetic", AE, "--a", "seed:1", "--c", "seed:2"], ["all three of --a, --b and --c"]),
        (["arithmetic", AE, "--a", "seed:1", "--b", "none.png", "--c", "seed:2"], ["no file none.png"]),
    ],
    ids=lambda words: " ".join(words)[:60],
)
def test_mistakes_are_told_in_one_line(run: Callable, words: list[str], said: list[str], fails: Callable) -> None:
    fails(run(*words), *said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
@pytest.mark.parametrize("name", ["full.json", "full.safetensors", "full.png"])
def test_a_full_disk_is_told(run: Callable, tmp_path: Path, name: str, fails: Callable) -> None:
    (tmp_path / name).symlink_to("/dev/full")
    fails(run("encode", VAE, "example:Bag/0", "--out", name), "Cannot write to", name, "No space left")
