import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from generative.errors import BadCheckpoint, CannotWrite, InvalidOption, MissingData, NotSupported, UnknownModel
from generative.evaluation.protocol import evaluate, write

SETTINGS = {"samples": 20, "batch": 8}
OF_ALL = {"parameters", "file_size"}
OF_SAMPLES = {
    "fid",
    "fid_floor",
    "fid_floor_at_samples",
    "precision",
    "recall",
    "nearest_training",
    "nearest_training_test",
    "class_agreement_test",
    "ms_per_image",
    "evaluations",
}


def figures(metrics: dict) -> dict:
    return {name: figure for name, figure in metrics.items() if name != "protocol"}


@pytest.mark.parametrize(
    ("kind", "more", "likelihood"),
    [
        ("vae", {"class_agreement", "bits_per_dim"}, "lower bound"),
        ("dcgan", {"class_agreement"}, None),
        ("ddpm", {"class_agreement"}, None),
        ("gated-pixelcnn", {"class_agreement", "bits_per_dim"}, "exact"),
    ],
)
def test_measures_a_sampling_model_by_what_it_can_do(save_model, data, kind, more, likelihood):
    root = save_model(kind, "classifier")
    metrics = evaluate(f"mnist/{kind}", root, data, **SETTINGS)
    assert set(figures(metrics)) == OF_ALL | OF_SAMPLES | more
    assert metrics["protocol"].get("likelihood") == likelihood
    assert metrics["protocol"]["extractor"] == "mnist/classifier"
    assert metrics["protocol"]["samples"] == 20
    assert 0 <= metrics["precision"]["value"] <= 1
    assert metrics["nearest_training_test"]["value"] > 0


def test_metrics_json_says_value_unit_and_how_of_every_figure(save_model, data):
    root = save_model("vae", "classifier")
    returned = evaluate("mnist/vae", root, data, **SETTINGS)
    folder = root / "mnist" / "vae"
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert metrics == json.loads(json.dumps(returned))
    assert metrics["bits_per_dim"].pop("kind") == "lower bound"
    for figure in figures(metrics).values():
        assert set(figure) == {"value", "unit", "how"}
        assert isinstance(figure["value"], int | float)
        assert figure["how"].endswith(".")
    assert not list(folder.glob("*.part"))


def test_measures_a_classifier_by_its_accuracy(save_model, data):
    metrics = evaluate("mnist/classifier", save_model("classifier"), data)
    assert set(figures(metrics)) == OF_ALL | {"accuracy"}
    assert 0 <= metrics["accuracy"]["value"] <= 1


def test_neither_batch_nor_repetition_changes_the_figures(save_model, data):
    root = save_model("gated-pixelcnn", "classifier")
    first = figures(evaluate("mnist/gated-pixelcnn", root, data, samples=20, batch=20))
    again = figures(evaluate("mnist/gated-pixelcnn", root, data, samples=20, batch=3))
    for name in set(first) - {"ms_per_image"}:
        assert again[name]["value"] == pytest.approx(first[name]["value"], rel=1e-3), name


def test_a_retrained_classifier_is_another_reference(save_model, data):
    root = save_model("vae", "classifier")
    before = evaluate("mnist/vae", root, data, **SETTINGS)
    weights = root / "mnist" / "classifier" / "model.safetensors"
    save_file({k: v * 2 if v.is_floating_point() else v for k, v in load_file(weights).items()}, weights)
    assert evaluate("mnist/vae", root, data, **SETTINGS)["fid_floor"] != before["fid_floor"]


def test_a_missing_classifier_is_told_with_the_command_that_trains_it(save_model, data):
    root = save_model("vae")
    with pytest.raises(NotSupported, match="python -m generative train mnist/classifier"):
        evaluate("mnist/vae", root, data, **SETTINGS)
    assert not (root / "mnist" / "vae" / "metrics.json").exists()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"id": "mnist/vea"}, UnknownModel),
        ({"samples": 3}, InvalidOption),
        ({"samples": 20, "batch": 0}, InvalidOption),
        ({"seed": -1}, InvalidOption),
    ],
)
def test_refuses_what_cannot_be_measured(save_model, data, arguments, error):
    root = save_model("vae", "classifier")
    with pytest.raises(error):
        evaluate(**{"id": "mnist/vae", "root": root, "data": data, **SETTINGS, **arguments})


def test_a_checkpoint_of_no_known_data_set_is_refused(save_model, data):
    root = save_model("vae", "classifier")
    (root / "mnist").rename(root / "mnits")
    with pytest.raises(MissingData, match="mnist"):
        evaluate("mnits/vae", root, data, **SETTINGS)


def test_a_damaged_classifier_is_told(save_model, data):
    root = save_model("vae", "classifier")
    (root / "mnist" / "classifier" / "model.safetensors").write_bytes(b"short")
    with pytest.raises(BadCheckpoint, match="truncated"):
        evaluate("mnist/vae", root, data, **SETTINGS)


def test_a_failed_write_is_told_and_leaves_the_old_file(tmp_path):
    path = tmp_path / "metrics.json"
    path.write_text("old")
    path.with_suffix(".json.part").mkdir()
    with pytest.raises(CannotWrite):
        write(path, {"fid": torch.pi})
    assert path.read_text() == "old"
