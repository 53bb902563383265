"""A picture's place among the test images, from the quantiles in a checkpoint folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from generative.library.percentile import FILE, RECONSTRUCTION, percentile

GOOD = [1 + i / 50 for i in range(101)]  # 1, 1.02, … 3 bits/dim


def written(folder: Path, quantiles: Any, file: str = FILE) -> Path:
    (folder / file).write_text(json.dumps({"quantiles": quantiles, "kind": "exact", "how": ""}))
    return folder


@pytest.mark.parametrize(
    ("bits", "place"), [(0.5, 0), (1, 0), (1.01, 0.5), (2, 50), (2.505, 75.25), (3, 100), (9, 100)]
)
def test_a_percentile_is_interpolated(tmp_path: Path, bits: float, place: float) -> None:
    assert percentile(written(tmp_path, GOOD), bits) == pytest.approx(place)


def test_without_quantiles_there_is_none(tmp_path: Path) -> None:
    assert percentile(tmp_path, 2.0) is None


def test_each_figure_has_quantiles_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    assert percentile(tmp_path, 0.25, RECONSTRUCTION) is None
    written(tmp_path, [i / 400 for i in range(101)], RECONSTRUCTION)
    assert percentile(tmp_path, 0.0625, RECONSTRUCTION) == pytest.approx(25)
    assert percentile(tmp_path, 2) == percentile(tmp_path, 2, FILE) == pytest.approx(50)


@pytest.mark.parametrize(
    "quantiles",
    [
        None,
        "many",
        [],
        GOOD[:100],
        GOOD[::-1],
        [*GOOD[:100], "3"],
        [*GOOD[:100], True],
        [*GOOD[:100], float("inf")],
        [*GOOD[:50], float("nan"), *GOOD[51:]],
    ],
)
def test_damaged_quantiles_count_as_none(tmp_path: Path, quantiles: Any) -> None:
    assert percentile(written(tmp_path, quantiles), 2.0) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null"])
def test_a_damaged_file_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert percentile(tmp_path, 2.0) is None
