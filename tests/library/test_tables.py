"""README's tables say what metrics.json says."""

from pathlib import Path

import pytest

import generative
from generative.__main__ import main
from generative.errors import InvalidOption
from generative.library.entries import Entry
from generative.library.tables import filled, nats, samples
from tests.committed import ENTRIES

README = Path(generative.__file__).parents[1] / "README.md"


def test_the_tables_of_the_readme_are_those_of_the_checkpoints() -> None:
    text = README.read_text(encoding="utf-8")
    assert filled(text, [*ENTRIES]) == text, "write them anew: python -m generative readme"


def entry(name: str, count: int, **metrics: dict) -> Entry:
    told = {**metrics, "protocol": {"samples": count}}
    return Entry(f"mnist/{name}", Path(), name, parameters=1000, size=28, metrics=told, dataset="mnist")


def test_intervals_and_real_images_at_the_same_number_stand_in_the_table() -> None:
    sure = {"value": 1.0, "interval": [0.75, 1.25], "real": {"value": 0.25}}
    one = entry("A", 20, fid=sure, recall={"value": 0.5})
    two = entry("B", 10, fid={"value": 2.0, "real": {"value": 0.5}})
    assert samples([one, two]).splitlines() == [
        "| MNIST | FID | Recall | Parameters |",
        "| --- | ---: | ---: | ---: |",
        "| A | 1.00 ± 0.25 | 0.50 | 1,000 |",
        "| B | 2.00 | – | 1,000 |",
        "| *Real images, 20* | 0.25 | – |  |",
        "| *Real images, 10* | 0.50 | – |  |",
    ]


def test_what_others_report_stands_beside_what_was_measured_and_never_beside_the_other_data_set() -> None:
    pixelcnn = Entry("mnist-fixed/pixelcnn", Path(), "PixelCNN", dataset="mnist-fixed", metrics={"nats": {"value": 82}})
    bounds = {"nats_bound": {"value": 88.1}, "nats_weighted": {"value": 85.25}}
    vae = Entry("mnist-dynamic/vae", Path(), "VAE", dataset="mnist-dynamic", metrics=bounds)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in nats([pixelcnn, vae]).splitlines()]
    assert rows[0][1:] == [
        f"MNIST, {which}"
        for which in ("fixed, published", "fixed, measured", "dynamic, published", "dynamic, measured")
    ]
    table = {row[0]: row[1:] for row in rows}
    assert table["PixelCNN"][1:2] + table["PixelCNN"][3:] == ["82.00", "–"]
    assert table["PixelCNN"][0].startswith("[81.30](https://") and table["PixelCNN"][2].startswith("[81.45]")
    assert table["VAE"][3] == "≤ 85.25 (from the ELBO ≤ 88.10)" and table["VAE"][:2] == ["–", "–"]


def test_a_text_without_marks_is_refused() -> None:
    with pytest.raises(InvalidOption, match="<!-- figures -->"):
        filled("# Nothing", [])


def test_the_command_writes_what_stands_between_the_marks_and_nothing_else(tmp_path: Path) -> None:
    marks = [f"<!-- {n} -->\nstale\n<!-- /{n} -->" for n in ("figures", "nats", "spaces", "settings", "speed")]
    (tmp_path / "README.md").write_text("before\n" + "\nbetween\n".join(marks) + "\nafter\n", encoding="utf-8")
    assert main(["readme", str(tmp_path / "README.md")]) == 0
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "\nbetween\n" in text and "stale" not in text
    assert "| Fashion-MNIST |" in text and "| First image, cold |" in text
    assert main(["readme", str(tmp_path / "none.md")]) == 2
