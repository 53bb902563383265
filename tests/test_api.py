"""The named endpoints, as a program calls them."""

import base64
import io
import json
import threading
import urllib.error
import urllib.request

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from generative.inference.engine import Engine
from generative.inference.provenance import read_png
from generative.tabs.page import build


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
    assert vae["metrics"]["bits_per_dim"]["kind"] == "lower bound"


def test_generation_streams_and_ends_with_a_picture_that_knows_its_seeds(client: Client) -> None:
    options = {"num_inference_steps": 5}
    job = client.submit("fashion-mnist/ddpm", "Sneaker", 2, 7, options, api_name="/generate")
    last = job.result(timeout=60)
    assert [o["step"] for o in job.outputs()] == [1, 2, 3, 4, 5]
    assert last["seeds"] == [7, 8]
    content = base64.b64decode(last["png"])
    assert Image.open(io.BytesIO(content)).size == (58, 28)
    made = read_png(content)
    assert (made.seed, made.count, made.options["label"]) == (7, 2, "Sneaker")


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
        (["fashion-mnist/ddpm", "Sneakr", 1, 0, {}], "Sneaker"),
        (["fashion-mnist/ddpm", ["Bag"], 1, 0, {}], "label must be"),
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
