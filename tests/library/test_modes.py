"""Which modes a training drew, read from a folder that anyone may have written."""

import json
from pathlib import Path

import pytest
import torch

from generative.library.modes import FILE, Modes, packed, read_modes

SIZES = (10, 10, 10)


def test_modes_are_counted_once_each_and_read_as_they_were_written(tmp_path: Path) -> None:
    bits = packed(torch.tensor([[0, 0, 0], [3, 1, 4], [3, 1, 4], [9, 9, 9]]), SIZES)
    modes = Modes(1000, 4, (0, 5), (packed(torch.zeros(4, 3, dtype=torch.long), SIZES), bits))
    modes.write(tmp_path)
    assert read_modes(tmp_path) == modes and modes.counts == (1, 3)
    seen = [m for m in range(1000) if bytes.fromhex(bits)[m // 8] >> (7 - m % 8) & 1]
    assert seen == [0, 314, 999]


@pytest.mark.parametrize(
    "changes",
    [
        {"of": 10},
        {"of": 10**9},
        {"steps": [5, 0]},
        {"steps": [0, 5, 6]},
        {"drawn": ["00"] * 2},
        {"drawn": ["g" * 250] * 2},
        {"samples": "4"},
    ],
)
def test_damaged_ones_are_none(tmp_path: Path, changes: dict) -> None:
    assert read_modes(tmp_path) is None
    Modes(1000, 4, (0, 5), ("0" * 250,) * 2).write(tmp_path)
    (tmp_path / FILE).write_text(json.dumps(json.loads((tmp_path / FILE).read_text()) | changes))
    assert read_modes(tmp_path) is None
