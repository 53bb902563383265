"""What visitors may bring from the hub, and what is refused before any weights come; the hub is a real server here."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel
from huggingface_hub import close_session

from generative.errors import BadCheckpoint, GenerativeError, InvalidOption, NotSupported, UnknownModel
from generative.inference.engine.engine import Engine
from generative.library import bringing, hub
from generative.library.bringing import Room, room_of
from generative.library.entries import Library
from tests.library.hub_server import HubServer


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A hub of our own, with an empty cache."""
    with HubServer() as server:
        server.be_the_hub(monkeypatch, tmp_path / "cache")
        yield server


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Of a pipeline as diffusers writes it."""
    looks = {"sample_size": 8, "block_out_channels": (8,), "norm_num_groups": 4, "layers_per_block": 1}
    unet = UNet2DModel(down_block_types=("DownBlock2D",), up_block_types=("UpBlock2D",), **looks)
    folder = tmp_path_factory.mktemp("pipeline")
    DDPMPipeline(unet, DDPMScheduler()).save_pretrained(folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_brought_is_a_model_like_any_other(server: HubServer, files: dict[str, bytes], tmp_path: Path) -> None:
    """Under its commit, for who asks for it by that; folders of the host stay closed."""
    commit, engine = server.add("someone/tiny", files), Engine(Library(tmp_path, room=Room()), "cpu")
    *_, last = engine.library.bring("someone/tiny")
    assert last.id == f"hf:someone/tiny@{commit}" and last.done == last.total > 0
    entry = engine.entry(last.id)
    assert (entry.title, entry.size, entry.family) == (f"someone/tiny @ {commit[:7]}", 8, "diffusion")
    request = engine.request("samples", last.id, options={"num_inference_steps": 2})
    assert engine.answer(request).images.shape == (1, 3, 8, 8)
    assert last.id not in engine.entries and Library(tmp_path).brought == {}
    for other in ("hf:someone/tiny", str(last.folder)):
        with pytest.raises(UnknownModel, match="under Bring a model" if other.startswith("hf:") else "no model"):
            engine.entry(other)
    for folder in (str(last.folder), "../../etc", "..", f"hf:someone/tiny@../../../{commit}", ""):
        with pytest.raises(UnknownModel):
            list(engine.library.bring(folder))
    with pytest.raises(NotSupported, match=r"at most 1 brought models, and has someone/tiny"):
        engine.library.room = Room(models=1)
        list(engine.library.bring("someone/tiny"))
    with pytest.raises(NotSupported, match="Nobody may bring models to this host"):
        list(Library(tmp_path).bring("someone/tiny"))


REFUSED = {
    "large": (Room(bytes=1000), {}, NotSupported, r"weights of .* MB; the limit of this host is 0\.0 MB"),
    "wide": (Room(side=4), {}, NotSupported, r"pictures of 8×8 pixels; the limit of this host is 4"),
    "pickled": (
        Room(),
        {"unet/diffusion_pytorch_model.safetensors": None, "unet/diffusion_pytorch_model.bin": b"evil"},
        BadCheckpoint,
        r"safetensors is missing, and unet/diffusion_pytorch_model\.bin is a pickle.*Ask its author",
    ),
    "without": (Room(), {"unet/diffusion_pytorch_model.safetensors": None}, BadCheckpoint, r"safetensors is missing\."),
    "odd": (Room(), {"scheduler/scheduler_config.json": b"{"}, BadCheckpoint, "scheduler_config.json cannot be read"),
    "bert": (
        Room(),
        {"model_index.json": None, "config.json": b'{"model_type": "bert"}'},
        BadCheckpoint,
        "This is a model of transformers",
    ),
    "empty": (Room(), {"model_index.json": None}, BadCheckpoint, "This is no pipeline of diffusers"),
    "long": (Room(), {"unet/config.json": b" " * 33_000_000}, BadCheckpoint, "more than 32 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_not_come_is_refused_before_its_weights(
    name: str, server: HubServer, files: dict[str, bytes], tmp_path: Path
) -> None:
    room, changes, error, words = REFUSED[name]
    there = {path: data for path, data in {**files, **changes}.items() if data is not None}
    server.add(f"someone/{name}", there)
    for _ in range(2):  # the second time nothing is in the way either
        with pytest.raises(error, match=words) as failure:
            list(Library(tmp_path, room=room).bring(f"hf:someone/{name}"))
    assert failure.value.field in ("model", None) and f"hf:someone/{name}" in str(failure.value)
    assert not [request for request in server.requests if "/cdn/" in request]


def test_a_full_disk_and_a_hub_that_is_down_are_told(
    server: HubServer, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add("someone/tiny", files)
    full = type("Usage", (), {"free": bringing.LEFT_FREE + 10})
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda place: full)
        with pytest.raises(NotSupported, match=r"this host has 1\.0 GB of disk left"):
            list(Library(tmp_path, room=Room()).bring("someone/tiny"))
    monkeypatch.setattr(hub, "memory", lambda: 1000)
    with pytest.raises(NotSupported, match=r"this machine has .* GB of memory"):
        list(Library(tmp_path, room=Room()).bring("someone/tiny"))
    server.stop()
    close_session()  # what is still connected would be answered
    with pytest.raises(GenerativeError, match=r"Cannot fetch someone/tiny from the hub: .*Check the network"):
        list(Library(tmp_path, room=Room()).bring("someone/tiny"))


def test_one_comes_at_a_time_and_goes_on_when_nobody_waits(
    server: HubServer, files: dict[str, bytes], tmp_path: Path
) -> None:
    server.add("someone/tiny", files)
    first = Library(tmp_path, room=Room()).bring("someone/tiny")
    state = next(first)
    if state.folder is None:  # it may have come at once
        with pytest.raises(GenerativeError, match="Another model is on its way"):
            list(Library(tmp_path, room=Room()).bring("someone/tiny"))
    first.close()
    with bringing._busy:
        assert json.loads(files["model_index.json"])["_class_name"] == "DDPMPipeline"
    *_, last = Library(tmp_path, room=Room()).bring("someone/tiny")
    assert last.folder is not None


def test_the_host_says_how_much_room_there_is() -> None:
    assert room_of(None) is None and room_of("") is None and room_of("0.5") == Room(500_000_000)
    for wrong in ("much", "-1", "nan", "inf", "0"):
        with pytest.raises(InvalidOption, match="such as 5"):
            room_of(wrong)
