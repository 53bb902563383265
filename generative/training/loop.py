"""One training loop for every model: time-boxed, resumable, on a CPU, a GPU, or several through `accelerate launch`."""

import csv
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.utils import broadcast
from torch import Tensor
from tqdm import tqdm

from generative.abilities import Classifies, Samples
from generative.data.known import dataset, read
from generative.errors import InvalidOption, near, shown
from generative.inference.pictures.grids import sample_sheet
from generative.library import weights
from generative.library.card import write_card
from generative.models.model import Model
from generative.models.registry import MODELS
from generative.training.ema import EMA
from generative.training.recipes import RECIPES

SAVE_EVERY = 50.0  # seconds: a kill loses less than a minute
SHEET_EVERY = 300.0
RECORD_EVERY = 100  # steps


@dataclass
class Progress:
    """How far a run is; saved with its state."""

    step: int = 0
    images: int = 0
    seconds: float = 0.0


class Trainer:
    """Trains the model `id` ("fashion-mnist/vae") and exports it.

    With `steps` the run has that length and is deterministic given `seed`; with `minutes` the learning rate follows
    the clock, so that the run ends well whatever the machine, but two runs differ. `runs` holds the state: starting
    again with the same folder resumes.
    """

    def __init__(
        self,
        id: str,
        minutes: float | None = None,
        steps: int | None = None,
        seed: int = 0,
        data: str | Path | None = None,
        runs: str | Path = "runs",
        root: str | Path = "checkpoints",
        config: dict[str, Any] | None = None,
        batch_size: int | None = None,
    ) -> None:
        self.id, self.seed, self.steps = id, seed, steps
        name, _, kind = id.partition("/")
        if kind not in RECIPES:
            raise InvalidOption(
                f"There is no recipe for {shown(id)}. {near(id, [f'{name}/{k}' for k in RECIPES])}", "model"
            )
        self.recipe_class = RECIPES[kind]
        self.minutes = minutes if minutes is not None else self.recipe_class.minutes
        self.dataset = dataset(name)
        self.folder, self.target, self.kind = Path(runs) / id, Path(root) / id, kind
        # A GAN runs its discriminator twice a step, so buffers must not be overwritten in between.
        kwargs = DistributedDataParallelKwargs(broadcast_buffers=False)
        self.accelerator = Accelerator(mixed_precision="bf16", kwargs_handlers=[kwargs])
        self.data = data
        torch.manual_seed(seed)
        names = self.dataset.labels if issubclass(MODELS[kind], Classifies) else self.dataset.classes
        shape = {"classes": names, "size": self.dataset.size, "image_channels": self.dataset.channels}
        shape |= self.recipe_class.configs.get(name, {})
        self.model: Model = MODELS[kind](MODELS[kind].Config(**{**shape, **(config or {})}))
        self.recipe = self.recipe_class(self.model)
        self.batch_size = batch_size or self.recipe.batch_size
        self.ema = EMA(self.model, self.recipe.ema_decay)
        self.ema.average.to(self.accelerator.device)
        for key, network in self.recipe.networks.items():
            self.recipe.networks[key] = self.accelerator.prepare(network.to(memory_format=torch.channels_last))
        for key, optimiser in self.recipe.optimisers.items():
            self.recipe.optimisers[key] = self.accelerator.prepare(optimiser)
        self.order = torch.empty(0)
        self.progress = Progress()
        self.rows: list[dict[str, float]] = []

    def run(self) -> Path:
        """Train to the end of the budget, resuming what was begun; returns the folder of the exported checkpoint."""
        images, labels = read(self.dataset.id, "train", self.data, self.ema.average.config.size)
        self._resume()
        self._rate()
        start, saved, drawn = time.monotonic() - self.progress.seconds, time.monotonic(), time.monotonic()
        bar = tqdm(
            total=100, unit="%", disable=not self.accelerator.is_main_process, bar_format="{l_bar}{bar}| {postfix}"
        )
        while self._fraction() < 1:
            record = self._step(images, labels)
            self.progress.seconds = self._together(time.monotonic() - start)
            if self.progress.step % RECORD_EVERY == 0 or self._fraction() >= 1:
                self._record(record, bar)
            if time.monotonic() - saved > SAVE_EVERY:
                self._save()
                saved = time.monotonic()
            if time.monotonic() - drawn > SHEET_EVERY:
                self._sheet()
                drawn = time.monotonic()
        bar.close()
        self._save()
        self.recipe.finish(self.ema.average, images)
        return self._export()

    def _together(self, seconds: float) -> float:
        """The main process's clock, so that all processes stop at the same step."""
        if self.accelerator.num_processes == 1:
            return seconds
        return float(broadcast(torch.tensor(seconds, dtype=torch.float64, device=self.accelerator.device)))

    def _fraction(self) -> float:
        if self.steps is not None:
            return self.progress.step / self.steps
        return self.progress.seconds / (60 * self.minutes)

    def _rate(self) -> None:
        """A short warm-up, then a cosine to zero over the budget."""
        fraction = min(1.0, self._fraction())
        factor = min(1.0, (self.progress.step + 1) / 200) * (
            0.5 + 0.5 * torch.cos(torch.tensor(torch.pi * fraction)).item()
        )
        for optimiser in self.recipe.optimisers.values():
            for group in optimiser.param_groups:
                group["lr"] = self.recipe.learning_rate * group.get("scale", 1) * factor
        self.recipe.progress = fraction

    def _step(self, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """One batch. The order of an epoch depends on the seed and the epoch; each process takes its share."""
        per_epoch = len(images) // self.batch_size
        epoch, place = divmod(self.progress.step, per_epoch)
        if place == 0 or not len(self.order):
            generator = torch.Generator().manual_seed(self.seed * 10_007 + epoch)
            self.order = torch.randperm(len(images), generator=generator)
        batch = self.order[place * self.batch_size : (place + 1) * self.batch_size]
        batch = batch[self.accelerator.process_index :: self.accelerator.num_processes]
        device = self.accelerator.device
        # Noise depends on the step, not on what came before, so that a resumed run repeats an unbroken one.
        torch.manual_seed((self.seed * 10_007 + self.progress.step) * 64 + self.accelerator.process_index)
        for network in self.recipe.networks.values():
            network.train()
        record = self.recipe.step(self.accelerator, images[batch].to(device).float() / 255, labels[batch].to(device))
        self.progress.step += 1
        self.progress.images += self.batch_size
        self.ema.update(self.model, self.progress.step)
        self._rate()
        return record

    def _record(self, record: dict[str, Tensor], bar: tqdm) -> None:
        figures = {k: round(float(v), 5) for k, v in record.items()}
        row = {"step": self.progress.step, "images": self.progress.images, "seconds": round(self.progress.seconds, 1)}
        self.rows.append({**row, **figures})
        bar.n = round(100 * min(1.0, self._fraction()), 1)
        rate = self.progress.images / max(1e-9, self.progress.seconds)
        bar.set_postfix({"images/s": round(rate), **figures})

    def _save(self) -> None:
        if not self.accelerator.is_main_process:
            return
        state = {
            "progress": asdict(self.progress),
            "rows": self.rows,
            "ema": self.ema.average.state_dict(),
            "networks": {k: self.accelerator.unwrap_model(n).state_dict() for k, n in self.recipe.networks.items()},
            "optimisers": {k: o.state_dict() for k, o in self.recipe.optimisers.items()},
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        torch.save(state, self.folder / "state.part")
        (self.folder / "state.part").replace(self.folder / "state.pt")
        write_rows(self.folder / "training.csv", self.rows)

    def _resume(self) -> None:
        if not (self.folder / "state.pt").exists():
            return
        state = torch.load(self.folder / "state.pt", map_location=self.accelerator.device, weights_only=True)
        self.progress, self.rows = Progress(**state["progress"]), state["rows"]
        self.ema.average.load_state_dict(state["ema"])
        for key, network in self.recipe.networks.items():
            self.accelerator.unwrap_model(network).load_state_dict(state["networks"][key])
        for key, optimiser in self.recipe.optimisers.items():
            optimiser.load_state_dict(state["optimisers"][key])

    def _sheet(self) -> None:
        if self.accelerator.is_main_process and isinstance(self.ema.average, Samples):
            sample_sheet(self.ema.average).save(self.folder / f"samples-{self.progress.step:07d}.png")

    def _export(self) -> Path:
        """Write the averaged weights and what is known of the run where the application finds them."""
        if self.accelerator.is_main_process:
            device = self.accelerator.device
            training = {
                "data": f"{self.dataset.title}, all training images",
                "images_seen": self.progress.images,
                "steps": self.progress.step,
                "batch_size": self.batch_size,
                "seed": self.seed,
                "minutes": round(self.progress.seconds / 60, 1),
                "device": torch.cuda.get_device_name(device)
                if device.type == "cuda"
                else f"{device.type}, {torch.get_num_threads()} threads, {platform.machine()}",
                "processes": self.accelerator.num_processes,
            }
            weights.save(self.target, self.kind, self.ema.average.cpu(), training)
            write_rows(self.target / "training.csv", self.rows[:: max(1, len(self.rows) // 300)])
            saved = weights.load(self.target)  # in the precision that everyone else gets
            if isinstance(saved, Samples):
                sample_sheet(saved).save(self.target / "samples.png", optimize=True)
            write_card(self.target)
        self.accelerator.wait_for_everyone()
        return self.target


def write_rows(path: Path, rows: list[dict[str, float]]) -> None:
    if rows:
        with path.open("w", newline="") as f:
            writer = csv.DictWriter(f, rows[0])
            writer.writeheader()
            writer.writerows(rows)
