"""The order of the house: who may import whom, what is exported, what every checkpoint holds."""

import ast
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import generative
from generative.families import FAMILIES
from generative.library import weights
from generative.models.model import Model, drain
from generative.models.registry import MODELS
from generative.options import Options
from generative.seeds import Seeds
from generative.training.recipes import COMMITTED, recipe_of

PACKAGE = Path(generative.__file__).parent
FLOORS = {
    "errors": 0,
    "streams": 0,
    "fields": 1,
    "frame": 2,
    "seeds": 2,
    "options": 2,
    "conditions": 3,
    "answers": 4,
    "protocols": 4,
    "abilities": 4,
    "figures": 4,
    "quantities": 3,
    "families": 4,
    "data": 5,
    "models": 5,
    "library": 6,
    "inference": 7,
    "web": 8,
    "training": 8,
    "evaluation": 8,
    "commands": 9,
    "__main__": 10,
}
# Rooms within a floor; a tool knows nothing of another.
WEB = {"widgets": 0, "base": 1, "sources": 2, "tools": 3, "rooms": 4, "api": 4, "page": 5}
LATER = ("latent", "likelihood", "denoising", "features", "restoring", "energy")
INFERENCE = {"pictures": 0, "engine": 1, **dict.fromkeys(LATER, 2)}
BESIDE = {
    ("data", "models"),
    ("models", "data"),
    ("web", "training"),
    ("training", "web"),
    ("web", "evaluation"),
    ("evaluation", "web"),
    ("training", "evaluation"),
    ("evaluation", "training"),
}
MOST_FILES = 25  # of one folder
FILES = [p for p in sorted(PACKAGE.rglob("*.py")) if p != PACKAGE / "__init__.py" and "node_modules" not in p.parts]
CHECKPOINTS = weights.find()


def floor(path: Path) -> str:
    part = path.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Full names of the modules that `path` imports when it runs, type checking aside."""
    names = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = []
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} if node.module != "generative" else {f"generative.{a.name}" for a in node.names}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    here = floor(path)
    for name in imports(path):
        if name == "gradio" or name.startswith("gradio."):
            assert here == "web", f"{path} imports gradio"
        if not name.startswith("generative."):
            continue
        there = name.split(".")[1]
        if there in FLOORS:
            assert FLOORS[there] <= FLOORS[here] and (here, there) not in BESIDE, f"{path} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_rooms_within_a_floor_point_one_way(path: Path) -> None:
    here = path.relative_to(PACKAGE).parts
    order = {"web": WEB, "inference": INFERENCE}.get(here[0])
    if order is None or len(here) < 3:
        return
    for name in imports(path):
        there = name.split(".")[1:]
        if there[:1] != [here[0]] or len(there) < 2 or there[1] not in order:
            continue
        assert order[there[1]] <= order[here[1]], f"{path} imports {name}"
        if here[0] == "web" and here[1] == there[1] == "tools" and len(there) > 2 and len(here) > 3:
            assert there[2] == here[2], f"a tool imports another: {path} imports {name}"


def test_the_inference_layer_does_not_load_gradio() -> None:
    code = "import sys, generative, generative.inference.engine.engine; assert 'gradio' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PACKAGE.parent)


def test_a_model_that_does_not_denoise_loads_without_what_takes_seconds_to_import() -> None:
    loaded = "from generative.inference.engine.engine import Engine; Engine(device='cpu').model('fashion-mnist/vae')"
    code = f"import sys, generative.commands.parser; {loaded}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=PACKAGE.parent, capture_output=True, text=True)
    assert not {"diffusers", "torchvision", "torch._dynamo", "accelerate", "gradio"} & {*done.stdout.split()}


def test_every_export_resolves() -> None:
    assert all(hasattr(generative, name) for name in generative.__all__)


def test_every_model_has_a_recipe() -> None:
    assert all(recipe_of(kind) for kind in MODELS.values())


def test_what_made_the_committed_weights_is_written_down() -> None:
    made = {id: weights.read_json(folder / "config.json")["training"] for id, folder in CHECKPOINTS.items()}
    assert {id: training["minutes"] for id, training in made.items()} == COMMITTED
    assert all(training["seed"] == 0 for training in made.values())


def test_the_models_that_the_page_needs_are_here() -> None:
    kinds = ("ae", "denoising-ae", "conv-ae", "vae-2d", "vae", "dcgan", "gated-pixelcnn", "ddpm", "classifier")
    wanted = {f"fashion-mnist/{k}" for k in kinds}
    wanted |= {f"avatars/{k}" for k in ("denoising-ae", "conv-ae", "vae", "dcgan", "ddpm", "pixelcnn", "classifier")}
    assert wanted <= set(CHECKPOINTS)


def test_checkpoints_are_small_enough_to_be_cloned() -> None:
    sizes = {p: p.stat().st_size for p in weights.ROOT.rglob("*") if p.is_file()}
    assert sum(sizes.values()) <= 80e6
    assert max(sizes.values()) <= 9.5e6, max(sizes, key=sizes.get)


@pytest.mark.parametrize("id", CHECKPOINTS)
def test_every_checkpoint_loads_samples_and_has_a_card(id: str) -> None:
    folder, model = CHECKPOINTS[id], generative.load(id)
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("---\n")
    assert (folder / "training.csv").exists() and (folder / "metrics.json").exists()
    if hasattr(model, "sample"):
        assert (folder / "samples.png").exists()
        options, size = cheapest(model), model.config.size
        frame = drain(model.sample(Seeds(0, 1), options))
        assert frame.images.shape == (1, model.config.image_channels, size, size)
        assert frame.images.isfinite().all() and frame.step == frame.total


def cheapest(model: Model) -> Options:
    """Its own options, but with as few steps as there may be."""
    steps = {name: field.low for name, field in model.Options.fields().items() if name == "num_inference_steps"}
    return replace(model.default_options, **steps)


def test_every_family_has_a_record() -> None:
    assert {kind.family for kind in MODELS.values()} == set(FAMILIES)


def test_no_folder_holds_more_than_fits_on_a_page() -> None:
    names = subprocess.run(["git", "ls-files"], cwd=PACKAGE.parent, capture_output=True, text=True, check=False).stdout
    counts = Counter(str(Path(name).parent) for name in names.splitlines())
    assert not {folder: count for folder, count in counts.items() if count > MOST_FILES}
