"""One training loop for every model: time-boxed, resumable, on a CPU, a GPU, or several through `accelerate launch`."""

import csv
import platform
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, AutocastKwargs, DistributedDataParallelKwargs
from accelerate.utils import broadcast
from tqdm import tqdm

from generative.data.examples import examples
from generative.data.known import dataset
from generative.inference.pictures.grids import sample_sheet
from generative.library import weights
from generative.library.card import write_card
from generative.models.model import Model
from generative.models.registry import MODELS
from generative.protocols import Samples
from generative.training.ema import EMA
from generative.training.film import Film
from generative.training.further import Before
from generative.training.machine import Stopwatch, check_batch, precision, record_passes
from generative.training.portions import Pages
from generative.training.recipe import FILMED, Record
from generative.training.recipes import minutes_of, recipe_named
from generative.training.state import RunFolder, check_writable

SAVE_EVERY = 50.0  # seconds: a kill loses less than a minute
RECORD_EVERY = 100  # steps
ROWS = 300  # of training.csv in the checkpoint, about


@dataclass
class Progress:
    """How far a run is; saved with its state. seconds: of the `Stopwatch`."""

    step: int = 0
    images: int = 0
    seconds: float = 0.0


class Trainer:
    """Trains the model `id` ("fashion-mnist/vae") and exports it.

    With `steps` the run has that length and is deterministic given `seed`; with `minutes`, those of `Stopwatch`, the
    learning rate follows the clock, so that the run ends well whatever the machine, but two runs differ. `runs` holds
    the state: starting again with the same folder resumes. further: the budget is added to that of the model which lies
    in `root`, and its averaged weights learn on; the optimiser's memory is not kept there. Raises InvalidOption for an
    unknown model or a batch that is too small for it, BadCheckpoint where there is no model to go on with.
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
        further: bool = False,
    ) -> None:
        self.id, self.seed = id, seed
        self.recipe_class = recipe_named(id)
        name, _, kind = id.partition("/")
        length, together = self.recipe_class.length(name)
        self.steps = length if steps is None and minutes is None else steps
        self.minutes = minutes if minutes is not None else minutes_of(id)
        self.dataset = dataset(name)
        self.target, self.kind = Path(root) / id, kind
        self.before = Before(self.target) if further else None
        if self.before:
            self.steps = self.steps and self.steps + self.before.steps
            self.minutes += self.before.minutes
        # A GAN runs its discriminator twice a step, so buffers must not be overwritten in between.
        # What is recorded for a GPU is to hold the conversion of weights, which a cache would leave out of it.
        kwargs = [DistributedDataParallelKwargs(broadcast_buffers=False), AutocastKwargs(cache_enabled=False)]
        self.accelerator = Accelerator(mixed_precision=precision(), kwargs_handlers=kwargs)
        torch.manual_seed(seed)
        told = tuple(c for c in self.dataset.labelled if c.kind in MODELS[kind].Config.can_be_told)
        shape = {"told": told, "size": self.dataset.size, "image_channels": self.dataset.channels}
        known = {f.name for f in fields(MODELS[kind].Config)}
        if "labels" in known:
            shape["labels"] = self.dataset.labels
        if "levels" in known:
            shape["levels"] = self.dataset.levels
        configs = self.recipe_class.configs
        shape |= configs.get(name, configs.get(self.dataset.like, {}))
        network = MODELS[kind].Config(**{**shape, **(config or {})})
        self.model: Model = MODELS[kind](self.before.model.config if self.before else network)
        self.recipe = self.recipe_class(self.model)
        self.recipe.prepare(self.dataset, Path(root), data)
        if self.before:
            self.model.load_state_dict(self.before.model.state_dict())
        self.batch_size = batch_size or together
        check_batch(self.model, self.batch_size, self.accelerator.num_processes)
        settings = {"seed": seed, "batch-size": self.batch_size, "network": repr(self.model.config)}
        place = f"{id}-from-{self.before.steps}" if self.before else id
        self.folder = RunFolder(Path(runs) / place, settings)
        device = self.accelerator.device
        self.portions = [Pages(portion, self.dataset, data, seed, device) for portion in self.recipe.reads]
        self.ema = EMA(self.model, self.recipe.ema_decay)
        self.ema.average.to(device)
        self.model.to(device)  # what belongs to no network too
        for key, network in self.recipe.networks.items():
            self.recipe.networks[key] = self.accelerator.prepare(network)
            if self.recipe.recorded and device.type == "cuda" and self.accelerator.num_processes == 1:
                record_passes(self.recipe.networks[key])
        for key, optimiser in self.recipe.optimisers.items():
            self.recipe.optimisers[key] = self.accelerator.prepare(optimiser)
        self.progress, self.film, self.watch = Progress(), Film(), Stopwatch(device)
        self.rows: list[dict[str, float]] = []

    def run(self) -> Path:
        """Train to the end of the budget, resuming what was begun; returns the folder of the exported checkpoint.

        Raises CannotWrite before any work is done where the results could not be written, MissingData, BadCheckpoint
        for a damaged state, InvalidOption for one of other settings.
        """
        if not self.accelerator.is_main_process:
            return self._run()
        check_writable(self.target)
        with self.folder.held():
            return self._run()

    def _run(self) -> Path:
        with self.accelerator.main_process_first():
            for pages in self.portions:
                pages.of_size(self.recipe.size(0.0))
        self._resume()
        self._rate()
        self.watch.wind(self.progress.seconds)
        self._shoot()
        saved = time.monotonic()
        bar = tqdm(
            total=100, unit="%", disable=not self.accelerator.is_main_process, bar_format="{l_bar}{bar}| {postfix}"
        )
        while self._fraction() < 1:
            record = self._step()
            self.progress.seconds = self._together(self.watch.seconds)
            if self.progress.step % RECORD_EVERY == 0 or self._fraction() >= 1:
                self._record(record, bar)
            with self.watch.stopped():
                self._shoot()
                if time.monotonic() - saved > SAVE_EVERY:
                    self._save()
                    saved = time.monotonic()
        bar.close()
        self._save()
        self.recipe.finish(self.ema.average, self.portions[0].images)
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
        taken = self.progress.step - (self.before.steps if self.before else 0)
        factor = min(1.0, (taken + 1) / 200) * (0.5 + 0.5 * torch.cos(torch.tensor(torch.pi * fraction)).item())
        for optimiser in self.recipe.optimisers.values():
            for group in optimiser.param_groups:
                group["lr"] = self.recipe.learning_rate * group.get("scale", 1) * factor
        self.recipe.progress, self.recipe.taken = fraction, self.progress.step

    def _step(self) -> Record:
        """One batch of each portion, of which each process takes its share."""
        share = slice(self.accelerator.process_index, None, self.accelerator.num_processes)
        size = self.recipe.size(self.recipe.progress)
        batches = tuple(pages.batch(self.progress.step, self.batch_size, size, share) for pages in self.portions)
        # Noise depends on the step, not on what came before, so that a resumed run repeats an unbroken one.
        torch.manual_seed((self.seed * 10_007 + self.progress.step) * 64 + self.accelerator.process_index)
        for network in self.recipe.networks.values():
            network.train()
        record = self.recipe.step(self.accelerator, batches)
        self.progress.step += 1
        self.progress.images += self.batch_size
        self.ema.update(self.model, self.progress.step)
        self._rate()
        return record

    def _shoot(self) -> None:
        """Keep a moment of the film, if one is due."""
        if not self.accelerator.is_main_process or not self.film.due(self._fraction()):
            return
        size = self.recipe.size(self.recipe.progress)
        pictures = examples(self.dataset.id, size).transpose(0, 1).flatten(0, 1)[:FILMED]
        images = self.recipe.film(self.ema.average, pictures)
        if images is not None:
            self.film.keep(images, self.progress.step, self.progress.seconds)

    def _record(self, record: Record, bar: tqdm) -> None:
        figures = {k: round(float(v), 5) for k, v in record.items()}
        row = {"step": self.progress.step, "images": self.progress.images, "seconds": round(self.progress.seconds, 1)}
        self.rows.append({**row, **figures})
        bar.n = round(100 * min(1.0, self._fraction()), 1)
        rate = self.progress.images / max(1e-9, self.progress.seconds)
        bar.set_postfix({"images/s": round(rate), **figures})

    def _save(self) -> None:
        if not self.accelerator.is_main_process:
            return
        self.folder.save(
            {
                "progress": asdict(self.progress),
                "rows": self.rows,
                "film": self.film.state(),
                "ema": self.ema.average.state_dict(),
                "networks": {k: self.accelerator.unwrap_model(n).state_dict() for k, n in self.recipe.networks.items()},
                "optimisers": {k: o.state_dict() for k, o in self.recipe.optimisers.items()},
                "recipe": self.recipe.state(),
            }
        )

    def _resume(self) -> None:
        state = self.folder.load(self.accelerator.device)
        if state is None and self.before:
            self.progress = Progress(self.before.steps, self.before.images, 60 * self.before.minutes)
            self.rows, self.film = self.before.rows(), self.before.film()
            self.film.due(self._fraction())
        if state is None:
            return
        with self.folder.sound():
            self.progress, self.rows = Progress(**state["progress"]), state["rows"]
            self.film.restore(state["film"])
            self.ema.average.load_state_dict(state["ema"])
            for key, network in self.recipe.networks.items():
                self.accelerator.unwrap_model(network).load_state_dict(state["networks"][key])
            for key, optimiser in self.recipe.optimisers.items():
                optimiser.load_state_dict(state["optimisers"][key])
            self.recipe.restore(state.get("recipe", {}))

    def _export(self) -> Path:
        """Write the averaged weights and what is known of the run where the application finds them."""
        if self.accelerator.is_main_process:
            weights.save(self.target, self.kind, self.ema.average.cpu(), self._facts(), self.dataset.id)
            saved = weights.load(self.target, self.accelerator.device)  # in the precision that everyone else gets
            with weights.writing(self.target):
                write_rows(self.target / "training.csv", self.rows[:: max(1, len(self.rows) // ROWS)])
                self.film.write(self.target)
                self.recipe.beside(self.target)
                if isinstance(saved, Samples):
                    sample_sheet(saved).save(self.target / "samples.png", optimize=True)
            write_card(self.target)
        self.accelerator.wait_for_everyone()
        return self.target

    def _facts(self) -> dict[str, Any]:
        """What config.json tells of the run."""
        device = self.accelerator.device
        return {
            "data": f"{self.dataset.title}, {self.recipe.reads[0].words}",
            **({"begun": self.recipe.begun} if self.recipe.begun else {}),
            "images_seen": self.progress.images,
            "steps": self.progress.step,
            "batch_size": self.batch_size,
            "seed": self.seed,
            "minutes": round(self.progress.seconds / 60, 1),
            "clock": "processor time" if self.watch.of_cpu else "wall time",
            "precision": {"no": "single", "bf16": "bfloat16"}[self.accelerator.mixed_precision],
            "device": torch.cuda.get_device_name(device)
            if device.type == "cuda"
            else f"{device.type}, {torch.get_num_threads()} threads, {platform.machine()}",
            "processes": self.accelerator.num_processes,
            **({"before": self.before.facts} if self.before else {}),
        }


def write_rows(path: Path, rows: list[dict[str, float]]) -> None:
    """Write rows as a CSV file with a head, over what was there; a row may lack some of the columns."""
    if rows:
        names = dict.fromkeys(name for row in rows for name in row)  # a GAN's generator may not learn at every step
        with path.open("w", newline="") as f:
            writer = csv.DictWriter(f, names)
            writer.writeheader()
            writer.writerows(rows)
