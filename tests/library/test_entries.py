"""A library finds models by id and, for the owner of the machine, by folder or on the hub."""

import json
import shutil
from pathlib import Path

import pytest
import torch

import generative
from generative.errors import BadCheckpoint, UnknownModel
from generative.library import card, weights
from generative.library.entries import Library, describe
from generative.models import registry
from tests.building import build

CONFIG = {"classes": ["a", "b"], "channels": 8, "latent": 4}
MEGABYTE = 1_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "checkpoints"
    for dataset in ("toys", "shoes"):
        torch.manual_seed(0)
        weights.save(root / dataset / "vae", "vae", build("vae", CONFIG), {"seed": 0}, dataset)
    classifier = build("classifier", {"classes": ["a", "b"], "channels": 8})
    weights.save(root / "toys" / "classifier", "classifier", classifier, {}, "toys")
    (root / "toys" / "broken").mkdir()
    (root / "toys" / "broken" / "config.json").write_text("{")
    return root


def test_models_are_found_by_ability_family_and_data_set(root: Path) -> None:
    library = Library(root)
    assert set(library.entries) == {"toys/vae", "shoes/vae", "toys/classifier", "toys/broken"}
    assert {e.id for e in library.usable()} == {"toys/vae", "shoes/vae", "toys/classifier"}
    assert [e.id for e in library.usable("samples", dataset="toys")] == ["toys/vae"]
    assert [e.id for e in library.usable(family="classifier")] == ["toys/classifier"]
    assert library.load(library.entry("toys/vae")).title == registry.MODELS["vae"].title
    with pytest.raises(BadCheckpoint, match=r"toys/broken is unavailable: config\.json cannot be read"):
        library.entry("toys/broken")


@pytest.mark.parametrize("id", [None, 3, ["toys/vae"], {}, "", "toys/vea", "x" * 5000, "a\0b", "../toys/vae"])
def test_what_is_no_id_is_told_with_what_there_is(root: Path, id: object) -> None:
    for outside in (False, True):
        with pytest.raises(UnknownModel, match="There is no model"):
            Library(root, outside).entry(id)


def test_only_the_owner_of_the_machine_opens_folders_and_the_hub(root: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(root / "toys" / "vae", tmp_path / "elsewhere" / "mine"))
    for id in (str(folder), "hf:someone/vae", "https://huggingface.co/someone/vae"):
        with pytest.raises(UnknownModel):
            Library(root).entry(id)
    with pytest.raises(UnknownModel, match="opened by the owner of the machine"):
        Library(root).entry("hf:someone/vae")
    entry = Library(root, outside=True).entry(str(folder))
    assert (entry.id, entry.dataset) == ("mine", "toys")
    assert Library(root, outside=True).load(entry).config.latent == 4


def test_a_copied_folder_keeps_its_data_set_and_its_card(root: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(root / "toys" / "vae", tmp_path / "models" / "vae"))
    assert describe(str(folder), folder).dataset == "toys"
    text = card.write_card(folder).read_text()
    assert 'generative.load("toys/vae")' in text and str(tmp_path) not in text


def test_an_older_checkpoint_is_of_the_data_set_around_it_in_a_library_only(root: Path, tmp_path: Path) -> None:
    path = root / "toys" / "vae" / "config.json"
    older = {key: value for key, value in json.loads(path.read_text()).items() if key != "dataset"}
    path.write_text(json.dumps(older))
    assert Library(root).entry("toys/vae").dataset == "toys"
    folder = shutil.copytree(root / "toys" / "vae", tmp_path / "models" / "vae")
    assert Library(root, outside=True).entry(str(folder)).dataset == ""


def test_the_root_is_what_the_environment_says_or_the_folder_here(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GENERATIVE_CHECKPOINTS", raising=False)
    monkeypatch.chdir(tmp_path)
    assert "toys/vae" in Library().entries
    monkeypatch.chdir(tmp_path.parent)
    assert "fashion-mnist/vae" in Library().entries
    monkeypatch.setenv("GENERATIVE_CHECKPOINTS", str(root))
    assert Library().root == root


def test_a_name_that_may_be_a_repository_is_answered_with_what_to_type(root: Path) -> None:
    with pytest.raises(UnknownModel, match="on the Hugging Face Hub, type hf:someone/diffusion"):
        Library(root, outside=True).entry("someone/diffusion")
    with pytest.raises(UnknownModel, match="type hf:someone/diffusion"):
        generative.load("someone/diffusion", root=root)


def test_all_checkpoints_are_small_enough_for_a_repository() -> None:
    repository = Path(generative.__file__).parents[1] / "checkpoints"
    sizes = {path: path.stat().st_size for path in repository.rglob("*") if path.is_file()}
    assert sum(sizes.values()) <= 80 * MEGABYTE
    assert [path for path, size in sizes.items() if size > 9.5 * MEGABYTE] == []


@pytest.mark.parametrize("entry", Library().entries.values(), ids=lambda entry: entry.id)
def test_every_committed_checkpoint_says_what_it_learnt_from_and_was_measured(entry: generative.Entry) -> None:
    config = json.loads((entry.folder / "config.json").read_text())
    assert config["dataset"] == entry.dataset == entry.folder.parent.name
    assert entry.state == "ready" and entry.notes == ()
