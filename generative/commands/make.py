"""train, evaluate and benchmark: what takes long. Their libraries are imported when they are called for."""

import argparse
from pathlib import Path

from generative.commands.terminal import columns, say
from generative.errors import GenerativeError, InvalidOption, check_integer, check_number
from generative.figures import amount, estimate, measured, quantity
from generative.inference.engine.devices import pick_device, trouble
from generative.library import card, weights
from generative.library import entries as library
from generative.seeds import MAX_SEED


def train(arguments: argparse.Namespace) -> None:
    """`train`: train models, or go on where they were stopped."""
    if arguments.minutes is not None:
        check_number("minutes", arguments.minutes, 0.01, 100_000)
    if arguments.steps is not None:
        check_integer("steps", arguments.steps, 1, 10**9)
    if arguments.batch_size is not None:
        check_integer("batch-size", arguments.batch_size, 1, 10_000)
    check_integer("seed", arguments.seed, 0, MAX_SEED)
    check_integer("jobs", arguments.jobs, 1, 1000)
    ids = arguments.models
    if arguments.all:
        from generative.training.recipes import COMMITTED

        ids = list(COMMITTED)
    if not ids:
        raise InvalidOption("Name at least one model, or --all", "models")
    if len(ids) == 1:
        train_one(ids[0], arguments)
    else:
        train_several(ids, arguments)


def train_one(id: str, arguments: argparse.Namespace) -> None:
    from generative.training.loop import Trainer  # imports accelerate

    trainer = Trainer(
        id,
        minutes=arguments.minutes,
        steps=arguments.steps,
        seed=arguments.seed,
        data=arguments.data,
        runs=arguments.runs,
        root=arguments.root,
        batch_size=arguments.batch_size,
        further=arguments.further,
    )
    device, remedy = trainer.accelerator.device, "Choose a smaller --batch-size, or free the device."
    with trouble(device, f"a batch of {trainer.batch_size} images", remedy):
        say(str(trainer.run()))


def train_several(ids: list[str], arguments: argparse.Namespace) -> None:
    from generative.training.side_by_side import train_all

    names = ("minutes", "steps", "seed", "data", "runs", "root", "batch_size")
    given = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    flags = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    flags += ["--further"] if arguments.further else []
    failed = 0
    with weights.writing(Path(arguments.runs)):
        for ended in train_all(ids, arguments.jobs, flags, Path(arguments.runs)):
            failed += ended.failed
            say(f"{ended.id}: {ended.words}")
    if failed:
        raise GenerativeError(f"{failed} of {len(ids)} trainings failed; see {arguments.runs}/…/train.log")


def evaluate(arguments: argparse.Namespace) -> None:
    """`evaluate`: measure models and refresh their cards."""
    from generative.evaluation import protocol

    device = pick_device(arguments.device)
    ids = [e.id for e in library.available(arguments.root) if not e.problem] if arguments.all else arguments.models
    if not ids:
        raise InvalidOption("Name at least one model, or --all", "models")
    if arguments.settings:
        return measure_settings(ids, arguments)
    if arguments.most is not None:
        raise InvalidOption("--most goes with --settings", "most")
    for id in ids:
        with trouble(device, "what is measured", "Free it, or choose --device cpu."):
            metrics = protocol.evaluate(
                id,
                arguments.root,
                arguments.data,
                samples=arguments.samples,
                batch=max(1, min(100, arguments.samples)),
                seed=arguments.seed,
                device=device,
                extractor=arguments.extractor or "",
            )
        card.write_card(library.locate(id, arguments.root))
        rows = [[quantity(name).title, estimate(name, m)] for name, m in measured(metrics).items()]
        say(f"{id}\n{columns(rows)}\n")


def measure_settings(ids: list[str], arguments: argparse.Namespace) -> None:
    """`evaluate --settings`: a line for each cell as it is done; begun again, it goes on with what is missing."""
    from generative.evaluation.settings.sweep import sweep

    about = {"samples": arguments.samples, "seed": arguments.seed, "most": arguments.most}
    for id in ids:
        for cell in sweep(id, arguments.root, arguments.data, device=pick_device(arguments.device), **about):
            asked, found = cell["options"], measured(cell["figures"])
            words = f"{asked['sampler']}, {asked['num_inference_steps']} steps, scale {asked['guidance_scale']:g}"
            words += f", {asked['guided_by']}" if "guided_by" in asked else ""
            amounts = "; ".join(f"{quantity(name).title} {amount(name, m)}" for name, m in found.items())
            say(f"{id}, {words}: {amounts}; {cell['evaluations']} evaluations, {cell['seconds']:g} s")
        card.write_card(library.locate(id, arguments.root))


def benchmark(arguments: argparse.Namespace) -> None:
    """`benchmark`: time models, as a Markdown table or JSON."""
    from generative.evaluation.benchmark import report as speed

    device = pick_device(arguments.device)
    with trouble(device, "what is timed", "Free it, or choose fewer models."):
        report = speed.benchmark(arguments.models or None, arguments.root, device, app=not arguments.no_app)
    text = report.to_json() if arguments.json else report.to_markdown().rstrip()
    if arguments.out is None:
        return say(text)
    with weights.writing(Path(arguments.out)):
        Path(arguments.out).write_text(text + "\n", encoding="utf-8")
    say(arguments.out)
