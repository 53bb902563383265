"""An autoencoder's weights are kept once: what learnt on top of it finds them in the folder beside its own."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from generative.errors import BadCheckpoint
from generative.library import hub, weights
from generative.library.entry import describe
from generative.models.autoencoders.vqvae import VQVAE
from generative.models.transformer.vq_transformer import VQTransformer
from tests.library.hub_server import HubServer
from tests.library.test_hub import server

__all__ = ["server"]
FILE = "vqvae.safetensors"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A VQ-VAE, and a transformer that took it over."""
    torch.manual_seed(0)
    autoencoder, model = VQVAE(VQVAE.Config.tiny()), VQTransformer(VQTransformer.Config.tiny(classes=()))
    weights.save(tmp_path / "toys" / "vqvae", "vqvae", autoencoder, {}, "toys")
    model.vqvae.load_state_dict(weights.load(tmp_path / "toys" / "vqvae").state_dict())
    weights.save(tmp_path / "toys" / "vq-transformer", "vq-transformer", model, {}, "toys")
    return tmp_path / "toys"


def parts_of(folder: Path) -> dict[str, dict[str, str]]:
    return json.loads((folder / "config.json").read_text()).get("parts", {})


def test_weights_that_lie_beside_are_named_and_found(root: Path) -> None:
    folder = root / "vq-transformer"
    assert not (folder / FILE).exists() and parts_of(folder)[FILE]["of"] == "vqvae"
    model, images = weights.load(folder), torch.rand(2, 1, 8, 8)
    assert isinstance(model, VQTransformer)
    assert model.vqvae.tokens(images).equal(weights.load(root / "vqvae").tokens(images))
    entry = describe("toys/vq-transformer", folder)
    own, beside = (folder / "model.safetensors").stat().st_size, (root / "vqvae" / "model.safetensors").stat().st_size
    assert entry.problem is None and entry.file_size == own + beside


def test_a_folder_with_all_of_it_needs_nothing_beside(root: Path, tmp_path: Path) -> None:
    alone = Path(shutil.copytree(root / "vq-transformer", tmp_path / "alone" / "copy"))
    with pytest.raises(BadCheckpoint, match=r"vqvae\.safetensors is missing: it is the model\.safetensors of vqvae"):
        weights.load(alone)
    shutil.copyfile(root / "vqvae" / "model.safetensors", alone / FILE)
    assert describe("copy", alone).problem is None
    weights.save(alone, "vq-transformer", weights.load(alone), {})
    assert (alone / FILE).is_file() and not parts_of(alone), "nothing lies beside it to be named"


def test_another_autoencoder_in_its_place_is_noticed(root: Path) -> None:
    other = VQVAE(VQVAE.Config.tiny())
    weights.save(root / "vqvae", "vqvae", other, {}, "toys")
    problem = describe("toys/vq-transformer", root / "vq-transformer").problem
    assert problem is not None and "another training of it, or damaged" in problem
    shutil.rmtree(root / "vqvae")
    assert "missing" in str(describe("toys/vq-transformer", root / "vq-transformer").problem)


def test_a_part_of_other_numbers_is_written_into_the_folder(root: Path) -> None:
    model = weights.load(root / "vq-transformer")
    next(model.get_submodule("vqvae").parameters())[0] += 1
    weights.save(root / "vq-transformer", "vq-transformer", model, {})
    assert (root / "vq-transformer" / FILE).is_file() and not parts_of(root / "vq-transformer")


@pytest.mark.parametrize(
    "parts",
    [
        "vqvae",
        {"model.pt": {"of": "vqvae", "sha256": "0" * 64}},
        {FILE: {"of": "../../etc", "sha256": "0" * 64}},
        {FILE: {"of": "vqvae", "sha256": "short"}},
        {FILE: ["vqvae"]},
    ],
)
def test_parts_name_nothing_but_models_that_there_are(root: Path, parts: object) -> None:
    path = root / "vq-transformer" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "parts": parts}))
    with pytest.raises(BadCheckpoint, match="parts must name"):
        weights.load(path.parent)


def test_the_hub_gets_all_of_it(server: HubServer, root: Path) -> None:
    (root / "vq-transformer" / "README.md").write_text("---\nlicense: mit\n---\n")
    hub.push(root / "vq-transformer", "someone/writer")
    there, here = hub.download("hf:someone/writer"), weights.load(root / "vq-transformer")
    assert (there / FILE).is_file()
    again, images = weights.load(there), torch.rand(2, 1, 8, 8)
    assert again.get_submodule("vqvae").encode(images).equal(here.get_submodule("vqvae").encode(images))
