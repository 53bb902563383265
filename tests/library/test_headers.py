"""The header of a file of weights bounds what is built for it."""

import json
import threading
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from generative.errors import BadCheckpoint
from generative.library import headers, weights
from tests.building import build


def pile(layers: int) -> nn.Module:
    return nn.Sequential(*(nn.Linear(1, 1) for _ in range(layers)))


def test_building_stops_at_the_first_layer_too_many() -> None:
    with headers.within(tensors=20):
        assert len(pile(10)) == 10
    with pytest.raises(BadCheckpoint, match="larger model than the weights belong to"), headers.within(tensors=20):
        pile(1000)
    assert len(pile(1000)) == 1000  # outside there is no limit


def test_other_threads_build_what_they_like_meanwhile() -> None:
    made = []
    with headers.within(tensors=1):
        thread = threading.Thread(target=lambda: made.append(pile(100)))
        thread.start()
        thread.join()
    assert len(made[0]) == 100


def test_sixteen_thousand_blocks_are_refused_at_once(tmp_path: Path) -> None:
    tiny = {"classes": ["a", "b"], "size": 8, "channels": 8, "blocks": 1}
    weights.save(tmp_path, "pixelcnn", build("pixelcnn", tiny), {})
    config = json.loads((tmp_path / "config.json").read_text())
    weights.write_json(tmp_path / "config.json", config | {"config": {**config["config"], "blocks": 16_384}})
    before = time.process_time()
    with pytest.raises(BadCheckpoint, match="larger model than the weights belong to"):
        weights.sketch(tmp_path)
    assert time.process_time() - before < 5


def test_an_absurd_header_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes((2**40).to_bytes(8, "little") + b"{}")
    with pytest.raises(BadCheckpoint, match=r"a header of 1,099,511,627,776 bytes"):
        headers.read(path)
    save_file({f"t{i}": torch.zeros(1) for i in range(headers.MAX_TENSORS + 1)}, path)
    with pytest.raises(BadCheckpoint, match=r"holds 4,097 tensors; no model here has more than 4,096"):
        headers.read(path)
