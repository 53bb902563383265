import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from generative.data.known import DATASETS, read
from generative.errors import BadCheckpoint, CannotWrite, InvalidOption, MissingData, NotSupported, UnknownModel
from generative.evaluation import anomaly, likelihood
from generative.evaluation.protocol import evaluate, write
from generative.library import weights
from generative.library.losses import read_losses
from generative.library.percentile import percentile, read_quantiles
from generative.models.classifier import Classifier, ClassifierConfig
from generative.seeds import Seeds

SETTINGS = {"samples": 20, "batch": 20}
OF_ALL = {"parameters", "file_size"}
OF_DISTRIBUTION = {"fid", "kid", "precision", "recall", "density", "coverage", "nearest_training"}
OF_SAMPLES = OF_DISTRIBUTION | {"ms_per_image", "evaluations"}
OF_CLASSES = {"class_agreement"}
OF_ENERGY = {f"auroc_{name}" for name in ("other_dataset", "shuffled", "grainy", "shifted", "noise")}
OF_LIKELIHOOD = OF_ENERGY | {"bits_per_dim"}
OF_BOUND = OF_ENERGY | {"bits_per_dim_bound"}
OF_RECONSTRUCTION = {"ssim", "reconstruction_rmse", "denoised_rmse"}
OF_ATTRIBUTES = {"attribute_confidence", "held_out_share"}
OF_RESTORATION = {f"{whose}_{measure}_x4" for whose in ("restored", "unaided") for measure in ("psnr", "ssim")}
OF_DIRECTIONS = {"direction_success_exchange", "direction_success_difference", "direction_success_normal"}
WITHOUT_INTERVAL = OF_ALL | OF_DIRECTIONS | {"ms_per_image", "evaluations", "unaided_psnr_x4", "unaided_ssim_x4"}
Save = Callable[..., Path]


def figures(metrics: dict[str, Any]) -> dict[str, Any]:
    return {name: figure for name, figure in metrics.items() if name not in ("protocol", "directions")}


@pytest.mark.parametrize(
    ("id", "more", "kind"),
    [
        ("mnist/vae", OF_CLASSES | OF_BOUND | OF_RECONSTRUCTION | OF_DIRECTIONS, "bound"),
        ("mnist/dcgan", OF_CLASSES | OF_DIRECTIONS, None),
        ("mnist/ddpm", OF_CLASSES | OF_RESTORATION, None),
        ("mnist/equilibrium", OF_CLASSES | OF_ENERGY, "unnormalised"),
        ("mnist/gated-pixelcnn", OF_CLASSES | OF_LIKELIHOOD, "exact"),
        ("mnist/pixelcnn", {"class_entropy_bits"} | OF_LIKELIHOOD, "exact"),
        ("stacked-mnist/lsgan", {"attribute_confidence"}, None),
        ("avatars/pixelcnn", OF_ATTRIBUTES | OF_LIKELIHOOD, "exact"),
    ],
)
def test_measures_a_sampling_model_by_what_it_can_do(
    save_model: Save, data: Path, monkeypatch: pytest.MonkeyPatch, id: str, more: set[str], kind: str | None
) -> None:
    monkeypatch.setattr(likelihood, "MOST", 12)  # a VAE takes 16 draws for each of 10 classes
    monkeypatch.setattr(anomaly, "MOST", 8)
    classifier = f"{id.partition('/')[0]}/classifier"
    metrics = evaluate(id, save_model(id, classifier), data, **SETTINGS)
    assert set(figures(metrics)) == OF_ALL | OF_SAMPLES | more
    assert metrics["protocol"].get("likelihood") == kind
    assert metrics["protocol"]["extractor"] == classifier
    assert metrics["protocol"]["samples"] == 20
    assert 0 <= metrics["precision"]["value"] <= 1
    for name in OF_DISTRIBUTION | more & (OF_CLASSES | OF_ATTRIBUTES):
        assert metrics[name]["real"]["how"].endswith(".")
    for name, figure in figures(metrics).items():
        low, high = figure.get("interval", (None, None))
        assert low is None if name in WITHOUT_INTERVAL else low <= figure["value"] <= high, name
    assert metrics["nearest_training"]["real"]["value"] > 0
    assert all(0 <= figure["value"] <= 1 for name, figure in metrics.items() if name.startswith(("auroc", "attribute")))


def test_metrics_json_says_value_unit_and_how_of_every_figure(save_model: Save, data: Path) -> None:
    root = save_model("mnist/pixelcnn", "mnist/classifier")
    returned = evaluate("mnist/pixelcnn", root, data, **SETTINGS)
    folder = root / "mnist" / "pixelcnn"
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert metrics == json.loads(json.dumps(returned))
    assert metrics["bits_per_dim"].pop("kind") == "exact"
    for figure in figures(metrics).values():
        assert {"value", "unit", "how"} <= set(figure) <= {"value", "unit", "how", "interval", "real"}
        assert isinstance(figure["value"], int | float)
        assert figure["how"].endswith(".")
    assert not list(folder.glob("*.part"))


def test_a_model_is_measured_with_its_own_defaults(save_model: Save, data: Path) -> None:
    root = save_model("mnist/vae", "mnist/classifier")
    config = root / "mnist/vae/config.json"
    told = json.loads(config.read_text())
    told["config"]["options"] = {"temperature": 0.5}
    config.write_text(json.dumps(told))
    assert evaluate("mnist/vae", root, data, **SETTINGS)["protocol"]["options"]["temperature"] == 0.5


@pytest.mark.parametrize("id", ["mnist/gated-pixelcnn", "mnist/pixelcnn"])
def test_likelihood_json_holds_the_quantiles_of_test_images_without_their_classes(
    save_model: Save, data: Path, monkeypatch: pytest.MonkeyPatch, id: str
) -> None:
    monkeypatch.setattr(likelihood, "MOST", 30)
    root = save_model(id)
    evaluate(id, root, data, **SETTINGS)
    written = weights.read_json(root / id / "likelihood.json")
    assert set(written) == {"quantiles", "kind", "how"}
    assert "first 30 test images" in written["how"]
    assert (root / id / "likelihood.json").stat().st_size < 3000
    images = read("mnist", "test", data, 8)[0][:30].float() / 255
    bits = weights.load(root / id).score(images).bits_per_dim.sort().values
    expected = torch.quantile(bits, torch.linspace(0, 1, 101))
    torch.testing.assert_close(torch.tensor(read_quantiles(root / id)), expected, atol=1e-4, rtol=0)
    assert percentile(root / id, float(bits[15])) == pytest.approx(100 * 15 / 29, abs=2)


def test_bits_per_dim_are_those_of_all_test_images_given_their_classes(save_model: Save, data: Path) -> None:
    root = save_model("mnist/gated-pixelcnn")
    metrics = evaluate("mnist/gated-pixelcnn", root, data, **SETTINGS)
    images, labels = read("mnist", "test", data, 8)
    bits = weights.load(root / "mnist" / "gated-pixelcnn").score(images.float() / 255, labels).bits_per_dim
    assert metrics["bits_per_dim"]["value"] == pytest.approx(float(bits.mean()), rel=1e-4)
    assert "all 40 test images, given their true classes; exact" in metrics["bits_per_dim"]["how"]


def test_what_papers_report_in_nats_is_told_in_nats_too(
    save_model: Save, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likelihood, "WEIGHTED", (30, 8))
    root = save_model("mnist-fixed/pixelcnn", "mnist-fixed/vae")
    images = read("mnist-fixed", "test", data, 8)[0].float() / 255
    exact = evaluate("mnist-fixed/pixelcnn", root, data, **SETTINGS)["nats"]
    nats = weights.load(root / "mnist-fixed/pixelcnn").score(images).nats
    assert exact["value"] == pytest.approx(float(nats.mean()), rel=1e-4) and "exact" in exact["how"]
    assert exact["interval"][0] < exact["value"] < exact["interval"][1]
    bounds = evaluate("mnist-fixed/vae", root, data, **SETTINGS)
    assert "nats" not in bounds and bounds["nats_weighted"]["value"] < bounds["nats_bound"]["value"]
    assert "first 30 test images" in bounds["nats_weighted"]["how"]


def test_denoising_json_holds_the_loss_at_each_timestep(save_model: Save, data: Path) -> None:
    root = save_model("mnist/ddpm", "mnist/classifier")
    folder = root / "mnist" / "ddpm"
    evaluate("mnist/ddpm", root, data, **SETTINGS)
    found = read_losses(folder / "denoising.json")
    assert len(found.timesteps) == 41 and (found.timesteps[0], found.timesteps[-1]) == (0, 999)
    assert "40 test images" in found.how
    images, seeds = read("mnist", "test", data, 8)[0].float() / 255, Seeds(0, 40)
    (frame,) = weights.load(folder).noised(images, [int(found.timesteps[20])], seeds)
    assert found.loss[20] == pytest.approx(float(frame.figures["loss"].mean()), rel=1e-3)


def test_measures_a_classifier_by_its_accuracy(save_model: Save, data: Path) -> None:
    metrics = evaluate("mnist/classifier", save_model("mnist/classifier"), data)
    assert set(figures(metrics)) == OF_ALL | {"accuracy"}
    assert 0 <= metrics["accuracy"]["value"] <= 1 and metrics["accuracy"]["interval"]


def test_measures_a_classifier_of_attributes_by_the_accuracy_of_each(save_model: Save, data: Path) -> None:
    metrics = evaluate("avatars/classifier", save_model("avatars/classifier"), data)
    each = {f"accuracy_{name.replace(' ', '_')}" for name in DATASETS["avatars"].attributes}
    assert set(figures(metrics)) == OF_ALL | {"accuracy"} | each
    values = [metrics[name]["value"] for name in each]
    assert all(len(metrics[name]["interval"]) == 2 for name in each | {"accuracy"})
    assert metrics["accuracy"]["value"] == pytest.approx(sum(values) / len(values), rel=1e-4)
    assert "that let it be seen" in metrics["accuracy_hair_colour"]["how"]


def test_neither_batch_nor_repetition_changes_the_figures(save_model: Save, data: Path) -> None:
    root = save_model("mnist/gated-pixelcnn", "mnist/classifier")
    first = figures(evaluate("mnist/gated-pixelcnn", root, data, samples=20, batch=20))
    again = figures(evaluate("mnist/gated-pixelcnn", root, data, samples=20, batch=3))
    for name in set(first) - {"ms_per_image"}:
        assert again[name]["value"] == pytest.approx(first[name]["value"], rel=1e-3), name


def test_a_retrained_classifier_is_another_reference(save_model: Save, data: Path) -> None:
    root = save_model("mnist/ddpm", "mnist/classifier")
    before = evaluate("mnist/ddpm", root, data, **SETTINGS)
    weights = root / "mnist" / "classifier" / "model.safetensors"
    save_file({k: v * 2 if v.is_floating_point() else v for k, v in load_file(weights).items()}, weights)
    assert evaluate("mnist/ddpm", root, data, **SETTINGS)["fid"]["real"] != before["fid"]["real"]


def test_images_are_scaled_to_the_size_that_the_classifier_knows(save_model: Save, data: Path) -> None:
    root = save_model("mnist/dcgan")
    smaller = Classifier(ClassifierConfig((), 4, labels=DATASETS["mnist"].classes, channels=4))
    weights.save(root / "mnist" / "classifier", "classifier", smaller, {})
    metrics = evaluate("mnist/dcgan", root, data, **SETTINGS)
    assert metrics["fid"]["value"] > 0 and metrics["fid"]["real"]["value"] > 0


def test_a_model_that_only_draws_cannot_be_measured_without_the_classifier(save_model: Save, data: Path) -> None:
    root = save_model("mnist/dcgan")
    with pytest.raises(NotSupported, match="python -m generative train mnist/classifier"):
        evaluate("mnist/dcgan", root, data, **SETTINGS)
    assert not (root / "mnist" / "dcgan" / "metrics.json").exists()


@pytest.mark.parametrize("id", ["mnist/gated-pixelcnn", "avatars/pixelcnn"])
def test_a_missing_classifier_does_not_hinder_the_likelihood(save_model: Save, data: Path, id: str) -> None:
    root = save_model(id)
    metrics = evaluate(id, root, data, **SETTINGS)
    assert set(figures(metrics)) == OF_ALL | OF_LIKELIHOOD
    assert metrics["protocol"]["not_measured"].startswith("Samples. ")
    assert "python -m generative train" in metrics["protocol"]["not_measured"]
    assert read_quantiles(root / id) is not None


def test_a_classifier_of_other_classes_is_refused(save_model: Save, data: Path) -> None:
    root = save_model("mnist/dcgan")
    other = Classifier(ClassifierConfig((), 8, labels=("cat", "dog"), channels=4))
    weights.save(root / "mnist" / "classifier", "classifier", other, {})
    with pytest.raises(NotSupported, match="does not tell the classes of MNIST"):
        evaluate("mnist/dcgan", root, data, **SETTINGS)


def test_without_the_other_data_set_its_figure_is_left_out(
    save_model: Save, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(folder: Path, split: str, size: int) -> Any:
        raise MissingData("There is no network here")

    monkeypatch.setitem(DATASETS, "fashion-mnist", replace(DATASETS["fashion-mnist"], load=missing))
    metrics = evaluate("mnist/pixelcnn", save_model("mnist/pixelcnn"), data, **SETTINGS)
    assert set(figures(metrics)) == OF_ALL | OF_LIKELIHOOD - {"auroc_other_dataset"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"id": "mnist/vea"}, UnknownModel),
        ({"samples": 5}, InvalidOption),
        ({"samples": 20, "batch": 0}, InvalidOption),
        ({"seed": -1}, InvalidOption),
        ({"extractor": "vgg"}, InvalidOption),
    ],
)
def test_refuses_what_cannot_be_measured(
    save_model: Save, data: Path, arguments: dict[str, Any], error: type[Exception]
) -> None:
    root = save_model("mnist/vae", "mnist/classifier")
    with pytest.raises(error):
        evaluate(**{"id": "mnist/vae", "root": root, "data": data, **SETTINGS, **arguments})


def test_a_checkpoint_of_no_known_data_set_is_refused(save_model: Save, data: Path) -> None:
    root = save_model("mnist/vae", "mnist/classifier")
    (root / "mnist").rename(root / "mnits")
    with pytest.raises(MissingData, match="mnist"):
        evaluate("mnits/vae", root, data, **SETTINGS)


def test_a_damaged_classifier_is_told(save_model: Save, data: Path) -> None:
    root = save_model("mnist/vae", "mnist/classifier")
    (root / "mnist" / "classifier" / "model.safetensors").write_bytes(b"short")
    with pytest.raises(BadCheckpoint, match="truncated"):
        evaluate("mnist/vae", root, data, **SETTINGS)


def test_a_failed_write_is_told_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.write_text("old")
    path.with_suffix(".json.part").mkdir()
    with pytest.raises(CannotWrite):
        write(path, {"fid": torch.pi})
    assert path.read_text() == "old"
