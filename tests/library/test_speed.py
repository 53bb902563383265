"""Speeds are kept beside the weights, read with care, and told in tables."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from generative.library import weights
from generative.library.entries import describe
from generative.library.entry import Entry
from generative.library.speed import PixelSpeed, Speed
from generative.library.speed_tables import pixel_table, speed_tables
from tests.building import build
from tests.committed import ENTRIES

FAST = Speed("cpu", "2025-01-01", "2.14", 1000, 812.3, {1: 12.0, 16: 0.812}, 0.25, 312.4, None)
PIXELS = PixelSpeed({1: 0.2, 16: 0.5}, {1: 8.0, 16: 123.4}, 0.1, 0.25, 0.0123)


def saved(folder: Path, content: Any) -> Entry:
    weights.save(folder, "vae", build("vae", {"size": 8, "channels": 4, "latent": 2}), {"minutes": 1})
    (folder / "speed.json").write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return describe("toys/vae", folder)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    parameters = saved(tmp_path / "toys" / "vae", {}).parameters
    speed = replace(FAST, parameters=parameters, pixels=PIXELS)
    assert saved(tmp_path / "toys" / "vae", asdict(speed)).speed == speed


def test_a_speed_of_another_network_is_not_told(tmp_path: Path) -> None:
    entry = saved(tmp_path / "toys" / "vae", asdict(FAST))
    assert entry.beside.speed == FAST and entry.speed is None and not entry.notes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cold_ms", "fast"),
        ("cold_ms", float("nan")),
        ("parameters", -1),
        ("ms_per_image", {"many": 1.0}),
        ("ms_per_image", {}),
        ("device", ["cpu"]),
        ("device", "x" * 1000),
        ("pixels", {"fast_s": {"1": 1}}),
        ("peak_mib", []),
    ],
)
def test_a_damaged_file_costs_the_speed_only(tmp_path: Path, name: str, value: Any) -> None:
    entry = saved(tmp_path / "toys" / "vae", asdict(FAST) | {name: value})
    assert entry.problem is None and entry.speed is None
    assert any("speed.json is damaged" in note for note in entry.notes)


def test_a_file_that_is_no_json_costs_the_speed_only(tmp_path: Path) -> None:
    entry = saved(tmp_path / "toys" / "vae", "\x00{")
    assert entry.problem is None and entry.speed is None and "speed.json" in entry.notes[0]


def test_every_model_that_draws_says_how_fast() -> None:
    slow = [e.id for e in ENTRIES if "samples" in e.abilities and e.beside.speed and not e.speed]
    assert not slow, "measured of other networks; write anew: python -m generative benchmark"


def test_the_table_has_a_cell_for_every_column() -> None:
    other = replace(FAST, ms_per_image={1: 8}, cold_ms=9, outside_share=0, peak_mib=None, peak_device_mib=7)
    lines = speed_tables({"mnist/vae": FAST, "mnist/ddpm": other}).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert {line.count("|") for line in table} == {7} and len(table) == 4
    assert "| mnist/vae | 812 ms | 12 ms/image | 0.81 ms/image | 25% | 312 MiB |" in table
    assert "| mnist/ddpm | 9 ms | 8 ms/image |  | 0% | unknown + 7 MiB on the device |" in table


def test_the_table_of_pixel_models_has_a_cell_for_every_column() -> None:
    head, line, row = pixel_table({"mnist/pixelcnn": PIXELS}).splitlines()
    assert row == "| mnist/pixelcnn | 8.0 s | 40.0× | 123 s | 246.8× | 100 ms | 5.0 | 250 ms | 1.2% |"
    assert head.count("|") == line.count("|") == row.count("|")
    assert "extrapolated" in speed_tables({"mnist/pixelcnn": replace(FAST, pixels=PIXELS)})


def test_models_measured_elsewhere_are_named() -> None:
    assert speed_tables({"a": FAST}).startswith("Measured on 2025-01-01 on cpu, torch 2.14; default options, medians.")
    text = speed_tables({"a": FAST, "b": replace(FAST, device="NVIDIA H200"), "c": FAST})
    assert "a, c: measured on 2025-01-01 on cpu" in text and "b: measured on 2025-01-01 on NVIDIA H200" in text
