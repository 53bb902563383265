"""Checkpoints travel to the hub and back; the hub is a real HTTP server on this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from diffusers import DDPMPipeline, DDPMScheduler, DiffusionPipeline, UNet2DModel
from huggingface_hub import close_session, constants
from PIL import Image

import generative
from generative.__main__ import main
from generative.errors import BadCheckpoint, GenerativeError, InvalidOption, NotSupported, UnknownModel
from generative.inference.pictures import provenance
from generative.library import card, hub, weights
from generative.library.entries import Library
from generative.models.model import drain
from generative.seeds import Seeds
from tests.building import build
from tests.library.hub_server import TOKEN, HubServer

TINY = {
    "vae": {"classes": ["a", "b"], "channels": 8, "latent": 4},
    "ddpm": {"classes": ["a", "b"], "channels": [16, 32], "attention": [False, True], "layers_per_block": 1},
}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A hub of our own that huggingface_hub talks to, signed in, with an empty cache."""
    with HubServer() as server:
        server.be_the_hub(monkeypatch, tmp_path / "cache")
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield server


def checkpoint(folder: Path, kind: str) -> Path:
    torch.manual_seed(0)
    weights.save(folder, kind, build(kind, TINY[kind]), {"seed": 0, "steps": 0}, "toys")
    card.write_card(folder)
    return folder


@pytest.mark.parametrize("kind", TINY)
def test_a_model_comes_back_from_the_hub_as_it_was_pushed(server: HubServer, tmp_path: Path, kind: str) -> None:
    folder = checkpoint(tmp_path / kind, kind)
    commit = hub.push(folder, f"someone/{kind}").rpartition("/")[2]
    here = drain(generative.load(str(folder)).sample(Seeds(3, 2))).images
    for revision in ("", "@main", f"@{commit}"):
        there = drain(generative.load(f"hf:someone/{kind}{revision}").sample(Seeds(3, 2))).images
        assert torch.equal(here, there)


def test_an_old_commit_stays_what_it_was(server: HubServer, tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "vae", "vae")
    first = hub.push(folder, "someone/vae").rpartition("/")[2]
    old = drain(generative.load(str(folder)).sample(Seeds(0))).images
    torch.manual_seed(1)
    weights.save(folder, "vae", build("vae", TINY["vae"]), {})
    second = hub.push(folder, "someone/vae").rpartition("/")[2]
    assert first != second
    assert torch.equal(old, drain(generative.load(f"hf:someone/vae@{first}").sample(Seeds(0))).images)
    assert not torch.equal(old, drain(generative.load("hf:someone/vae").sample(Seeds(0))).images)


def test_a_downloaded_commit_is_used_when_the_hub_is_down(server: HubServer, tmp_path: Path) -> None:
    hub.push(checkpoint(tmp_path / "vae", "vae"), "someone/vae")
    folder = hub.download("hf:someone/vae")
    server.stop()
    assert hub.download("hf:someone/vae") == folder


def test_only_what_belongs_to_a_checkpoint_is_pushed(server: HubServer, tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "ddpm", "ddpm")
    (folder / "state.pt").write_bytes(b"pickle")
    (folder / "notes.txt").write_text("private")
    hub.push(folder, "someone/ddpm")
    repository = server.repositories["someone/ddpm"]
    assert set(repository.commits[repository.refs["main"]]) == {
        ".gitattributes",
        "README.md",
        "config.json",
        "scheduler/scheduler_config.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
    }


def test_the_card_is_what_the_hub_shows_first(server: HubServer, tmp_path: Path) -> None:
    hub.push(checkpoint(tmp_path / "vae", "vae"), "someone/vae")
    repository = server.repositories["someone/vae"]
    assert repository.commits[repository.refs["main"]]["README.md"].startswith(b"---\n")
    assert "POST /api/validate-yaml" in server.requests


def test_a_private_model_is_seen_with_a_token_only(
    server: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.push(checkpoint(tmp_path / "vae", "vae"), "someone/secret", private=True)
    assert server.repositories["someone/secret"].private
    assert hub.download("hf:someone/secret").is_dir()
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "another cache"))
    with pytest.raises(UnknownModel, match="no repository someone/secret, or it is private"):
        generative.load("hf:someone/secret")


def test_a_pickle_is_never_downloaded(server: HubServer, tmp_path: Path) -> None:
    config = (checkpoint(tmp_path / "vae", "vae") / "config.json").read_bytes()
    server.add("someone/pickled", {"config.json": config, "model.pt": b"evil", "pytorch_model.bin": b"evil"})
    with pytest.raises(BadCheckpoint, match=r"model\.safetensors is missing"):
        generative.load("hf:someone/pickled")
    assert not [r for r in server.requests if r.endswith((".pt", ".bin")) or "/cdn/" in r]


def test_a_damaged_download_is_refused(server: HubServer, tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "vae", "vae")
    half = (folder / "model.safetensors").read_bytes()[:5000]
    server.add("someone/half", {"config.json": (folder / "config.json").read_bytes(), "model.safetensors": half})
    with pytest.raises(BadCheckpoint, match="truncated"):
        generative.load("hf:someone/half")


@pytest.mark.parametrize(
    ("id", "error", "words"),
    [
        ("hf:nobody/nothing", UnknownModel, "no repository nobody/nothing"),
        ("hf:someone/vae@v9", UnknownModel, "no revision 'v9'"),
        ("hf:someone/vae@" + "0" * 40, UnknownModel, "no revision"),
        ("hf:someone", UnknownModel, "no hub id"),
        ("hf:someone/vae@", UnknownModel, "no hub id"),
        ("hf:../../etc/passwd", UnknownModel, "no hub id"),
        ("hf:some--one/va..e", UnknownModel, "no repository"),
        ("hf:someone/empty", BadCheckpoint, r"config\.json is missing"),
    ],
)
def test_what_is_not_on_the_hub_is_named(server: HubServer, id: str, error: type[GenerativeError], words: str) -> None:
    server.add("someone/vae", {"config.json": b"{}"})
    server.add("someone/empty", {"other.txt": b""})
    with pytest.raises(error, match=words):
        generative.load(id)


@pytest.mark.parametrize(
    ("typed", "id"),
    [
        ("hf:someone/vae", "hf:someone/vae"),
        ("HF:someone/vae@v1", "hf:someone/vae@v1"),
        ("hf://someone/vae", "hf:someone/vae"),
        (" https://huggingface.co/someone/vae ", "hf:someone/vae"),
        ("https://huggingface.co/someone/vae/", "hf:someone/vae"),
        ("huggingface.co/someone/vae?library=x#files", "hf:someone/vae"),
        ("HTTPS://HuggingFace.co/someone/vae/tree/v1", "hf:someone/vae@v1"),
        ("https://hf.co/someone/vae/blob/main/unet/config.json", "hf:someone/vae@main"),
        ("https://huggingface.co/someone/vae/tree/refs%2Fpr%2F1", "hf:someone/vae@refs/pr/1"),
    ],
)
def test_addresses_and_ids_are_understood_in_any_form(typed: str, id: str) -> None:
    assert hub.is_meant(typed)
    assert hub.parse(typed).id == id


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("https://huggingface.co/datasets/someone/toys", "the address of a data set, not of a model"),
        ("https://huggingface.co/spaces/someone/app", "the address of an app, not of a model"),
        ("https://huggingface.co/someone", "no hub id. Type hf:owner/name"),
        ("hf.co/", "no hub id"),
    ],
)
def test_other_addresses_are_answered_with_what_to_type(typed: str, words: str) -> None:
    assert hub.is_meant(typed)
    with pytest.raises(UnknownModel, match=words):
        generative.load(typed)
    assert not hub.is_meant("https://example.org/someone/vae") and not hub.is_meant("fashion-mnist/vae")


def test_an_address_opens_the_model_under_its_id(server: HubServer, tmp_path: Path) -> None:
    hub.push(checkpoint(tmp_path / "vae", "vae"), "someone/vae")
    entry = Library(tmp_path, outside=True).entry(f"{server.url}/someone/vae/tree/main")
    assert (entry.id, entry.dataset) == ("hf:someone/vae@main", "toys")


def test_a_download_that_was_cut_short_is_fetched_again(server: HubServer, tmp_path: Path) -> None:
    hub.push(checkpoint(tmp_path / "vae", "vae"), "someone/vae")
    folder = hub.download("hf:someone/vae")
    whole = (folder / "model.safetensors").read_bytes()
    for name, cut in (("model.safetensors", whole[:5000]), ("model.safetensors", b""), ("config.json", b"")):
        (folder / name).resolve().write_bytes(cut)
        assert hub.download("hf:someone/vae") == folder
        assert (folder / "model.safetensors").read_bytes() == whole
        generative.load("hf:someone/vae")
    (folder / "model.safetensors").unlink()
    generative.load("hf:someone/vae")


def test_a_copy_that_was_cut_short_is_told_when_the_hub_is_down(server: HubServer, tmp_path: Path) -> None:
    hub.push(checkpoint(tmp_path / "vae", "vae"), "someone/vae")
    (hub.download("hf:someone/vae") / "model.safetensors").resolve().write_bytes(b"")
    server.stop()
    close_session()  # what is still connected would be answered
    with pytest.raises(GenerativeError, match=r"Cannot fetch someone/vae from the hub: .*Check the network"):
        hub.download("hf:someone/vae")


def test_another_librarys_model_is_named_before_its_weights_are_fetched(server: HubServer) -> None:
    index = {"_class_name": "StableDiffusionXLPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}
    weights = {"unet/diffusion_pytorch_model.safetensors": b"many gigabytes"}
    server.add("someone/sd", {"model_index.json": json.dumps(index).encode(), **weights})
    server.add("someone/bert", {"config.json": b'{"model_type": "bert"}', "model.safetensors": b"large"})
    server.add("someone/lora", {"adapter_config.json": b"{}", "adapter_model.safetensors": b"large"})
    server.add("someone/old", {"pytorch_model.bin": b"large"})
    for repo, words in (
        ("sd", "a pipeline of diffusers, StableDiffusionXLPipeline"),
        ("bert", "a model of transformers, bert"),
        ("lora", "an adapter"),
        ("old", "a pickle"),
    ):
        with pytest.raises(BadCheckpoint, match=f"hf:someone/{repo} cannot be opened. This is {words}"):
            generative.load(f"hf:someone/{repo}")
    assert not [r for r in server.requests if "/cdn/" in r or r.endswith((".safetensors", ".bin"))]


def test_a_hub_that_is_down_is_told_in_one_line(server: HubServer, tmp_path: Path) -> None:
    server.stop()
    with pytest.raises(GenerativeError, match=r"Cannot fetch someone/vae from the hub: .*Check the network") as failure:
        generative.load("hf:someone/vae")
    assert "\n" not in str(failure.value)
    with pytest.raises(GenerativeError, match=r"Cannot upload to someone/vae: .*Check the network"):
        hub.push(checkpoint(tmp_path / "vae", "vae"), "someone/vae")


def test_pushing_needs_a_token_a_name_and_a_checkpoint(
    server: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkpoint(tmp_path / "vae", "vae")
    with pytest.raises(InvalidOption, match="no name for a repository") as failure:
        hub.push(folder, "too/many/parts")
    assert failure.value.field == "repo"
    with pytest.raises(BadCheckpoint, match="no checkpoint"):
        hub.push(tmp_path, "someone/vae")
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(GenerativeError, match="hf auth login"):
        hub.push(folder, "someone/vae")
    assert not server.repositories


def test_the_command_line_pushes_and_samples(
    server: HubServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sampling as a person does it: in a process of its own, told of the hub by the environment."""
    folder = checkpoint(tmp_path / "tiny" / "vae", "vae")
    assert main(["push", "tiny/vae", "someone/vae", "--root", str(tmp_path)]) == 0
    url = capsys.readouterr().out.strip()
    assert url.startswith(f"{server.url}/someone/vae/commit/")
    words = ["--count", "2", "--seed", "5", "--device", "cpu", "--out"]
    assert main(["sample", str(folder), *words, str(tmp_path / "here.png")]) == 0
    id = f"hf:someone/vae@{url.rpartition('/')[2]}"
    command = [sys.executable, "-m", "generative", "sample", id, *words, str(tmp_path / "there.png")]
    environment = {
        **os.environ,
        "HF_ENDPOINT": server.url,
        "HF_HOME": str(tmp_path / "home"),
        "HF_TOKEN": TOKEN,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    where = weights.ROOT.parent
    done = subprocess.run(command, env=environment, cwd=where, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    here, there = (Image.open(tmp_path / name) for name in ("here.png", "there.png"))
    assert here.tobytes() == there.tobytes()
    assert provenance.read_note((tmp_path / "there.png").read_bytes())["model"] == id


def test_diffusers_reads_our_diffusion_folder(tmp_path: Path) -> None:
    """The same v from diffusers' own classes, and the same noise schedule."""
    folder = checkpoint(tmp_path / "ddpm", "ddpm")
    ours = weights.load(folder)
    unet = UNet2DModel.from_pretrained(folder / "unet").eval()
    scheduler = DDPMScheduler.from_pretrained(folder / "scheduler")
    x_t, t, labels = torch.randn(2, 4, 14, 14), torch.tensor([10, 700]), torch.tensor([0, 2])
    with torch.inference_mode():
        v = unet(x_t, t, class_labels=labels).sample
        torch.testing.assert_close(v, ours(x_t, t, labels), rtol=1e-5, atol=1e-5)
    assert scheduler.config.prediction_type == "v_prediction"
    assert scheduler.config.clip_sample is False
    assert scheduler.alphas_cumprod.double().equal(ours.process.alpha_bar)


def test_no_pipeline_is_promised_that_could_not_run(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="model_index"):
        DiffusionPipeline.from_pretrained(checkpoint(tmp_path / "ddpm", "ddpm"))


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """What `save_pretrained` of diffusers writes, and weights in other forms beside it."""
    looks = {"sample_size": 8, "block_out_channels": (8,), "norm_num_groups": 4, "layers_per_block": 1}
    unet = UNet2DModel(down_block_types=("DownBlock2D",), up_block_types=("UpBlock2D",), **looks)
    folder = tmp_path / "pipeline"
    DDPMPipeline(unet, DDPMScheduler()).save_pretrained(folder)
    for name in ("diffusion_pytorch_model.fp16.safetensors", "diffusion_pytorch_model.bin"):
        (folder / "unet" / name).write_bytes(b"not wanted")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_pipeline_of_diffusers_comes_with_just_what_is_needed(server: HubServer, pipeline: Path) -> None:
    server.add("someone/pipeline", files(pipeline))
    there = drain(generative.load("hf:someone/pipeline").sample(Seeds(3, 2))).images
    assert torch.equal(there, drain(generative.load(str(pipeline)).sample(Seeds(3, 2))).images)
    assert not [request for request in server.requests if "fp16" in request or ".bin" in request]
    server.stop()
    assert generative.load("hf:someone/pipeline"), "and is there when the hub is not"


def test_a_pipeline_that_cannot_be_opened_or_is_too_large_is_refused_before_its_weights_come(
    server: HubServer, pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "memory", lambda: 1000)
    server.add("someone/large", files(pipeline))
    with pytest.raises(NotSupported, match=r"hf:someone/large has weights of .* GB of memory"):
        generative.load("hf:someone/large")
    wide = files(pipeline) | {"unet/config.json": b'{"_class_name": "UNet2DModel", "sample_size": [8, 16]}'}
    server.add("someone/wide", wide)
    with pytest.raises(BadCheckpoint, match=r"hf:someone/wide cannot be opened\. unet/config\.json: sample_size"):
        generative.load("hf:someone/wide")
    assert not [request for request in server.requests if "safetensors" in request]
