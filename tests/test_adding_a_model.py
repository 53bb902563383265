"""What README says of adding a model, followed to the letter in a copy: nothing else has to be touched."""

import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import generative

REPOSITORY = Path(generative.__file__).parents[1]
ID = "fashion-mnist/hinge"
# Every door in one process, since each would load its libraries anew.
WALK = f"""
import json, sys, threading
from generative.__main__ import main
from generative.evaluation import latent_space
from generative.inference.engine.engine import Engine

latent_space.KNOWN, latent_space.MAPPED, latent_space.POOL = 200, 50, 100  # its latents need not be many
latent_space.TRIED, latent_space.EDITED, latent_space.MOVED = 4, 8, 4
assert main(["train", "{ID}", "--steps", "2", "--batch-size", "4", "--data", "data", "--runs", "runs"]) == 0
assert main(["evaluate", "{ID}", "--samples", "20", "--data", "data"]) == 0
assert main(["list"]) == 0
assert main(["sample", "{ID}", "--count", "2", "--class", "bag", "--out", "bags.png"]) == 0
assert main(["benchmark", "{ID}", "--no-app", "--json", "--out", "speed.json"]) == 0
import gradio as gr
from generative.web.base.visit import Visit
from generative.web.rooms.compare import CompareTab
from generative.web.rooms.family import FamilyTab
engine = Engine(device="cpu")
with gr.Blocks() as page:  # the rooms, as they are when they have been opened
    visit = Visit("fashion-mnist")
    FamilyTab("gans", engine, gr.State(visit), lambda stage: None)._build("samples", visit)
    CompareTab(engine, "fashion-mnist")
offered = [c.elem_id for c in page.blocks.values() if "{ID}" in str(getattr(c, "choices", ""))]
print("OFFERED", json.dumps(offered))
"""


def write_idx(path: Path, array: np.ndarray) -> None:
    """The format of the MNIST files: 0, 0, type 8 (uint8), rank, the sizes as big-endian int32, the bytes."""
    sizes = np.array(array.shape, dtype=">i4").tobytes()
    path.write_bytes(bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and what the evaluation needs, with noise for clothes."""
    ignore = shutil.ignore_patterns("node_modules", "__pycache__")
    shutil.copytree(REPOSITORY / "generative", tmp_path / "generative", ignore=ignore)
    for kind in ("classifier", "dcgan"):
        shutil.copytree(
            REPOSITORY / f"checkpoints/fashion-mnist/{kind}", tmp_path / f"checkpoints/fashion-mnist/{kind}"
        )
    raw, rng = tmp_path / "data/FashionMNIST/raw", np.random.default_rng(0)
    raw.mkdir(parents=True)
    for name, count in (("train", 60), ("t10k", 40)):
        write_idx(raw / f"{name}-images-idx3-ubyte", rng.integers(0, 256, (count, 28, 28)))
        write_idx(raw / f"{name}-labels-idx1-ubyte", np.arange(count) % 10)
    return tmp_path


def test_a_model_is_added_as_readme_says(copy: Path) -> None:
    section = (REPOSITORY / "README.md").read_text(encoding="utf-8").partition("### Adding a model")[2]
    network, lines = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[:2]
    (file,) = re.findall(r"\*\*The network\*\*, `([^`]+)`", section)
    assert not (copy / file).exists()
    (copy / file).write_text(textwrap.dedent(network), encoding="utf-8")
    imported, line = textwrap.dedent(lines).strip("\n").splitlines()
    registry = copy / "generative/models/registry.py"
    text = registry.read_text(encoding="utf-8")
    text = text.replace('    "dcgan": DCGAN,\n', f'    "dcgan": DCGAN,\n{line}\n')
    registry.write_text(
        text.replace("from generative.models.gans.dcgan", f"{imported}\nfrom generative.models.gans.dcgan")
    )

    run = subprocess.run(
        [sys.executable, "-c", WALK], cwd=copy, capture_output=True, text=True, timeout=600, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert re.search(rf"^{ID} +ready +gans", run.stdout, re.MULTILINE)
    assert (copy / "bags.png").exists() and "hinge" in (copy / "speed.json").read_text()
    metrics = json.loads((copy / "checkpoints" / ID / "metrics.json").read_text())
    assert "fid" in metrics and "class_agreement" in metrics
    offered = json.loads(re.findall(r"^OFFERED (.*)$", run.stdout, re.MULTILINE)[0])
    assert any("gans" in str(place) for place in offered) and "compare-models" in offered
