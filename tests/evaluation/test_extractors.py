"""Features of networks that others measure with, which come from outside: what is said where they cannot, and that
their figures stand beside this project's own. Inception is the real one, its weights those of no training."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from generative.__main__ import main
from generative.errors import NotSupported
from generative.evaluation.distance import elsewhere, extractors
from generative.evaluation.distance.extractors import INCEPTION, INSTALL, NETWORKS, Extractor, load
from generative.evaluation.protocol import evaluate
from generative.figures import ELSEWHERE, EXTRACTORS, FIGURES, quantity
from generative.library import card, weights

Save = Callable[..., Path]
CPU = torch.device("cpu")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where PyTorch keeps what it fetched: nothing yet, and no network to fetch it from."""
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path / "hub"))
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    nowhere = replace(NETWORKS["inception"], source=f"http://127.0.0.1:9/{INCEPTION.rpartition('/')[2]}")
    monkeypatch.setitem(NETWORKS, "inception", nowhere)
    return tmp_path / "hub"


def means(images: torch.Tensor) -> tuple[torch.Tensor]:
    """Features of bytes in colour, as torch-fidelity's networks give them: here the means of rows."""
    assert images.dtype == torch.uint8 and images.shape[1] == 3
    return (images.float().mean((1, 3)) / 255,)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> None:
    class Means(nn.Module):
        def forward(self, images: torch.Tensor) -> tuple[torch.Tensor]:
            return means(images)

    elsewhere._known.cache_clear()
    monkeypatch.setattr(extractors, "load", lambda name, device: Extractor(EXTRACTORS[name], Means(), device))


def test_figures_in_others_features_stand_beside_ones_own(save_model: Save, data: Path, network: None) -> None:
    root = save_model("mnist/dcgan", "mnist/classifier")
    own = evaluate("mnist/dcgan", root, data, samples=20, batch=20)
    both = evaluate("mnist/dcgan", root, data, samples=20, batch=20, extractor="inception")
    assert set(both) - set(own) == {f"{id}_inception" for id in ELSEWHERE}
    assert both["fid"] == own["fid"] and both["fid_inception"]["value"] != own["fid"]["value"]
    for id in ELSEWHERE:
        figure = both[f"{id}_inception"]
        assert len(figure["interval"]) == 2 and figure["real"]["how"].endswith(".")
    assert "Inception" in both["fid_inception"]["how"] and "mnist/classifier" in both["fid"]["how"]
    assert both["protocol"]["extractor"] == "mnist/classifier and inception"
    words = card.write_card(weights.find(root)["mnist/dcgan"]).read_text(encoding="utf-8")
    assert "| FID, Inception |" in words and "| KID, Inception |" in words


def test_each_figure_in_others_features_has_words_of_its_own() -> None:
    assert set(NETWORKS) == set(EXTRACTORS)
    for name, title in EXTRACTORS.items():
        assert quantity(f"fid_{name}").title == f"FID, {title}" and title in FIGURES[f"fid_{name}"].help
        assert FIGURES[f"kid_{name}"].better == "lower" and FIGURES[f"recall_{name}"].better == "higher"


def test_without_torch_fidelity_it_says_what_to_install_before_anything_is_drawn(
    save_model: Save, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("torch_fidelity", "torch_fidelity.utils"):
        monkeypatch.setitem(sys.modules, name, None)
    root = save_model("mnist/dcgan", "mnist/classifier")
    wish = ["evaluate", "mnist/dcgan", "--samples", "20", "--extractor", "dinov2", "--device", "cpu"]
    assert main([*wish, "--data", str(data), "--root", str(root)]) == 2
    assert f"DINOv2 comes with torch-fidelity, which is not installed here. Install it: {INSTALL}" in (
        capsys.readouterr().err
    )
    assert not (root / "mnist/dcgan/metrics.json").exists()


def test_what_is_to_be_installed_is_the_extra_of_the_package() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert f"fidelity = [{INSTALL.removeprefix('pip install ')}]" in project


def test_without_a_network_it_says_where_from_and_where_to(cache: Path) -> None:
    pytest.importorskip("torch_fidelity", reason=INSTALL)
    with pytest.raises(NotSupported, match=r"Inception could not be fetched from http.*Connection refused") as error:
        load("inception", CPU)
    assert str(cache) in str(error.value) and error.value.field == "extractor"


class Trap:
    def __reduce__(self) -> tuple:
        return os._exit, (3,)


def test_weights_that_are_more_than_tensors_are_not_read(cache: Path) -> None:
    pytest.importorskip("torch_fidelity", reason=INSTALL)
    torch.save({"Conv2d_1a_3x3": Trap()}, cache / "checkpoints" / INCEPTION.rpartition("/")[2])
    with pytest.raises(NotSupported, match="Inception could not be fetched"):
        load("inception", CPU)


def test_inception_sees_grey_pictures_as_those_in_colour(cache: Path) -> None:
    inception = pytest.importorskip("torch_fidelity.feature_extractor_inceptionv3", reason=INSTALL)
    torch.manual_seed(0)
    file = cache / "checkpoints" / INCEPTION.rpartition("/")[2]
    with pytest.MonkeyPatch.context() as patch:  # a network with no weights yet
        patch.setattr(inception, "load_state_dict_from_url", lambda *_, **__: {})
        patch.setattr(nn.Module, "load_state_dict", lambda *_, **__: None)
        torch.save(inception.FeatureExtractorInceptionV3("", ["2048"]).half().state_dict(), file)
    network = load("inception", CPU)
    grey = torch.rand(1, 1, 8, 8)
    features = network.features_of(grey, "")
    assert features.shape == (1, 2048) and features.isfinite().all()
    assert torch.equal(features, network.features_of(grey.expand(-1, 3, -1, -1), ""))
