"""Features from few labels: the probe against its closed form, what needs no model, and what lies near what."""

import math

import pytest
import torch

from generative.data.by_class import TEST, TRAINING, ByClass, by_class
from generative.data.dataset import data_root
from generative.data.known import DATASETS, read
from generative.errors import InvalidOption, NotSupported
from generative.inference.engine.engine import Engine
from generative.inference.features import few_labels
from generative.inference.features.feature_map import clustered, most_alike, plane
from generative.inference.features.few_labels import Perceived, drawn, learnt, probe, truth
from generative.inference.features.network import taught
from generative.inference.features.probe import fitted, scaled
from generative.inference.features.report import reported
from generative.library import weights
from generative.models.autoencoders.convolutional import ConvConfig
from generative.models.registry import MODELS
from tests.building import build


def toys(apart: float, each: int = 40, dims: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    """Three clouds of unit variance whose means are `apart` from each other."""
    generator, classes = torch.Generator().manual_seed(0), torch.arange(3).repeat_interleave(each)
    means = apart / math.sqrt(2) * torch.eye(3, dims)
    return means[classes] + torch.randn(len(classes), dims, generator=generator), classes


@pytest.mark.parametrize(("count", "dims"), [(60, 6), (4, 6)])
def test_a_probe_is_the_ridge_regression_that_least_squares_find(count: int, dims: int) -> None:
    features, labels = toys(3, each=20)
    features, labels = features[:: 60 // count, :dims], labels[:: 60 // count]
    found, strength = fitted(features, labels, 3, 0.5), 0.5
    x = torch.cat([features - features.mean(0), strength**0.5 * torch.eye(dims)])
    y = torch.nn.functional.one_hot(labels, 3).float()
    wanted = torch.linalg.lstsq(x, torch.cat([y - y.mean(0), torch.zeros(dims, 3)])).solution
    torch.testing.assert_close(found.weight, wanted, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close((features @ found.weight + found.bias).mean(0), y.mean(0), atol=1e-5, rtol=0)


def test_clouds_far_apart_are_told_apart_from_one_label_each_and_clouds_on_each_other_by_chance() -> None:
    for apart, low, high in ((30, 1.0, 1.0), (0, 0.15, 0.55)):
        features, labels = toys(apart, dims=3)
        features = scaled(features, features)
        told = fitted(features[::40], labels[::40], 3).classes(features)
        assert low <= float((told == labels).float().mean()) <= high


def test_scaled_features_have_mean_0_and_together_length_1() -> None:
    features = torch.randn(500, 8) * torch.tensor([1.0, 10, 0.1, 1, 1, 1, 1, 0]) + 5
    of = scaled(features, features)
    assert of.mean(0).abs().max() < 1e-4 and of.isfinite().all()
    assert float(of.square().sum(1).mean()) == pytest.approx(7 / 8, abs=0.05)  # what never changes adds nothing


def test_a_small_network_learns_what_it_is_shown_and_the_same_from_the_same_seed() -> None:
    images = torch.zeros(20, 1, 10, 10)
    images[::2, :, :5], images[1::2, :, 5:] = 1, 1
    before, labels = torch.random.get_rng_state(), torch.arange(20) % 2
    network = taught(images, labels, 2, seed=3)
    assert network(images).argmax(1).equal(labels)
    assert network(images).equal(taught(images, labels, 2, seed=3)(images))
    assert torch.random.get_rng_state().equal(before)


def test_labelled_pictures_are_as_many_of_each_class_and_lie_in_their_order() -> None:
    known = by_class("fashion-mnist")
    assert known.training.shape == (10, TRAINING, 1, 28, 28) and known.test.shape == (10, TEST, 1, 28, 28)
    assert by_class("mnist-dynamic").test.unique().tolist() == [0, 255]
    chosen = drawn(known, 3, seed=1)
    assert (chosen // TRAINING).tolist() == torch.arange(10).repeat_interleave(3).tolist()
    assert not chosen.equal(drawn(known, 3, seed=2))
    if DATASETS["fashion-mnist"].here(data_root()):
        images, labels = read("fashion-mnist", "test")
        assert known.test[3].equal(images[labels == 3][:TEST])
    with pytest.raises(NotSupported, match="Avatars"):
        by_class("avatars")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Untrained: what is random still tells clothes apart."""
    root = tmp_path_factory.mktemp("checkpoints")
    for kind in ("conv-ae", "dcgan"):
        torch.manual_seed(0)
        config = {**MODELS[kind].Config.least, "size": 28}
        model = build(kind, {name: list(v) if isinstance(v, tuple) else v for name, v in config.items()})
        weights.save(root / "fashion-mnist" / kind, kind, model, {}, "fashion-mnist")
    return Engine(root, "cpu")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few_labels, "draws", lambda each: 2 if each < 10 else 1)


@pytest.mark.parametrize("kind", ["conv-ae", "dcgan"])
def test_more_labels_tell_more_and_all_three_are_taught_the_same(machine: Engine, kind: str) -> None:
    entry = machine.entry(f"fashion-mnist/{kind}")
    few, many = learnt(machine, entry, (1, 20))
    assert set(few.accuracies) == {"features", "pixels", "network"} and few.said.shape == (1000,)
    assert many.accuracies["features"].mean > few.accuracies["features"].mean > 0.2
    assert few.accuracies["pixels"].deviation is not None and many.accuracies["pixels"].deviation is None
    again = next(learnt(machine, entry, (1,)))
    assert again.accuracies == few.accuracies and again.said.equal(few.said)


def test_a_probe_is_taught_the_draw_that_its_seed_says() -> None:
    features, labels = toys(4, each=TRAINING)
    kind = DATASETS["fashion-mnist"]
    pictures = torch.zeros(3, TRAINING, 1, 1, 1)
    known, seen = ByClass(kind, pictures, pictures[:, :TEST]), Perceived(features, features)
    taught_by = [probe(seen, known, 2, seed) for seed in (0, 0, 1)]
    assert taught_by[0].equal(taught_by[1]) and not taught_by[0].equal(taught_by[2])
    assert float((probe(seen, known, 100, 0) == labels).float().mean()) > 0.9
    assert truth(known).bincount().tolist() == [TEST] * 3


def test_what_is_asked_for_in_a_wrong_way_is_refused_by_name(machine: Engine) -> None:
    for labels, seed, clusters, field in (("0", 0, 10, "labels"), ("1", -1, 10, "seed"), ("1", 0, 99, "clusters")):
        with pytest.raises(InvalidOption) as refused:
            reported(machine, "fashion-mnist/conv-ae", labels, seed, clusters)
        assert refused.value.field == field


def test_clusters_of_separate_clouds_are_the_classes_and_of_one_cloud_are_not() -> None:
    features, labels = toys(30)
    found = clustered(features, labels, 3)
    assert found.purity == 1 and found.information == pytest.approx(1)
    assert found.of.bincount().tolist() == [40, 40, 40]
    mixed = clustered(torch.randn(120, 6), labels, 3)
    assert mixed.purity < 0.6 and mixed.information < 0.2


def test_the_plane_keeps_what_varies_most_and_the_nearest_come_first() -> None:
    features = torch.zeros(50, 5)
    features[:, 2], features[:, 4] = torch.linspace(0, 100, 50), torch.rand(50)
    along = plane(features)[:, 0]
    assert (along.diff() >= 0).all() or (along.diff() <= 0).all()
    assert set(most_alike(features, 10, 4).tolist()) == {8, 9, 11, 12}
    assert most_alike(features, 10, 200).numel() == 49


def test_features_are_those_of_the_last_convolution() -> None:
    model = build("conv-ae", {"size": 8, "channels": 4, "hidden": 8, "latent": 3})
    assert isinstance(model.config, ConvConfig) and model.features(torch.rand(2, 1, 8, 8)).shape == (2, 4 * 2 * 2)
    with pytest.raises(InvalidOption):
        model.features(torch.rand(2, 1, 9, 9))
