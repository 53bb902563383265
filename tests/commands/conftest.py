"""A command line over models so small that nothing takes long."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from generative.__main__ import main
from generative.library import weights
from tests.building import build

TINY = {
    "vae": {"channels": 8, "latent": 4},
    "dcgan": {"generator_channels": 8, "latent": 8},
    "gated-pixelcnn": {"channels": 8, "dilations": [1, 2], "size": 8},
    "ddpm": {"channels": [16, 32], "attention": [False, True], "layers_per_block": 1, "size": 8},
    "equilibrium": {"channels": [16, 16], "size": 8, "options": {"steps": 3}},
    "cyclegan-pencil": {"channels": 2, "blocks": 1, "size": 8},
    "classifier": {"channels": 8},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("checkpoints")
    for kind, config in TINY.items():
        torch.manual_seed(0)
        weights.save(root / "tiny" / kind, kind, build(kind, {"classes": ["Shirt", "Bag"], **config}), {})
    weights.write_json(root / "tiny" / "vae" / "metrics.json", {"fid": {"value": 12.5, "unit": "", "how": ""}})
    broken = root / "tiny" / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{")
    return root


@pytest.fixture
def run(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable:
    """``run("list")`` → (status, what went to stdout, what went to stderr), in an empty folder, on the CPU."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        ours = ("sample", "complete", "noise", "edit", "restore", "translate", "descend", "compose", "score", "encode")
        takes_one = words[0] in (*ours, "interpolate", "arithmetic")
        device = ["--device", "cpu"] if takes_one and "--device" not in words else []
        status = main([*words, *device, "--root", str(root)])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def picture(tmp_path: Path) -> str:
    Image.linear_gradient("L").save(tmp_path / "picture.png")
    return str(tmp_path / "picture.png")


@pytest.fixture
def fails() -> Callable:
    """``fails(run("list"), "words")``: one line that begins with "error: " and holds the words, and nothing else."""

    def check(result: tuple[int, str, str], *words: str) -> None:
        status, out, err = result
        assert (status, out) == (2, "")
        assert err.startswith("error: ")
        assert err.count("\n") == 1
        for word in words:
            assert word in err

    return check
