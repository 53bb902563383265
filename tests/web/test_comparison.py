"""Compare's table: the same row for every model, and only what is like beside each other."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from generative.inference.engine.engine import Engine
from generative.library.entries import Entry
from generative.library.side_files import SideFiles
from generative.library.speed import PixelSpeed, Speed
from generative.web.base.run import Run
from generative.web.rooms.comparison import DASH, Column, comparison
from tests.committed import ENTRIES

HERE = {e.id: e for e in ENTRIES}
FOUR = [HERE[f"fashion-mnist/{name}"] for name in ("gated-pixelcnn", "vae", "dcgan", "ddpm")]


class Rows(HTMLParser):
    """The cells of a table's rows, by the name of the row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    def __getitem__(self, name: str) -> list[str]:
        return next(cells for title, *cells in self.rows if title == name)


def table(entries: list[Entry]) -> Rows:
    return Rows(comparison([Column(entry) for entry in entries]))


def test_every_row_has_a_cell_for_every_model() -> None:
    rows = table(FOUR).rows
    assert {len(row) for row in rows} == {5} and 8 <= len(rows) <= 12
    assert rows[0][1:] == [entry.title for entry in FOUR]


def test_exact_likelihoods_and_bounds_never_share_a_row() -> None:
    shown = table(FOUR)
    exact, bound = shown["Bits for each value, exact"], shown["Bits for each value, at most"]
    assert [cell != DASH for cell in exact] == [True, False, False, False]
    assert [cell != DASH for cell in bound] == [False, True, False, False]


def test_rows_that_say_nothing_of_these_models_are_left_out() -> None:
    assert not any("loop" in row[0] or "Told" in row[0] for row in table(FOUR[1:3]).rows)
    untold = replace(FOUR[1], told=())
    assert table([FOUR[0], untold])["Told the class"] == ["yes", "no"]


@pytest.fixture
def drawn() -> Run:
    machine = Engine(device="cpu")
    run = Run(machine, machine.request("samples", "fashion-mnist/vae", count=3))
    list(run.messages())
    return run


def test_a_pixel_model_says_what_the_plain_loop_would_have_taken(drawn: Run) -> None:
    pixels = PixelSpeed({1: 1.0, 16: 2.0}, {1: 10.0, 16: 200.0}, 0.1, 0.1, 0.0)
    speed = Speed("cpu", "2025-01-01", "2.14", 7, 1.0, {1: 1.0}, 0.0, None, None, pixels)
    entry = replace(drawn.request.entry, parameters=7, beside=SideFiles(speed=speed))
    drawn.seconds = 6.0
    rows = Rows(comparison([Column(entry, drawn), Column(entry)]))
    assert rows["Time an image"] == ["2.0 s", DASH]
    assert rows["Time an image, by the plain loop"] == ["about 20.0 s", "about 10.0 s"]
    assert rows["Passes of the network"][0] == "1"


def test_names_are_text() -> None:
    odd = Entry("toys/x", Path("x"), "<b>x</b>", parameters=1)
    assert "<b>" not in comparison([Column(odd)])
