"""The named endpoints, as a program calls them."""

import base64
import io
import json
import math
import threading
import urllib.error
import urllib.request
from typing import Any

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from generative.data.examples import example
from generative.inference.engine.engine import Engine
from generative.inference.pictures.grids import to_pil
from generative.inference.pictures.masks import read_mask
from generative.inference.pictures.provenance import read_note
from generative.web.page.page import build
from tests.test_readme import BLOCKS, fewer


@pytest.fixture(scope="module")
def url():
    page = build(Engine(device="cpu"))
    page.queue(api_open=False, default_concurrency_limit=1)
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, run_history=False)
    yield address
    page.close()


@pytest.fixture(scope="module")
def client(url: str) -> Client:
    return Client(url, verbose=False)


def test_models_are_listed(client: Client) -> None:
    models = {m["id"]: m for m in client.predict(api_name="/list_models")}
    vae = models["fashion-mnist/vae"]
    assert vae["family"] == "autoencoders" and vae["parameters"] > 0 and "samples" in vae["abilities"]
    assert vae["metrics"]["bits_per_dim_bound"]["kind"] == "bound"


def test_generation_streams_and_ends_with_a_picture_that_knows_its_seeds(client: Client) -> None:
    options = {"num_inference_steps": 5}
    job = client.submit("fashion-mnist/ddpm", "Sneaker", 2, 7, options, api_name="/generate")
    last = job.result(timeout=60)
    assert [o["step"] for o in job.outputs()] == [1, 2, 3, 4, 5]
    assert last["seeds"] == [7, 8]
    content = base64.b64decode(last["png"])
    assert Image.open(io.BytesIO(content)).size == (58, 28)
    made = read_note(content)
    assert (made["seed"], made["count"], made["condition"]["class"]) == (7, 2, "Sneaker")


def test_two_programs_get_the_same_picture(client: Client) -> None:
    pictures = []
    jobs = [
        threading.Thread(
            target=lambda: pictures.append(
                client.predict("fashion-mnist/dcgan", None, 3, 1, api_name="/generate")["png"]
            )
        )
        for _ in range(2)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert len(set(pictures)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fashion-mnist/va", None, 1, 0, {}], "Did you mean fashion-mnist/vae"),
        (["fashion-mnist/ddpm", "Sneakr", 1, 0, {}], "Did you mean Sneaker"),
        (["fashion-mnist/ddpm", ["Bag"], 1, 0, {}], "no class"),
        (["fashion-mnist/vae", None, 65, 0, {}], "count must be a whole number from 1 to 64"),
        (["fashion-mnist/vae", None, True, 0, {}], "count must be"),
        (["fashion-mnist/vae", None, 1, -1, {}], "seed must be"),
        (["fashion-mnist/vae", None, 1, "x", {}], "seed must be"),
        (["fashion-mnist/vae", None, 1, 0, {"temperature": 9}], "temperature must be a number from 0 to 2"),
        (["fashion-mnist/vae", None, 1, 0, {"temperature": [1]}], "temperature must be"),
        (["fashion-mnist/vae", None, 1, 0, {"temprature": 1}], "Did you mean temperature"),
        (["fashion-mnist/vae", None, 1, 0, ["temperature"]], "options must be an object"),
    ],
)
def test_a_wrong_request_is_refused_in_words_and_the_server_goes_on(client: Client, words: list, said: str) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(*words, api_name="/generate")
    assert client.predict("fashion-mnist/vae", None, 1, 0, api_name="/generate")["step"] == 1


PIXELCNN = "fashion-mnist/gated-pixelcnn"
DDPM = "fashion-mnist/ddpm"


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> str:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return base64.b64encode(content.getvalue()).decode()


def opened(png: str) -> Image.Image:
    picture = Image.open(io.BytesIO(base64.b64decode(png)))
    assert picture.format == "PNG"
    return picture


def note(file: str) -> dict[str, Any]:
    return read_note(base64.b64decode(file))


SNEAKER = to_pil(example("fashion-mnist", "Sneaker", 3))


def test_a_completion_streams_and_ends_with_all_completions_in_order(client: Client) -> None:
    options = {"candidates": 4}
    words = [PIXELCNN, encoded(SNEAKER), "middle", "Sneaker", 3, 7, options]
    job = client.submit(*words, api_name="/complete")
    last = job.result(timeout=120)
    assert [o["step"] for o in job.outputs()] == list(range(1, 15))  # rows of the middle
    assert all("png" not in o for o in job.outputs()[:-1])
    done = last["completions"]
    assert [c["rank"] for c in done] == [1, 2, 3] and sorted(c["seed"] for c in done) == [7, 8, 9]
    assert sorted(c["bits_per_dim"] for c in done) == [c["bits_per_dim"] for c in done]
    least = min(c["effective_sample_size"] for c in done)
    assert last["effective_sample_size"] == least and 1 <= least <= last["candidates"] == 4
    assert all(c["ancestors"] in (1, 2, 3, 4) for c in done)
    assert opened(last["png"]).size == (58, 58)
    known = ~read_mask("middle", 28).numpy()
    for png in (last["seen"], *(c["png"] for c in done)):
        assert (np.asarray(opened(png))[known] == np.asarray(SNEAKER)[known]).all()
    assert set(np.asarray(opened(last["seen"]))[~known].tolist()) == {102, 153}


def test_a_diffusion_model_completes_with_all_around_the_hole_in_sight(client: Client) -> None:
    words = ["fashion-mnist/ddpm", encoded(SNEAKER), "middle", None, 2, 7, {"num_inference_steps": 3}]
    job = client.submit(*words, api_name="/complete")
    last = job.result(timeout=120)
    assert [o["step"] for o in job.outputs()] == [1, 2, 3]
    assert [(c["seed"], c["bits_per_dim"]) for c in last["completions"]] == [(7, None), (8, None)]
    known = ~read_mask("middle", 28).numpy()
    for png in (last["seen"], *(c["png"] for c in last["completions"])):
        assert (np.asarray(opened(png))[known] == np.asarray(SNEAKER)[known]).all()


def test_pictures_come_as_data_urls_and_masks_as_pictures(client: Client) -> None:
    mask = Image.new("L", (56, 56))
    mask.paste(255, (0, 52, 56, 56))
    photograph = SNEAKER.convert("RGBA").resize((280, 280), Image.Resampling.NEAREST)
    data_url = "data:image/webp;base64," + encoded(photograph, "WEBP", lossless=True)
    last = client.predict(PIXELCNN, data_url, encoded(mask), "Sneaker", 1, 0, None, api_name="/complete")
    result = np.asarray(opened(last["completions"][0]["png"]))
    assert result.shape == (28, 28)
    assert np.abs(result[:26].astype(int) - np.asarray(SNEAKER)[:26]).mean() < 12  # smoothed when made smaller
    assert last["effective_sample_size"] is None  # nothing known comes after the hole


def test_everything_may_be_invented(client: Client) -> None:
    last = client.predict(PIXELCNN, "example:Bag/0", "everything", "Bag", 2, 0, None, api_name="/complete")
    drawn = client.predict(PIXELCNN, "Bag", 2, 0, None, api_name="/generate")
    first, second = (opened(c["png"]) for c in last["completions"])
    sheet = opened(drawn["png"])
    assert first.tobytes() == sheet.crop((0, 0, 28, 28)).tobytes()
    assert second.tobytes() == sheet.crop((30, 0, 58, 28)).tobytes()


def test_scores_come_in_the_order_of_the_pictures(client: Client) -> None:
    noise = Image.effect_noise((28, 28), 80)
    told = client.predict(PIXELCNN, [encoded(noise), "example:Sneaker/3", encoded(SNEAKER)], None, api_name="/score")
    assert [t["rank"] for t in told] == [3, 1, 2]
    assert told[1]["bits_per_dim"] == told[2]["bits_per_dim"] < 3 < told[0]["bits_per_dim"]
    assert {t["kind"] for t in told} == {"exact"}
    assert told[1]["best_class"] == "Sneaker" and 0.5 < told[1]["best_class_probability"] <= 1
    assert {t["label"] for t in told} == {None}
    assert all(t["percentile"] is None or 0 <= t["percentile"] <= 100 for t in told)
    heat = [opened(t["heatmap"]) for t in told]
    assert {(h.size, h.mode) for h in heat} == {((28, 28), "RGB")}
    assert np.asarray(heat[0]).mean() > np.asarray(heat[1]).mean()  # noise is a surprise everywhere


def test_a_model_without_pixels_of_its_own_draws_no_map(client: Client) -> None:
    (told,) = client.predict("fashion-mnist/vae", [encoded(SNEAKER)], "Sneaker", api_name="/score")
    assert told["kind"] == "bound" and told["heatmap"] is None
    assert told["label"] == "Sneaker" and told["best_class"] is told["best_class_probability"] is None


HUGE = encoded(Image.new("1", (6500, 6500)))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fashion-mnist/vae", "", "lower", None, 1, 0, {}], "VAE cannot complete a picture"),
        ([PIXELCNN, "", "lower", None, 1, 0, {}], "The picture is empty"),
        ([PIXELCNN, 7, "lower", None, 1, 0, {}], "image must be a picture in base64, not 7"),
        ([PIXELCNN, "/etc/hosts//", "lower", None, 1, 0, {}], "cannot be read as a picture"),
        ([PIXELCNN, "/etc/hosts", "lower", None, 1, 0, {}], "image is not a picture in base64"),
        ([PIXELCNN, "../a.png", "lower", None, 1, 0, {}], "image is not a picture in base64"),
        ([PIXELCNN, "data:image/svg+xml,<svg/>", "lower", None, 1, 0, {}], "image is not a picture in base64"),
        ([PIXELCNN, base64.b64encode(b"<svg/>").decode(), "lower", None, 1, 0, {}], "SVG drawing"),
        ([PIXELCNN, encoded(SNEAKER)[:400], "lower", None, 1, 0, {}], "cut short or damaged"),
        ([PIXELCNN, HUGE, "lower", None, 1, 0, {}], "6500×6500 pixels; the limit is 40 million"),
        ([PIXELCNN, "A" * 8_000_004, "lower", None, 1, 0, {}], "8,000,004 characters of base64; the limit is 8 m"),
        ([PIXELCNN, "example:Bog/0", "lower", None, 1, 0, {}], "Did you mean Bag"),
        ([PIXELCNN, "example:Bag/0", "upper", None, 1, 0, {}], "one of lower, right, middle, random, everything"),
        ([PIXELCNN, "example:Bag/0", "u p!", None, 1, 0, {}], "mask is not one of lower"),
        ([PIXELCNN, "example:Bag/0", encoded(Image.new("L", (9, 9))), None, 1, 0, {}], "Nothing to do"),
        ([PIXELCNN, "example:Bag/0", encoded(Image.new("L", (9, 7), 255)), None, 1, 0, {}], "9×7 pixels .* 28×28"),
        ([PIXELCNN, "example:Bag/0", ["lower"], None, 1, 0, {}], "mask must be"),
        ([PIXELCNN, "example:Bag/0", "lower", "Bog", 1, 0, {}], "Did you mean Bag"),
        ([PIXELCNN, "example:Bag/0", "lower", None, 17, 0, {}], "count must be a whole number from 1 to 16"),
        ([PIXELCNN, "example:Bag/0", "lower", None, 9, 0, {"candidates": 32}], "9 completions of 32 candidates"),
        ([PIXELCNN, "example:Bag/0", "lower", None, 1, 0, {"candidates": "x"}], "candidates must be"),
    ],
)
def test_what_cannot_be_completed_is_refused_in_words(client: Client, words: list, said: str) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(*words, api_name="/complete")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fashion-mnist/dcgan", ["example:Bag/0"], None], "DCGAN cannot tell how probable"),
        (["fashion-mnist/va", ["example:Bag/0"], None], "Did you mean fashion-mnist/vae"),
        ([PIXELCNN, [], None], "list of 1 to 64 pictures"),
        ([PIXELCNN, ["example:Bag/0"] * 65, None], "list of 1 to 64 pictures"),
        ([PIXELCNN, "example:Bag/0", None], "list of 1 to 64 pictures"),
        ([PIXELCNN, [None], None], "image must be a picture in base64"),
        ([PIXELCNN, ["example:Bag/0"], "Bog"], "Did you mean Bag"),
        ([PIXELCNN, ["example:Bag/0"], 3], "no class 3"),
    ],
)
def test_what_cannot_be_scored_is_refused_in_words(client: Client, words: list, said: str) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(*words, api_name="/score")


VAE, GAN, AVATARS = "fashion-mnist/vae", "fashion-mnist/dcgan", "avatars/conv-ae"


def test_reconstructions_come_in_the_order_of_the_pictures(client: Client) -> None:
    sneaker, same, bag = client.predict(
        VAE, ["example:Sneaker/3", encoded(SNEAKER), "example:Bag/0"], 0.0, 0, api_name="/reconstruct"
    )
    assert sneaker["latent"] == same["latent"] != bag["latent"] and len(bag["latent"]) == 16
    assert sneaker["rmse"] == same["rmse"] < 0.3 and sneaker["psnr"] == pytest.approx(-20 * math.log10(sneaker["rmse"]))
    assert bag["percentile"] is None or 0 <= bag["percentile"] <= 100
    result = np.asarray(opened(sneaker["png"])).astype(float)
    assert np.sqrt(np.square((result - np.asarray(SNEAKER)) / 255).mean()) == pytest.approx(sneaker["rmse"], abs=0.003)
    assert opened(sneaker["sample"]).size == (28, 28) and sneaker["sample"] != sneaker["png"]
    assert (opened(bag["error_map"]).size, opened(bag["error_map"]).mode) == ((28, 28), "RGB")
    notes = [note(bag[part]) for part in ("png", "sample", "error_map")]
    assert notes[0] == notes[1] == notes[2] and (notes[0]["seed"], notes[0]["images"]) == (2, ["example:Bag/0"])


def test_noise_comes_from_the_seed_and_a_model_without_a_posterior_draws_no_sample(client: Client) -> None:
    def latents(images: list[str], noise: float, seed: int) -> list[list[float]]:
        told = client.predict(AVATARS, images, noise, seed, api_name="/reconstruct")
        assert {t["sample"] for t in told} == {None} and {t["percentile"] for t in told if noise} <= {None}
        return [t["latent"] for t in told]

    avatar = "example:avatar/0"
    first, second = latents([avatar, avatar], 0.3, 7)
    assert first != second and latents([avatar], 0.3, 8)[0] == pytest.approx(second, abs=1e-4)
    assert latents([avatar], 0, 7) == latents([avatar], 0, 8)


def test_a_walk_goes_from_a_picture_to_a_seed(client: Client) -> None:
    told = client.predict(VAE, [encoded(SNEAKER), "seed:7"], 5, "slerp", api_name="/interpolate")
    assert len(told["pngs"]) == len(told["latents"]) == 5
    strip = opened(told["png"])
    assert strip.size == (5 * 30 - 2, 28)
    assert [opened(p).tobytes() for p in told["pngs"]] == [
        strip.crop((x, 0, x + 28, 28)).tobytes() for x in range(0, 150, 30)
    ]
    drawn = client.predict(VAE, None, 1, 7, None, api_name="/generate")
    assert np.abs(np.asarray(opened(drawn["png"])).astype(int) - np.asarray(opened(told["pngs"][-1]))).max() <= 1
    with Image.open(io.BytesIO(base64.b64decode(told["gif"]))) as gif:
        assert gif.format == "GIF" and gif.n_frames == 5
    for made in (note(told["gif"]), note(told["png"]), note(told["pngs"][0])):
        assert (made["ability"], made["ends"]) == ("interpolate", ["a picture that was sent", "seed:7"])
    picture, seed = told["ends"]
    assert picture["latent"] == pytest.approx(told["latents"][0], abs=1e-4)
    assert 0 < picture["rmse"] < 0.3 and seed["rmse"] is None


def test_four_ends_make_a_grid(client: Client) -> None:
    ends = ["example:avatar/0", "seed:1", "seed:2", "example:avatar/3"]
    told = client.predict(AVATARS, ends, 3, "lerp", api_name="/interpolate")
    assert len(told["pngs"]) == 9 and [e["rmse"] is None for e in told["ends"]] == [False, True, True, False]
    assert told["latents"][4] == pytest.approx(np.mean([e["latent"] for e in told["ends"]], axis=0).tolist(), abs=1e-4)


def test_a_model_without_an_encoder_looks_for_a_picture(client: Client) -> None:
    told = client.predict(GAN, [encoded(SNEAKER), "seed:7"], 2, "slerp", api_name="/interpolate")
    assert told["ends"][0]["rmse"] < float(example("fashion-mnist", "Sneaker", 3).square().mean().sqrt())


def test_a_formula_is_told_in_full(client: Client) -> None:
    start = client.predict(AVATARS, "example:avatar/3", "", api_name="/arithmetic")
    told = client.predict(AVATARS, "example:avatar/3", "sun - .5 smile", "difference", api_name="/arithmetic")
    assert told["formula"] == "+ 1 glasses: sun - 0.5 mouth: smile" and told["latent"] != start["latent"]
    (before,) = told["parts"]
    pixels = [opened(png).tobytes() for png in (before, start["png"], start["parts"][0], told["png"])]
    assert pixels[0] == pixels[1] == pixels[2] != pixels[3] and opened(before).size == opened(told["png"]).size
    assert (note(told["png"])["start"], note(told["png"])["formula"]) == (["example:avatar/3"], told["formula"])


def test_a_minus_b_plus_c_takes_means(client: Client) -> None:
    sets = {"a": ["seed:0", "example:Bag/0"], "b": ["example:Bag/0"], "c": ["example:Sneaker/3", "seed:17"]}
    told = client.predict(VAE, **sets, api_name="/arithmetic")
    parts = [
        client.predict(VAE, [end, end], 2, api_name="/interpolate")["latents"][0] for s in sets.values() for end in s
    ]
    zero, bag, _, sneaker, seventeen = map(np.array, parts)
    expected = (zero + bag) / 2 - bag + (sneaker + seventeen) / 2
    assert told["latent"] == pytest.approx(expected.tolist(), abs=1e-3)
    assert told["formula"] is None and len(told["parts"]) == 3


BAG = "example:Bag/0"


@pytest.mark.parametrize(
    ("endpoint", "words", "said"),
    [
        ("reconstruct", [GAN, [BAG], 0, 0], "DCGAN cannot encode a picture"),
        ("reconstruct", ["fashion-mnist/va", [BAG], 0, 0], "Did you mean fashion-mnist/vae"),
        ("reconstruct", [VAE, [], 0, 0], "list of 1 to 64 pictures"),
        ("reconstruct", [VAE, [BAG] * 65, 0, 0], "list of 1 to 64 pictures"),
        ("reconstruct", [VAE, BAG, 0, 0], "list of 1 to 64 pictures"),
        ("reconstruct", [VAE, [{"path": "/etc/hosts"}], 0, 0], "image must be a picture in base64"),
        ("reconstruct", [VAE, ["seed:7"], 0, 0], "image is not a picture in base64"),
        ("reconstruct", [VAE, ["example:avatar/0"], 0, 0], "no class 'avatar'"),
        ("reconstruct", [VAE, [BAG], 1.5, 0], "noise must be a number from 0 to 1, not 1.5"),
        ("reconstruct", [VAE, [BAG], "x", 0], "noise must be"),
        ("reconstruct", [VAE, [BAG], None, 0], "noise must be"),
        ("reconstruct", [VAE, [BAG], 0.1, -1], "seed must be"),
        ("reconstruct", [VAE, [BAG], 0.1, 2**32], "seed must be"),
        ("interpolate", [PIXELCNN, ["seed:0", "seed:1"], 9, "slerp"], "Gated PixelCNN cannot walk between images"),
        ("interpolate", [VAE, "seed:0", 9, "slerp"], "ends must be a list of two or four"),
        ("interpolate", [VAE, ["seed:0"] * 3, 9, "slerp"], "not 3"),
        ("interpolate", [VAE, ["seed:0"] * 99, 9, "slerp"], "not 99"),
        ("interpolate", [VAE, ["seed:0", 7], 9, "slerp"], "image must be a picture in base64, not 7"),
        ("interpolate", [VAE, ["seed:0", None], 9, "slerp"], "image must be a picture"),
        ("interpolate", [VAE, ["seed:0", "seed:x"], 9, "slerp"], "A seed is named seed:7"),
        ("interpolate", [VAE, ["seed:0", "seed:" + "9" * 9999], 9, "slerp"], "A seed is named seed:7"),
        ("interpolate", [VAE, ["seed:0", "/etc/hosts"], 9, "slerp"], "image is not a picture in base64"),
        ("interpolate", [VAE, ["seed:0", "seed:1"], 33, "slerp"], "steps must be a whole number from 2 to 32"),
        ("interpolate", [VAE, ["seed:0", "seed:1"], "9", "slerp"], "steps must be"),
        ("interpolate", [VAE, ["seed:0"] * 4, 13, "slerp"], "from 2 to 12, not 13"),
        ("interpolate", [VAE, ["seed:0", "seed:1"], 9, "arc"], "path must be one of slerp, lerp"),
        ("interpolate", [VAE, ["seed:0", "seed:1"], 9, ["slerp"]], "path must be one of"),
        ("arithmetic", [PIXELCNN, "seed:0", "bag"], "Gated PixelCNN cannot walk between images"),
        ("arithmetic", [AVATARS], "a start and a formula, or a, b and c"),
        ("arithmetic", [AVATARS, "seed:0"], "a start and a formula, or a, b and c"),
        ("arithmetic", [AVATARS, "seed:0", "smil"], "Did you mean mouth: smile"),
        ("arithmetic", [AVATARS, "seed:0", ["smile"]], "A formula is text"),
        ("arithmetic", [AVATARS, "seed:0", "smile" + " " * 100_000 + "x"], "at most 1000 characters"),
        ("arithmetic", [AVATARS, "seed:0", "smile", "mean"], "method must be one of exchange, difference, normal"),
        ("arithmetic", [AVATARS, 7, "smile"], "image must be a picture in base64, not 7"),
        ("arithmetic", [AVATARS, "seed:0", "smile", "normal", ["seed:1"]], "not both"),
        ("arithmetic", [AVATARS, None, None, "normal", ["seed:1"], ["seed:2"]], "c must be a list of 1 to 16"),
        ("arithmetic", [AVATARS, None, None, "normal", ["seed:1"] * 17, ["seed:2"], ["seed:3"]], "a must be a list"),
        ("arithmetic", [AVATARS, None, None, "normal", [], ["seed:2"], ["seed:3"]], "a must be a list"),
        ("arithmetic", [AVATARS, None, None, "normal", "seed:1", ["seed:2"], ["seed:3"]], "a must be a list"),
        ("arithmetic", [GAN, None, None, "normal", [BAG] * 3, [BAG] * 3, [BAG] * 3], "at most 8, not 9"),
    ],
)
def test_what_a_latent_space_cannot_do_is_refused_in_words(
    client: Client, endpoint: str, words: list, said: str
) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(*words, api_name=f"/{endpoint}")


def test_a_picture_is_noised_and_what_is_found_in_it_told(client: Client) -> None:
    rows = client.predict(DDPM, "example:Bag/0", [100, 900], None, 2, 5, api_name="/noise")
    assert [(row["t"], row["seed"]) for row in rows] == [(100, 5), (100, 6), (900, 5), (900, 6)]
    assert rows[0]["signal_to_noise"] > 1 > rows[2]["signal_to_noise"] and rows[0]["rmse"] < rows[2]["rmse"]
    assert opened(rows[0]["noisy"]).size == opened(rows[0]["believed"]).size == (28, 28)
    with pytest.raises(AppError, match="timesteps must be a whole number from 0 to 999, not 1000"):
        client.predict(DDPM, "example:Bag/0", [1000], api_name="/noise")


def test_guidance_leads_away_from_what_is_told(client: Client) -> None:
    asked = [DDPM, "Sandal", 1, 3, {"num_inference_steps": 2}]
    away, plain = (client.predict(*asked, against, api_name="/generate")["png"] for against in ("Sneaker", None))
    assert away != plain
    assert read_note(base64.b64decode(away))["inputs"] == {"against": {"class": "Sneaker"}}
    with pytest.raises(AppError, match="Did you mean Sneaker"):
        client.predict(*asked, "Sneakr", api_name="/generate")


def test_not_a_number_posted_raw_is_refused(url: str) -> None:
    body = b'{"data": ["fashion-mnist/vae", null, 1, NaN, {"temperature": Infinity}]}'
    request = urllib.request.Request(f"{url}gradio_api/call/generate", body, {"Content-Type": "application/json"})
    try:
        event = json.load(urllib.request.urlopen(request, timeout=10))["event_id"]
        answer = urllib.request.urlopen(f"{url}gradio_api/call/generate/{event}", timeout=10).read().decode()
        assert "event: error" in answer
    except urllib.error.HTTPError as e:
        assert e.code in (400, 422)
    assert urllib.request.urlopen(f"{url}config", timeout=10).status == 200


def test_the_page_is_called_as_readme_tells(url: str) -> None:
    names: dict[str, object] = {}
    (code,) = (code for language, code in BLOCKS if "gradio_client" in code)
    exec(fewer(code).replace("http://127.0.0.1:7860", url), names)
    assert opened(names["best"]["png"]).size == (28, 28) and len(names["scores"]) == 2
