"""A pipeline of the hub is brought to a page whose host allows it, in a real browser; the hub is a real server too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.library.bringing import Room
from generative.library.entries import Library
from generative.web.api.endpoints import Endpoints
from tests.building import build
from tests.library.hub_server import HubServer

ROOM = "#diffusion-bring"
TINY = {"classes": ["a", "b"], "channels": [16, 32], "attention": [False, True], "layers_per_block": 1}


def pipeline(folder: Path) -> dict[str, bytes]:
    """What diffusers writes of one that is told one of three classes."""
    looks = {"sample_size": 16, "block_out_channels": (8,), "norm_num_groups": 4, "layers_per_block": 1}
    kinds = {"down_block_types": ("DownBlock2D",), "up_block_types": ("UpBlock2D",), "num_class_embeds": 3}
    DDPMPipeline(UNet2DModel(**looks, **kinds), DDPMScheduler()).save_pretrained(folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubServer]:
    """With a pipeline that can be brought, and one that lies there as a pickle."""
    with HubServer() as server, pytest.MonkeyPatch.context() as patch:
        server.be_the_hub(patch, tmp_path_factory.mktemp("cache"))
        files = pipeline(tmp_path_factory.mktemp("pipeline"))
        server.add("someone/tiny", files)
        name = "unet/diffusion_pytorch_model.safetensors"
        server.add("someone/pickled", {**{p: d for p, d in files.items() if p != name}, name[:-11] + "bin": b"evil"})
        yield server


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    weights.save(root / "fashion-mnist" / "ddpm", "ddpm", build("ddpm", TINY), {}, "fashion-mnist")
    return root


def test_a_visitor_brings_a_model_and_draws_with_it(open_page, show, hub: HubServer, root: Path) -> None:
    library = Library(root, room=Room())
    with show(library) as url:
        page = open_page(f"{url}/?tab=diffusion")
        page.locator(f"{ROOM} > button").click()
        assert "weights of up to 5.0 GB, pictures of up to 512 pixels" in page.locator(ROOM).inner_text()
        field, state = page.locator(f"{ROOM}-id input, {ROOM}-id textarea"), page.locator(f"{ROOM}-state")
        for said, words in (
            ("/etc/passwd", "no hub id"),
            ("someone/pickled", "is a pickle, which could run any code"),
            ("nobody/<b>nothing</b>", "is no hub id"),
            ("nobody/nothing", "no repository nobody/nothing, or it is private."),
        ):
            field.fill(said)
            field.press("Enter")
            state.get_by_text(words).wait_for()
        field.fill("someone/tiny")
        page.locator(f"{ROOM}-id").get_by_role("button", name="Bring it").click()
        page.wait_for_url("**/?*model=hf%3Asomeone%2Ftiny%40*")
        model, commit = page.locator("#diffusion-model input"), hub.repositories["someone/tiny"].refs["main"]
        page.wait_for_function("document.querySelector('#diffusion-model input')?.value.startsWith('someone/tiny')")
        assert model.input_value() == f"someone/tiny @ {commit[:7]}"
        page.locator("#diffusion-imported-num_inference_steps input[type=number]").fill("2")
        page.locator("#diffusion-generate").click()
        page.locator("#diffusion-facts dd").first.wait_for()
        api = Endpoints(Engine(library, "cpu"))
        *_, last = api.bring("someone/tiny")
        assert last["model"] == f"hf:someone/tiny@{commit}" == api.list_models()[-1]["id"]
        model.click()
        page.get_by_role("option", name="DDPM").click()
        page.wait_for_function("document.querySelector('#diffusion-model input').value === 'DDPM'")


def test_without_leave_there_is_no_field(open_page, show, root: Path) -> None:
    with show(root) as url:
        page = open_page(f"{url}/?tab=diffusion&tool=samples")
        page.locator("#diffusion-generate").wait_for()
        assert page.locator(ROOM).count() == 0 and '"bring"' not in page.request.get(f"{url}/config").text()
