"""Training for real, on a tiny data set: it resumes, repeats itself, and leaves a checkpoint that works."""

import csv
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

import generative
from generative.data import known
from generative.errors import BadCheckpoint, CannotWrite, InvalidOption, MissingData
from generative.library import weights
from generative.models.gans import objectives
from generative.models.gans.cyclegan import CycleGANConfig
from generative.models.gans.dcgan import DCGAN
from generative.models.gans.failures import Failure
from generative.models.gans.guidelines import Guided
from generative.models.gans.stylegan import StyleGANConfig
from generative.models.registry import MODELS
from generative.training.film import Film
from generative.training.loop import Trainer
from generative.training.machine import Stopwatch
from generative.training.portions import Pages
from generative.training.recipe import Portion

TINY = {
    "ae": {"hidden": 4, "latent": 2},
    "denoising-ae": {"channels": 2, "hidden": 4, "latent": 2},
    "conv-ae": {"channels": 2, "hidden": 4, "latent": 2},
    "vae-2d": {"channels": 2, "hidden": 4},
    "vae": {"channels": 2, "hidden": 4, "latent": 2},
    **{
        gan: {"generator_channels": 2, "discriminator_channels": 2, "latent": 2}
        for gan in (
            "dcgan",
            "conditional-dcgan",
            "minimax",
            "non-saturating",
            "lsgan",
            "wgan-gp",
            "r3gan",
            "guidelines",
            "overfitted",
        )
    },
    "stylegan": dict(StyleGANConfig.least),
    "cyclegan-pencil": dict(CycleGANConfig.least),
    "pixelcnn": {"channels": 2, "first_kernel": 3, "blocks": 1},
    "row-lstm": {"channels": 2, "first_kernel": 3, "layers": 1},
    "diagonal-bilstm": {"channels": 2, "first_kernel": 3, "layers": 1},
    "gated-pixelcnn": {"channels": 2, "dilations": (1,)},
    "pixelcnnpp": {"channels": (2, 2), "blocks": (1, 1), "components": 3},
    "ddpm": {"channels": (16, 16), "attention": (False, False), "layers_per_block": 1},
    "ddpm-small": {"channels": (16, 16), "attention": (False, False), "layers_per_block": 1},
    "flow": {"channels": (16, 16), "attention": (False, False), "layers_per_block": 1},
    "jem": {"channels": 2, "options": {"steps": 3}},
    "equilibrium": {"channels": (16, 16), "options": {"steps": 3}},
    "classifier": {"channels": 2},
    "noisy-classifier": {"channels": 2},
    "transformer": {"width": 4, "heads": 2, "layers": 1, "hidden": 4, "run": 14},
    "vqvae": {"channels": 2, "codes": 5, "dims": 2},
    "multiscale-vqvae": {"channels": 2, "codes": 5, "dims": 2},
    "kl-autoencoder": {"widths": (4, 4), "latent": 2},
    "latent-diffusion": {
        "widths": (4, 4),
        "latent": 2,
        "channels": (16, 16),
        "attention": (False, True),
        "text_width": 4,
        "text_layers": 1,
        "heads": 2,
    },
    "vq-transformer": {"channels": 2, "codes": 5, "dims": 2, "width": 4, "heads": 2, "layers": 1},
    "var": {"channels": 2, "codes": 5, "dims": 2, "width": 4, "heads": 2, "layers": 1},
    "language": {"width": 4, "heads": 2, "layers": 1},
}
LIKE = {"guidelines": Guided, "overfitted": Failure}  # one stands for all that are trained as it is
ON_CLOTHES = [
    kind
    for kind, model in MODELS.items()
    if kind != "cyclegan-sunglasses"  # which are told apart by faces' labels
    and (kind in LIKE or not issubclass(model, tuple(LIKE.values())))
]
NEEDS = {  # what has to be trained before
    "vq-transformer": "vqvae",
    "var": "multiscale-vqvae",
    "latent-diffusion": "kl-autoencoder",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with 64 training and 16 test images in Fashion-MNIST's form."""
    root = tmp_path_factory.mktemp("data")
    raw = root / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    random = np.random.default_rng(0)
    for split, count in (("train", 64), ("t10k", 16)):
        images = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = (np.arange(count) % 10).astype(np.uint8)
        header = (0x803).to_bytes(4, "big") + b"".join(n.to_bytes(4, "big") for n in images.shape)
        (raw / f"{split}-images-idx3-ubyte").write_bytes(header + images.tobytes())
        (raw / f"{split}-labels-idx1-ubyte").write_bytes(
            (0x801).to_bytes(4, "big") + count.to_bytes(4, "big") + labels.tobytes()
        )
    return root


def trainer(kind: str, data: Path, place: Path, **options: object) -> Trainer:
    if kind in NEEDS:
        trainer(NEEDS[kind], data, place).run()
    settings = {"steps": 4, "batch_size": 8, "config": TINY[kind], "data": data, **options}
    return Trainer(f"fashion-mnist/{kind}", runs=place / "runs", root=place / "checkpoints", **settings)


@pytest.mark.parametrize("kind", ON_CLOTHES)
def test_every_recipe_trains_and_leaves_a_checkpoint(kind: str, data: Path, tmp_path: Path) -> None:
    folder = trainer(kind, data, tmp_path).run()
    model = generative.load(f"fashion-mnist/{kind}", root=tmp_path / "checkpoints")
    assert model.parameter_count > 0
    assert weights.read_json(folder / "config.json")["training"]["images_seen"] == 32
    assert (folder / "README.md").exists()
    with (folder / "training.csv").open() as f:
        assert int(list(csv.DictReader(f))[-1]["step"]) == 4


@pytest.mark.parametrize("kind", ["denoising-ae", "vae", "dcgan", "jem"])
def test_a_run_that_was_cut_short_ends_as_an_unbroken_one(kind: str, data: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(
        DCGAN, "objective", replace(DCGAN.objective, penalty=objectives.Penalty(objectives.r1, 0.1, every=3))
    )
    whole = trainer(kind, data, tmp_path / "whole").run()
    broken = trainer(kind, data, tmp_path / "broken")
    step = Trainer._step

    def killed(self: Trainer, *batch: torch.Tensor) -> dict:
        if self.progress.step == 2:
            self._save()
            raise KeyboardInterrupt
        return step(self, *batch)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Trainer, "_step", killed)
        broken.run()
    resumed = trainer(kind, data, tmp_path / "broken")
    assert resumed.run().joinpath("model.safetensors").read_bytes() == whole.joinpath("model.safetensors").read_bytes()
    assert resumed.progress.step == 4 and resumed.rows[-1]["images"] == 32


@pytest.mark.parametrize("kind", ["vae", "stylegan"])
def test_a_model_that_is_there_can_learn_on(kind: str, data: Path, tmp_path: Path) -> None:
    folder = trainer(kind, data, tmp_path, steps=4).run()
    first, film = weights.load(folder), Film()
    film.read(folder, 1)
    again = trainer(kind, data, tmp_path, steps=3, further=True)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.model.parameters(), strict=True))
    again.run()
    told = json.loads((folder / "config.json").read_text())["training"]
    assert told["steps"] == 7 and told["images_seen"] == 7 * 8
    assert told["before"]["steps"] == 4 and told["minutes"] >= told["before"]["minutes"]
    assert "and 32 images its averaged weights learnt on" in (folder / "README.md").read_text()
    moments = json.loads((folder / "film.json").read_text())["steps"]
    assert moments == [0, 1, 2, 3, 4, 5, 6, 7] and torch.equal(
        torch.stack(again.film.images[:5]), torch.stack(film.images)
    )
    with (folder / "training.csv").open() as f:
        assert [int(row["step"]) for row in csv.DictReader(f)] == [4, 7]
    assert any(not torch.equal(a, b) for a, b in zip(first.parameters(), again.model.parameters(), strict=True))


def test_there_is_nothing_to_go_on_with(data: Path, tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match=r"config.json"):
        trainer("vae", data, tmp_path, further=True)
    folder = trainer("vae", data, tmp_path).run()
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"training": {}}))
    with pytest.raises(BadCheckpoint, match="how long it was trained"):
        trainer("vae", data, tmp_path, further=True)


def test_networks_learn_at_their_own_rates(data: Path, tmp_path: Path) -> None:
    run = trainer("dcgan", data, tmp_path)
    run.run()
    run.progress.step = 2
    run._rate()
    rates = {name: optimiser.param_groups[0]["lr"] for name, optimiser in run.recipe.optimisers.items()}
    whole = run.recipe.learning_rate * 3 / 200 / 2  # the third of 200 steps of warming up, half-way along the cosine
    assert rates == {name: pytest.approx(run.recipe.rates[name] * whole) for name in run.recipe.networks}


def test_minutes_bound_the_run(data: Path, tmp_path: Path) -> None:
    run = trainer("classifier", data, tmp_path, steps=None, minutes=0.02)
    run.run()
    assert 1.2 <= run.progress.seconds < 10


def test_two_processes_share_the_work(data: Path, tmp_path: Path) -> None:
    kinds, script = ("dcgan", "vae", "gated-pixelcnn"), tmp_path / "train.py"
    script.write_text(
        "from generative.training.loop import Trainer\n"
        f"for kind, config in {[(kind, TINY[kind]) for kind in kinds]!r}:\n"
        f"    Trainer('fashion-mnist/' + kind, steps=4, batch_size=8, data={str(data)!r}, config=config,"
        f" runs={str(tmp_path / 'runs')!r}, root={str(tmp_path / 'checkpoints')!r}).run()\n"
    )
    # What `accelerate launch` starts on a machine with several devices, here on the CPU.
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", str(script)]
    repository = str(Path(generative.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": repository, "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(launch, capture_output=True, text=True, timeout=300, cwd=repository, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    for kind in kinds:
        config = weights.read_json(tmp_path / "checkpoints" / "fashion-mnist" / kind / "config.json")
        assert config["training"]["processes"] == 2 and config["training"]["images_seen"] == 32, kind


def test_an_unknown_recipe_names_near_matches(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="fashion-mnist/vae"):
        Trainer("fashion-mnist/vaa", steps=1)


def test_data_that_is_not_there_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision.datasets.FashionMNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(MissingData, match="--data"):
        known.read("fashion-mnist", "train", tmp_path)


def test_every_parameter_of_every_model_learns(data: Path, tmp_path: Path) -> None:
    """Also what several processes need: they wait for the gradient of each."""
    for kind in ON_CLOTHES:
        run = trainer(kind, data, tmp_path / kind)
        silent = {name for name, weight in run.model.named_parameters() if weight.requires_grad}
        for _ in range(5):  # a Wasserstein generator learns once in so many steps
            run._step()
            silent -= {name for name, weight in run.model.named_parameters() if weight.grad is not None}
            if not silent:
                break
        assert not silent, f"{kind}: {silent}"


@pytest.mark.parametrize("kind", ["vae", "dcgan", "classifier"])
def test_a_batch_of_one_is_refused_where_images_of_a_batch_are_compared(kind: str, data: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="at least 2 images"):
        trainer(kind, data, tmp_path, batch_size=1)


def test_a_batch_of_one_is_enough_where_they_are_not(data: Path, tmp_path: Path) -> None:
    trainer("pixelcnn", data, tmp_path, batch_size=1, steps=1).run()


def test_a_batch_larger_than_the_data_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="65 is more than the 64 images"):
        trainer("ae", data, tmp_path, batch_size=65).run()


def test_a_training_whose_results_could_not_be_kept_does_not_begin(data: Path, tmp_path: Path) -> None:
    (tmp_path / "checkpoints").touch()  # a file where the folder belongs
    run = trainer("ae", data, tmp_path)
    with pytest.raises(CannotWrite, match="checkpoints"):
        run.run()
    assert run.progress.step == 0 and not (tmp_path / "runs").exists()


def test_a_training_can_be_watched_again(data: Path, tmp_path: Path) -> None:
    folder = trainer("vae", data, tmp_path).run()
    told = json.loads((folder / "film.json").read_text())
    assert told["steps"] == [0, 1, 2, 3, 4]
    assert Image.open(folder / "film.webp").size == (4 * 28 + 6, 5 * told["height"])
    assert not (trainer("classifier", data, tmp_path).run() / "film.webp").exists()  # it draws nothing


def test_the_clock_is_told_and_counts_no_time_in_which_the_processor_rests() -> None:
    watch = Stopwatch(torch.device("cpu"))
    watch.wind(100)
    time.sleep(0.2)
    assert 100 <= watch.seconds < 100.1
    with watch.stopped():
        sum(range(3_000_000))
    assert watch.seconds < 100.1


def test_a_portion_holds_what_it_asks_for_and_does_it(data: Path) -> None:
    portion = Portion({"class": "Bag"}, done=lambda images: 1 - images)
    pages = Pages(portion, known.DATASETS["fashion-mnist"], data, seed=0, device=torch.device("cpu"))
    batch = pages.batch(0, 4, 28, slice(None))
    assert batch.labels.eq(8).all() and len(pages.images) == 6
    whole = Pages(Portion(), known.DATASETS["fashion-mnist"], data, seed=0, device=torch.device("cpu"))
    bags = whole.of_size(28)[whole.labels == 8].float() / 255
    assert all((1 - bags == image).flatten(1).all(1).any() for image in batch.images)


def test_an_epoch_shows_every_image_once_and_the_next_in_another_order(data: Path) -> None:
    pages = Pages(Portion(), known.DATASETS["fashion-mnist"], data, seed=3, device=torch.device("cpu"))
    shown = [pages.batch(step, 16, 28, slice(None)).images for step in range(8)]
    first, second = torch.cat(shown[:4]), torch.cat(shown[4:])
    assert len(first.flatten(1).unique(dim=0)) == 64
    assert not first.equal(second) and first.flatten(1).unique(dim=0).equal(second.flatten(1).unique(dim=0))
    shares = [pages.batch(0, 16, 28, slice(process, None, 2)).images for process in range(2)]
    assert torch.stack(shares, 1).flatten(0, 1).equal(shown[0])
