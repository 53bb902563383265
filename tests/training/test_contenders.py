"""GANs that are put side by side: of one length, measured while they learn."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator

from generative.data.known import DATASETS
from generative.evaluation.distance.distribution import Comparison, RealFeatures
from generative.library import weights
from generative.library.modes import read_modes
from generative.library.side_files import read_curve
from generative.models.model import drain
from generative.seeds import Seeds
from generative.training import contenders
from generative.training.contenders import ContenderRecipe
from generative.training.loop import Trainer
from generative.training.recipe import Batch, Portion
from tests.building import build

SMALL = {"generator_channels": 2, "discriminator_channels": 2, "latent": 4}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a classifier, and with data of noise."""
    noise = torch.randint(0, 256, (60, 1, 28, 28), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    for module in ("generative.training.contenders", "generative.training.portions"):
        monkeypatch.setattr(f"{module}.read", lambda *_: (noise, torch.arange(60) % 10))
    monkeypatch.setattr(contenders, "MEASURED", 40)
    labels = DATASETS["fashion-mnist"].labels
    weights.save(
        tmp_path / "fashion-mnist/classifier", "classifier", build("classifier", {"classes": labels, "channels": 2}), {}
    )
    return tmp_path


def trained(root: Path, kind: str, **about: int) -> Trainer:
    run = Trainer(f"fashion-mnist/{kind}", config=SMALL, batch_size=4, runs=root / "runs", root=root, **about)
    run.run()
    return run


def test_a_contender_has_a_length_and_no_minutes(root: Path) -> None:
    about = {"runs": root / "runs", "root": root, "config": SMALL}
    assert Trainer("fashion-mnist/lsgan", **about).steps == contenders.STEPS
    assert Trainer("fashion-mnist/lsgan", minutes=1, **about).steps is None
    assert Trainer("fashion-mnist/dcgan", **about).steps is None
    stacked = Trainer("stacked-mnist/lsgan", **about)
    assert (stacked.steps, stacked.batch_size) == (contenders.STEPS, contenders.IMAGES)


def test_what_is_recorded_of_its_quality_is_what_evaluation_measures(root: Path) -> None:
    run = trained(root, "wgan-gp", steps=6)
    model, recipe = weights.load(root / "fashion-mnist/wgan-gp"), run.recipe
    images, classifier = drain(model.sample(Seeds(0, 40))).images, recipe.classifier
    real, _ = contenders.read()
    features = [classifier.features(pictures) for pictures in (real[:40].float() / 255, images)]
    fid = Comparison(RealFeatures.of(features[0]), features[1]).values()["fid"]
    assert recipe.fid == pytest.approx(fid, rel=0.02)  # the checkpoint is in half precision
    (row,) = read_curve(root / "fashion-mnist/wgan-gp/training.csv")
    assert row["fid"] > 0 and {"d_loss", "g_loss", "d_real", "d_fake"} <= set(row)


def test_a_wasserstein_critic_learns_five_times_for_each_time_of_the_generator(root: Path) -> None:
    torch.manual_seed(0)
    model = build("wgan-gp", {"classes": [], "size": 8, **SMALL}).train()
    recipe, batch = ContenderRecipe(model), Batch(torch.rand(4, 1, 8, 8), torch.zeros(4, dtype=torch.long))
    before, moved = {name: p.clone() for name, p in model.generator.named_parameters()}, []
    for recipe.taken in range(6):
        recipe.step(Accelerator(cpu=True), (batch,))
        moved.append(any(not p.equal(before[name]) for name, p in model.generator.named_parameters()))
    assert moved == [False] * 4 + [True] * 2


def test_running_means_go_on_where_a_run_was_stopped(root: Path) -> None:
    model = build("lsgan", {"classes": [], "size": 8, **SMALL}).train()
    recipe, batch = ContenderRecipe(model), Batch(torch.rand(4, 1, 8, 8), torch.zeros(4, dtype=torch.long))
    first, second = (recipe.step(Accelerator(cpu=True), (batch,)) for _ in range(2))
    assert abs(second["d_loss"] - first["d_loss"]) < 0.1 * abs(first["d_loss"]) + 0.1
    resumed = ContenderRecipe(model)
    resumed.restore(recipe.state())
    assert resumed.means == recipe.means and resumed.means


def test_modes_of_stacked_digits_are_counted_at_each_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = replace(DATASETS["stacked-mnist"], counted=30)
    monkeypatch.setitem(DATASETS, kind.id, kind)
    images = torch.randint(0, 256, (40, 3, 28, 28), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    for module in ("generative.training.contenders", "generative.training.portions"):
        monkeypatch.setattr(f"{module}.read", lambda *_: (images, torch.zeros(40, 3, dtype=torch.long)))
    told = {"classes": kind.labels, "channels": 2, "by_channel": True, "image_channels": 3}
    weights.save(tmp_path / kind.id / "classifier", "classifier", build("classifier", told), {})
    about = {"runs": tmp_path / "runs", "root": tmp_path, "config": SMALL, "batch_size": 4}
    run = Trainer("stacked-mnist/lsgan", steps=4, **about)
    folder = run.run()
    modes = read_modes(folder)
    assert modes and modes.of == 1000 and modes.samples == 30 and modes.steps == tuple(run.film.steps)
    (row,) = read_curve(folder / "training.csv")
    assert 1 <= row["modes"] <= 30 and row["modes"] in modes.counts


def test_the_overfitted_one_knows_a_hundred_images(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contenders.OverfittedRecipe, "reads", (Portion(first=8),))
    run = trained(root, "overfitted", steps=1)
    assert len(run.portions[0].images) == 8
    assert "the first 8 training images alone" in weights.read_json(run.target / "config.json")["training"]["data"]
