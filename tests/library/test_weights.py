"""A checkpoint is read strictly: what is damaged is refused with its reason, and never stops the others."""

import json
import pickle
import resource
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import generative
from generative.errors import BadCheckpoint, CannotWrite, UnknownModel
from generative.library import card, weights
from generative.library import entries as library
from tests.building import build
from tests.committed import ENTRIES

TINY = {
    "ae": {"hidden": 8, "latent": 4},
    "conv-ae": {"channels": 8, "latent": 4},
    "vae-2d": {"channels": 8},
    "vae": {"channels": 8, "latent": 4},
    "dcgan": {"generator_channels": 8, "discriminator_channels": 8, "latent": 8},
    "gated-pixelcnn": {"channels": 8, "dilations": [1, 2], "size": 8},
    "ddpm": {"channels": [16, 32], "attention": [False, True], "layers_per_block": 1},
    "classifier": {"channels": 8},
}
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pristine")
    for kind, config in TINY.items():
        torch.manual_seed(0)
        model = build(kind, {"classes": ["a", "b"], **config})
        weights.save(root / "tiny" / kind, kind, model, {"seed": 0})
    return root


@pytest.fixture
def root(pristine: Path, tmp_path: Path) -> Path:
    """Good checkpoints of all kinds, to be damaged."""
    return Path(shutil.copytree(pristine, tmp_path / "checkpoints"))


def change_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    for path, value in changes.items():
        place, _, name = path.rpartition("__")
        (config[place] if place else config)[name] = value
    (folder / "config.json").write_text(json.dumps(config))


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    tensors = load_file(folder / WEIGHTS)
    change(tensors)
    save_file(tensors, folder / WEIGHTS)


def replace_by_pickle(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    (folder / "model.pt").write_bytes(pickle.dumps({"decoder": 1}))


def write(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def cut(size: int) -> Callable[[Path], object]:
    return lambda folder: (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:size])


def whole(tensors: dict[str, torch.Tensor]) -> None:
    tensors["decoder.0.bias"] = tensors["decoder.0.bias"].to(torch.int64)


def grow(tensors: dict[str, torch.Tensor]) -> None:
    tensors["decoder.0.weight"] = torch.zeros(3, 3)


DAMAGE = {
    "bad JSON": (write("config.json", b"{"), r"config\.json cannot be read"),
    "no text": (write("config.json", b"\xff\xfe\x00"), r"config\.json cannot be read"),
    "deep JSON": (write("config.json", b"[" * 100_000), r"config\.json cannot be read"),
    "a list": (write("config.json", b"[]"), "holds no JSON object"),
    "no class": (write("config.json", b"{}"), "names the model class None"),
    "unknown class": (lambda f: change_config(f, model="vea"), "class 'vea'. Did you mean var or vae"),
    "class of another type": (lambda f: change_config(f, model=["vae"]), "names the model class"),
    "no config": (lambda f: change_config(f, config=None), 'holds no "config"'),
    "unknown entry": (lambda f: change_config(f, config__latnet=4), "entry 'latnet'. Did you mean latent"),
    "text for a number": (lambda f: change_config(f, config__latent="4"), "latent cannot be '4'"),
    "bool for a number": (lambda f: change_config(f, config__latent=True), "latent cannot be True"),
    "no number": (lambda f: change_config(f, config__latent=float("nan")), "latent cannot be nan"),
    "negative": (lambda f: change_config(f, config__channels=-8), "channels cannot be -8"),
    "classes are no names": (
        lambda f: change_config(f, config__told=[{"class": [1, 2]}]),
        "does not describe a condition",
    ),
    "training is no object": (lambda f: change_config(f, training="yes"), "training must be an object"),
    "wrong size": (lambda f: change_config(f, config__latent=5), r"has the shape \(160, 4\), not \(160, 5\)"),
    "no weights": (lambda f: (f / WEIGHTS).unlink(), r"model\.safetensors is missing"),
    "pickle": (replace_by_pickle, r"model\.pt is a pickle, .* could run any code"),
    "empty weights": (cut(0), "truncated or no safetensors"),
    "truncated header": (cut(100), "truncated or no safetensors"),
    "truncated weights": (cut(-1), "truncated or no safetensors"),
    "other bytes": (write(WEIGHTS, b"PK" + bytes(5000)), "truncated or no safetensors"),
    "wrong shape": (lambda f: change_weights(f, grow), r"decoder\.0\.weight has the shape \(3, 3\)"),
    "missing tensor": (lambda f: change_weights(f, lambda t: t.pop("decoder.0.bias")), r"lacks decoder\.0\.bias"),
    "extra tensor": (lambda f: change_weights(f, lambda t: t.update(extra=torch.zeros(1))), "holds extra, which"),
    "no config.json": (lambda f: (f / "config.json").unlink(), r"config\.json is missing"),
    "no data set": (lambda f: change_config(f, dataset="../etc"), r"dataset must be the id .* not '\.\./etc'"),
    "whole numbers": (lambda f: change_weights(f, whole), r"decoder\.0\.bias holds whole numbers where floating-point"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_checkpoint_is_refused_with_its_reason_and_the_others_work(root: Path, name: str) -> None:
    damage, reason = DAMAGE[name]
    folder = root / "tiny" / "vae"
    damage(folder)
    with pytest.raises(BadCheckpoint, match=reason):
        weights.load(folder)
    entries = {entry.id: entry for entry in library.available(root)}
    assert len(entries) == len(TINY)
    assert {id for id, entry in entries.items() if entry.problem} == {"tiny/vae"}
    assert entries["tiny/vae"].state == "damaged" and entries["tiny/vae"].family == "autoencoders"
    with pytest.raises(BadCheckpoint, match=reason):
        raise BadCheckpoint(entries["tiny/vae"].problem)
    assert str(root) not in entries["tiny/vae"].problem
    with pytest.raises(BadCheckpoint):
        card.write_card(folder)
    generative.load("tiny/dcgan", root=root)


def test_a_folder_without_anything_of_a_model_is_no_checkpoint(root: Path) -> None:
    (root / "tiny" / "notes").mkdir()
    (root / "tiny" / "notes" / "README.md").write_text("of the others")
    assert "tiny/notes" not in [entry.id for entry in library.available(root)]
    with pytest.raises(BadCheckpoint, match=r"config\.json is missing"):
        generative.load(str(root / "tiny" / "notes"))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_neither_loaded_nor_saved(root: Path, number: float) -> None:
    folder = root / "tiny" / "vae"
    model = weights.load(folder)
    before = (folder / WEIGHTS).read_bytes()
    next(model.parameters())[0] = number
    with pytest.raises(BadCheckpoint, match="holds NaN or infinite numbers"):
        weights.save(folder, "vae", model, {})
    assert (folder / WEIGHTS).read_bytes() == before
    change_weights(folder, lambda tensors: tensors["decoder.0.bias"].fill_(number))
    with pytest.raises(BadCheckpoint, match=r"decoder\.0\.bias holds NaN or infinite numbers"):
        weights.load(folder)


def test_what_half_precision_cannot_hold_is_saved_in_single(root: Path) -> None:
    folder = root / "tiny" / "conv-ae"
    model = weights.load(folder)
    norm = next(m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d))
    norm.running_var[0], norm.running_var[1], norm.weight[0] = 70_000.0, 2e-8, 1e6
    weights.save(folder, "conv-ae", model, {})
    again = next(m for m in weights.load(folder).modules() if isinstance(m, torch.nn.BatchNorm2d))
    assert torch.equal(again.running_var, norm.running_var) and torch.equal(again.weight, norm.weight)
    kinds = {tensor.dtype for key, tensor in load_file(folder / WEIGHTS).items() if key.endswith("weight")}
    assert kinds == {torch.float16, torch.float32}


ABSURD = [
    ("gated-pixelcnn", {"dilations": [1] * 256}),
    ("vae", {"channels": 10**6}),
    ("vae", {"latent": 16_000}),
    ("vae", {"size": 16_000}),
    ("vae", {"size": 0}),
    ("ae", {"hidden": 16_000}),
    ("conv-ae", {"size": 1022}),
    ("conv-ae", {"channels": 16_000}),
    ("vae-2d", {"hidden": 10**6}),
    ("dcgan", {"latent": 10**12}),
    ("dcgan", {"discriminator_channels": 16_000}),
    ("dcgan", {"generator_channels": 16_000}),
    ("gated-pixelcnn", {"size": 10**6}),
    ("gated-pixelcnn", {"dilations": [1] * 10**6}),
    ("gated-pixelcnn", {"channels": 16_000}),
    ("ddpm", {"size": 10**5}),
    ("ddpm", {"channels": [16_000, 16_000]}),
    ("ddpm", {"num_train_timesteps": 10**9}),
    ("ddpm", {"channels": []}),
    ("ddpm", {"attention": []}),
    ("ddpm", {"fold": 0}),
    ("ddpm", {"layers_per_block": 10**6}),
    ("ddpm", {"layers_per_block": 16_384}),
    ("ddpm", {"channels": [16] * 256, "attention": [True] * 256}),
    ("ddpm", {"beta_schedule": "x" * 1000}),
    ("classifier", {"channels": 16_000}),
    ("classifier", {"classes": ["a"] * 300}),
]


@pytest.mark.parametrize(("kind", "config"), ABSURD, ids=lambda value: str(value)[:40])
def test_an_absurd_config_is_refused_before_it_takes_memory(root: Path, kind: str, config: dict[str, object]) -> None:
    folder = root / "tiny" / kind
    change_config(folder, **{f"config__{name}": value for name, value in config.items()})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadCheckpoint):
        weights.load(folder)
    assert library.describe(f"tiny/{kind}", folder).problem
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown / (2**20 if sys.platform == "darwin" else 2**10) < 200  # MiB


@pytest.mark.parametrize("kind", TINY)
def test_saving_and_loading_keeps_the_weights_to_half_precision(tmp_path: Path, kind: str) -> None:
    model = build(kind, {"classes": ["a", "b"], **TINY[kind]})
    weights.save(tmp_path, kind, model, {})
    loaded = weights.load(tmp_path)
    assert loaded.config == model.config
    assert not loaded.training
    for name, tensor in loaded.state_dict().items():
        assert tensor.dtype == model.state_dict()[name].dtype
        assert torch.equal(tensor, model.state_dict()[name].half().to(tensor.dtype))
    entry = library.describe(f"tiny/{kind}", tmp_path)
    assert entry.problem is None
    assert entry.parameters == model.parameter_count
    json.dumps(entry.describe())


def test_a_checkpoint_holds_all_networks_of_a_gan_and_the_scale_of_an_autoencoders_codes(pristine: Path) -> None:
    parts = {key.partition(".")[0] for key in load_file(pristine / "tiny" / "dcgan" / WEIGHTS)}
    assert parts == {"generator", "discriminator"}
    assert {"scale.running_mean", "scale.running_var"} < set(load_file(pristine / "tiny" / "conv-ae" / WEIGHTS))


def test_a_gan_without_its_discriminator_is_refused(root: Path) -> None:
    folder = root / "tiny" / "dcgan"
    generator = {k: v for k, v in load_file(folder / WEIGHTS).items() if k.startswith("generator.")}
    save_file(generator, folder / WEIGHTS)
    with pytest.raises(BadCheckpoint, match=r"lacks discriminator\."):
        weights.load(folder)


@pytest.mark.parametrize("kind", TINY)
def test_every_model_gets_a_card_with_front_matter_limits_and_figures(root: Path, kind: str) -> None:
    folder = root / "tiny" / kind
    figures = {"fid": {"value": 12.3456, "unit": "", "how": "a | b\nc"}, "precision": {"value": 0.5, "unit": "share"}}
    weights.write_json(folder / "metrics.json", {**figures, "protocol": {"device": "cpu"}})
    text = card.write_card(folder).read_text()
    front, body = text.removeprefix("---\n").split("\n---\n", 1)
    assert "license: mit" in front.splitlines()
    assert f"- {kind}" in front.splitlines()
    assert "## Limits\n\n" in body
    assert len(body.split("## Limits\n\n")[1].split("\n")[0]) > 100
    assert "| FID | 12.35 | a \\| b c |" in body
    assert "| Precision | 0.50 |  |" in body
    assert ("samples.png" in body) == (folder / "samples.png").exists()


def test_an_unknown_model_is_told_with_near_names(root: Path) -> None:
    with pytest.raises(UnknownModel, match=r"There is no model 'tiny/vea'\. Did you mean tiny/vae"):
        generative.load("tiny/vea", root=root)
    for id in ("", "x" * 5000, "a\0b", "tiny", "../tiny"):
        with pytest.raises(UnknownModel, match="There is no model"):
            generative.load(id, root=root)


def test_no_checkpoints_are_no_error(tmp_path: Path) -> None:
    assert library.available(tmp_path / "nowhere") == []


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite, match=r"Cannot write to .*file"):
        weights.save(tmp_path / "file", "vae", build("vae", {"classes": ["a"], **TINY["vae"]}), {})
    with pytest.raises(CannotWrite) as failure, weights.writing(tmp_path), weights.writing(tmp_path / "inner"):
        raise OSError(28, "No space left on device")
    assert str(failure.value).count("Cannot write") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(CannotWrite, match="No space left on device"), weights.writing(Path("/dev/full")):
        weights.write_json(Path("/dev/full"), {})


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_committed_checkpoint_can_be_used(entry: library.Entry) -> None:
    assert entry.problem is None
    assert card.render(entry)
