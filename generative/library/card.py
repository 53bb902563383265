"""The model card, README.md of a checkpoint: what the model is, how it was made, how good it is, how to use it.

Markdown with the front matter that the Hugging Face Hub reads. Everything in it comes from config.json, metrics.json
and the model class; nothing is written by hand, so a card is never older than its checkpoint.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from generative import figures as known
from generative.abilities import ABILITIES
from generative.conditions import Attributes
from generative.data.known import DATASETS, title
from generative.errors import BadCheckpoint
from generative.families import FAMILIES
from generative.library import percentile, shrinking, side_files, weights
from generative.library.entries import Entry, describe
from generative.library.entry import tellable

DIFFUSERS = (
    'diffusers reads the network and the noise schedule: `UNet2DModel.from_pretrained(folder, subfolder="unet")`, '
    '`DDPMScheduler.from_pretrained(folder, subfolder="scheduler")`. The network works on images folded into channels '
    "and wants a class label; unfolding is this project's."
)

TRAINING = {
    "data": "Data",
    "begun": "Began as",
    "images_seen": "Images seen",
    "steps": "Steps",
    "batch_size": "Batch size",
    "minutes": "Minutes",
    "clock": "Minutes are of",
    "precision": "Precision",
    "device": "Device",
    "processes": "Processes",
    "note": "Note",
    "seed": "Seed",
}


def write_card(folder: Path) -> Path:
    """Write README.md of a checkpoint folder. Raises BadCheckpoint or CannotWrite."""
    folder = Path(folder).resolve()
    entry = in_its_place(describe(f"{folder.parent.name}/{folder.name}", folder))
    with weights.writing(folder):
        (folder / "README.md").write_text(render(entry), encoding="utf-8")
    return folder / "README.md"


def in_its_place(entry: Entry) -> Entry:
    """Under the id that it has in a library: a copy of the folder may lie anywhere."""
    return replace(entry, id=f"{entry.dataset}/{entry.folder.name}") if entry.dataset else entry


def render(entry: Entry) -> str:
    """The card of a checkpoint. Raises BadCheckpoint for one that cannot be used."""
    if entry.problem:
        raise BadCheckpoint(f"{entry.id} gets no card: {entry.problem}")
    parts = [front_matter(entry), introduction(entry)]
    if (entry.folder / "samples.png").exists():
        last = side_files.on_sheet(entry.size) - 1
        parts.append(f"![Samples of seeds 0 to {last} under default options](samples.png)")
    parts += [
        usage(entry),
        training(entry),
        figures(entry),
        settings(entry),
        directions(entry),
        limits(entry),
        licence(entry),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def front_matter(entry: Entry) -> str:
    """YAML for the Hugging Face Hub: licence, library, pipeline, tags, figures."""
    lines = [
        "---",
        "license: mit",
        f"library_name: {'diffusers' if (entry.folder / 'unet').exists() else 'pytorch'}",
        f"pipeline_tag: {pipeline(entry)}",
        "tags:",
        *[f"- {tag}" for tag in dict.fromkeys(["generative-models", entry.family, entry.kind])],
    ]
    if (data := DATASETS.get(entry.dataset)) and data.hub:
        lines += ["datasets:", f"- {data.hub}"]
    return "\n".join([*lines, "---"])


def pipeline(entry: Entry) -> str:
    """What the hub calls what it does."""
    kinds = {
        "samples": "unconditional-image-generation",
        "translates": "image-to-image",
        "writes": "text-generation",
    }
    return next((kind for name, kind in kinds.items() if name in entry.abilities), "image-classification")


def introduction(entry: Entry) -> str:
    """What the model is, its paper, its images and what it can do."""
    data = str(entry.training.get("data", "")).partition(",")[0] or title(entry.dataset)
    stored = shrinking.precision(entry.trained)
    facts = [
        f"- Paper: <{entry.paper}>",
        *([WORDS_ONLY] if "writes" in entry.abilities else [images(entry), f"- {classes(entry)}"]),
        f"- Abilities: {', '.join(entry.abilities)}",
        f"- Parameters: {entry.parameters:,}; weights: {entry.file_size / 1e6:.1f} MB, {stored}, safetensors",
    ]
    does = of.sentence if (of := FAMILIES.get(entry.family)) else ""
    return f"# {entry.title} on {data}\n\n{does}\n\n" + "\n".join(facts)


WORDS_ONLY = "- Texts: what is said of the pictures, character by character; it saw no picture"


def images(entry: Entry) -> str:
    """The line on what it draws or tells apart."""
    return f"- Images: {entry.size}×{entry.size} pixels, {'grey' if entry.channels == 1 else 'RGB'}"


def classes(entry: Entry) -> str:
    """What the model is told, or tells apart."""
    if names := entry.classes or entry.labels:
        return f"Classes: {', '.join(names)}"
    if groups := [name for told in entry.told if isinstance(told, Attributes) for name, _ in told.groups]:
        return f"Attributes: {', '.join(groups)}; it can be told any of them, and the rest is up to the noise"
    return "Classes: none, it learnt without them"


WRITTEN = (
    'written = model.write("someone", generative.Seeds(0, count=4))',
    "written.texts, written.bits  # written.chances: of each of written.alphabet, to come after the beginning",
)
DRAWN = (
    "for frame in model.sample(generative.Seeds(0, count=16)):",
    "    images = frame.images  # (16, C, H, W) in [0, 1]; the last frame is the result",
)
TRANSLATED = (
    "for to in model.pair.names:  # images: (N, C, H, W) in [0, 1], of the other kind",
    "    (frame,) = model.translate(images, generative.Seeds(0, count=len(images)), to)  # frame.images, frame.views",
)


def loaded(entry: Entry) -> tuple[str, ...]:
    """The Python that every use begins with."""
    return "import generative", "", f'model = generative.load("{entry.id}")'


def usage(entry: Entry) -> str:
    """Command line and Python; "hf:owner/name" stands wherever the id does once the model is on the hub."""
    python = {"samples": DRAWN, "translates": TRANSLATED, "writes": WRITTEN}
    uses = [lines for name, lines in python.items() if name in entry.abilities]
    if not uses:
        lines = ["```python", *loaded(entry), "logits = model.classify(images)  # (N, C, H, W) in [0, 1]", "```"]
        return "## How to use it\n\n" + "\n".join(lines)
    commands = [ABILITIES[name].card for name in entry.abilities]
    lines = [
        "```sh",
        *[f"python -m generative {words.format(id=entry.id)}" for words in commands if words],
        "```",
        "",
        "```python",
        *loaded(entry),
        *uses[0],
        "```",
        "",
        "A folder, or `hf:owner/name` for a copy on the Hugging Face Hub, can stand in place of the id.",
    ]
    if (entry.folder / "unet").exists():
        lines += ["", DIFFUSERS]
    return "## How to use it\n\n" + "\n".join(lines)


def training(entry: Entry) -> str:
    """How it was trained, as a table; nothing if config.json does not say."""
    rows = [(title, value(entry.training[key])) for key, title in TRAINING.items() if key in entry.training]
    if not rows:
        return ""
    before = entry.trained.get("before")
    if isinstance(before, dict) and all(tellable(name, before.get(name)) for name in ("minutes", "images_seen")):
        until = f"{value(before['minutes'])} minutes and {value(before['images_seen'])} images"
        rows.append(("In two parts", f"After {until} its averaged weights learnt on (`train --further`)"))
    note = "\n\nThe course of it is in `training.csv`." if (entry.folder / "training.csv").exists() else ""
    return f"## How it was trained\n\n{table(('', ''), rows)}{note}"


def figures(entry: Entry) -> str:
    """What was measured and how, as a table, or how to measure it."""
    measured = known.measured(entry.metrics)
    if not measured:
        return "## Figures\n\nNot measured yet: run `python -m generative evaluate " + entry.id + "`."
    columns: list[tuple[str, Callable[[str, dict[str, Any]], str]]] = [
        ("Figure", lambda id, m: known.quantity(id).title),
        ("Value", known.amount),
        ("95 % interval", known.spread),
        ("Real images", known.real),
        ("How it was measured", lambda id, m: str(m.get("how", ""))),
    ]
    shown = [(head, tell) for head, tell in columns if head == "Figure" or any(map(tell, measured, measured.values()))]
    rows = [tuple(tell(id, m) for _, tell in shown) for id, m in measured.items()]
    return f"## Figures\n\n{table(tuple(head for head, _ in shown), rows)}{circumstances(entry)}"


def circumstances(entry: Entry) -> str:
    """On what, when and of which weights the figures were measured."""
    words = ""
    protocol = entry.metrics.get("protocol")
    if isinstance(protocol, dict):
        words = f"\n\nMeasured on {protocol.get('device')}, {protocol.get('date')}, torch {protocol.get('torch')}."
    if entry.outdated:
        words += f"\n\n**These are figures of other weights.** Measure: `python -m generative evaluate {entry.id}`."
    if (entry.folder / percentile.FILE).exists():
        words += f"\n\nWhere a picture stands among test images by its likelihood is read off `{percentile.FILE}`."
    return words


def settings(entry: Entry) -> str:
    """What it draws by sampler, steps and guidance, as tables; nothing where that was not measured."""
    if entry.settings is None:
        return ""
    words = (
        f"Over {entry.settings.samples:,} samples of each setting, all else as by default, by `python -m generative "
        f"evaluate {entry.id} --settings`."
    )
    return f"## By its settings\n\n{words}\n\n{entry.settings.tables(entry.title, entry.defaults)}"


def directions(entry: Entry) -> str:
    """What adding each direction to a latent does, by the ways to find it."""
    tables = entry.metrics.get("directions")
    if not isinstance(tables, dict) or not tables:
        return ""
    methods = list(tables)
    heads = ("Direction", *(f"{kind}, {method}" for method in methods for kind in ("Success", "Leakage")))
    rows = []
    for name in tables[methods[0]]:
        found = [tables[method].get(name, {}) for method in methods]
        rows.append((name, *(share(row.get(kind)) for row in found for kind in ("success", "leakage"))))
    words = (
        "What 1 × each direction does to latents of pictures without the attribute, as the classifier of the data set "
        "sees it. Success: how often it sees the attribute then. Leakage: the share of the other attributes that it "
        "sees changed. Exchange: from the mean of the value that is shown to that of the one wanted; difference: of "
        "the means with and without; normal: of a logistic regression."
    )
    return f"## Directions in the latent space\n\n{words}\n\n{table(heads, rows)}"


def share(value: Any) -> str:
    """A share from 0 to 1 as a percentage; a dash where it was not measured."""
    return f"{value:.0%}" if isinstance(value, (int, float)) else "–"


def limits(entry: Entry) -> str:
    """What the model is bad at: its family's words, and the size of its images."""
    words = of.limits if (of := FAMILIES.get(entry.family)) else ""
    if "samples" in entry.abilities:
        words += f" Its images have {entry.size}×{entry.size} pixels and show nothing that is not in its training data."
    return f"## Limits\n\n{words.strip()}"


def licence(entry: Entry) -> str:
    """That of the weights, and that of the data."""
    data = ""
    if learnt := DATASETS.get(entry.dataset):
        data = f" The training data has a licence of its own ({learnt.licence}): <{learnt.source}>."
    return f"## Licence\n\nThe weights are under the MIT licence.{data}"


def value(content: Any) -> str:
    """A setting as text, thousands set apart."""
    return f"{content:,}" if isinstance(content, (int, float)) and not isinstance(content, bool) else str(content)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table; bars within cells are escaped."""
    cells = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(" ".join(c.split()).replace("|", "\\|") for c in row) + " |" for row in cells)
