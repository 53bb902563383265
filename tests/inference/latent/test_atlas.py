"""What is stored of a latent space, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from generative.errors import BadCheckpoint, InvalidOption
from generative.inference.latent import atlas as atlases
from generative.inference.latent.atlas import FILE, METHODS, Atlas, read_atlas
from generative.inference.latent.formula import Term, parse

DIMS, POINTS = 5, 300
ATTRIBUTES = {"glasses": ("none", "clear", "sun"), "mouth": ("smile", "open")}
DIRECTIONS = ("glasses", "glasses: none", "glasses: clear", "glasses: sun", "mouth: smile", "mouth: open")
TABLES = (
    "difference",
    "normal",
    "exchange",
    "values",
    "reading",
    "mean",
    "std",
    "sensitivity",
    "centre",
    "axes",
    "points",
)


def numbers(*shape: int, seed: int = 0) -> torch.Tensor:
    """Normal noise that half precision holds exactly."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).half().float()


@pytest.fixture
def atlas() -> Atlas:
    return Atlas(
        ATTRIBUTES,
        difference=numbers(6, DIMS, seed=1),
        normal=numbers(6, DIMS, seed=2),
        exchange=numbers(6, seed=9).abs(),
        values=numbers(5, DIMS, seed=10),
        reading=numbers(5, DIMS + 1, seed=11),
        mean=numbers(DIMS, seed=3),
        std=numbers(DIMS, seed=4).abs(),
        sensitivity=torch.tensor([0.25, 0.5, 0.0, 0.5, 0.125]),
        centre=numbers(DIMS, seed=5),
        axes=numbers(2, DIMS, seed=6),
        points=numbers(POINTS, 2, seed=7),
        labels=torch.stack([torch.arange(POINTS) % 3, torch.arange(POINTS) % 2], 1),
    )


def test_an_atlas_comes_back_as_it_was_saved(atlas: Atlas, tmp_path: Path) -> None:
    atlas.save(tmp_path)
    back = read_atlas(tmp_path)
    assert (dict(back.attributes), back.directions) == (ATTRIBUTES, DIRECTIONS)
    for name in TABLES:
        table = getattr(back, name)
        assert table.dtype == torch.float32 and torch.equal(table, getattr(atlas, name)), name
    assert back.labels.dtype == torch.int64 and torch.equal(back.labels, atlas.labels)


def test_the_file_is_small(atlas: Atlas, tmp_path: Path) -> None:
    atlas.save(tmp_path)
    assert (tmp_path / FILE).stat().st_size < POINTS * (2 * 2 + 2) + 2000


def test_a_missing_atlas_says_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="evaluate` writes it"):
        read_atlas(tmp_path)


@pytest.mark.parametrize("kept", [0, 7, 100, 2500])
def test_a_file_cut_short_is_refused(atlas: Atlas, tmp_path: Path, kept: int) -> None:
    atlas.save(tmp_path)
    content = (tmp_path / FILE).read_bytes()
    assert kept < len(content)
    (tmp_path / FILE).write_bytes(content[:kept])
    with pytest.raises(BadCheckpoint, match="is damaged"):
        read_atlas(tmp_path)


def test_a_file_of_a_size_that_no_atlas_has_is_not_read(
    atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    atlas.save(tmp_path)
    monkeypatch.setattr(atlases, "MAX_BYTES", 100)
    with pytest.raises(BadCheckpoint, match="more than"):
        read_atlas(tmp_path)


@pytest.mark.parametrize(
    "known",
    [
        None,
        {},
        {"attributes": "{"},
        {"attributes": "[]"},
        {"attributes": json.dumps({"glasses": 5})},
        {"attributes": json.dumps({"glasses": ["none", "clear"]})},
        {"attributes": json.dumps({**ATTRIBUTES, "hair": []})},
    ],
    ids=str,
)
def test_names_that_are_missing_or_damaged_are_refused(atlas: Atlas, tmp_path: Path, known: dict | None) -> None:
    atlas.save(tmp_path)
    save_file(load_file(tmp_path / FILE), tmp_path / FILE, known)
    with pytest.raises(BadCheckpoint, match="is damaged"):
        read_atlas(tmp_path)


def swapped(atlas: Atlas, folder: Path, **changes: torch.Tensor | None) -> None:
    """Saves the atlas with tables replaced, or left out for None."""
    atlas.save(folder)
    tables = {**load_file(folder / FILE), **changes}
    known = {"attributes": json.dumps(ATTRIBUTES)}
    save_file({name: table for name, table in tables.items() if table is not None}, folder / FILE, known)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("difference", torch.zeros(2, DIMS)),
        ("normal", torch.zeros(6, DIMS + 1)),
        ("exchange", torch.zeros(6, 1)),
        ("values", torch.zeros(6, DIMS)),
        ("reading", torch.zeros(5, DIMS)),
        ("mean", torch.zeros(DIMS + 1)),
        ("mean", torch.zeros(DIMS, 1)),
        ("mean", torch.tensor(1.0)),
        ("std", torch.zeros(1)),
        ("sensitivity", torch.zeros(DIMS - 1)),
        ("centre", torch.zeros(1, DIMS)),
        ("axes", torch.zeros(3, DIMS)),
        ("points", torch.zeros(POINTS, 3)),
        ("points", torch.zeros(0, 2)),
        ("points", torch.tensor(1.0)),
        ("labels", torch.zeros(POINTS, 3, dtype=torch.int16)),
        ("labels", torch.zeros(POINTS - 1, 2, dtype=torch.int16)),
    ],
)
def test_tables_that_do_not_fit_together_are_refused(
    atlas: Atlas, tmp_path: Path, name: str, table: torch.Tensor
) -> None:
    swapped(atlas, tmp_path, **{name: table})
    with pytest.raises(BadCheckpoint, match=r"is damaged: .* has the shape"):
        read_atlas(tmp_path)


def test_a_table_too_few_or_too_many_is_refused(atlas: Atlas, tmp_path: Path) -> None:
    for change in ({"axes": None}, {"labels": None}, {"more": torch.zeros(2)}):
        swapped(atlas, tmp_path, **change)
        with pytest.raises(BadCheckpoint, match="is damaged"):
            read_atlas(tmp_path)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_refused(atlas: Atlas, tmp_path: Path, bad: float) -> None:
    points = atlas.points.clone()
    points[3, 1] = bad
    replace(atlas, points=points).save(tmp_path)
    with pytest.raises(BadCheckpoint, match="points holds numbers that are not finite"):
        read_atlas(tmp_path)


@pytest.mark.parametrize("value", [-1, 2])
def test_a_label_beyond_the_values_of_its_attribute_is_refused(atlas: Atlas, tmp_path: Path, value: int) -> None:
    labels = atlas.labels.clone()
    labels[0, 1] = value
    replace(atlas, labels=labels).save(tmp_path)
    with pytest.raises(BadCheckpoint, match="labels holds values that no attribute has"):
        read_atlas(tmp_path)


@pytest.mark.parametrize("method", ["difference", "normal"])
def test_an_edit_adds_up_the_terms_of_a_formula(atlas: Atlas, method: str) -> None:
    start, table = numbers(DIMS, seed=12), getattr(atlas, method)
    moved = atlas.moved(start, parse("+1.5 sun - 0.5 smile", DIRECTIONS), method)
    torch.testing.assert_close(moved, start + 1.5 * table[3] - 0.5 * table[4])
    assert all(torch.equal(atlas.moved(start, [], m), start) for m in METHODS)


@pytest.fixture
def plain(atlas: Atlas) -> Atlas:
    """An atlas in which the first three dimensions are glasses, the last two mouths."""
    biases = torch.zeros(5, 1)
    return replace(
        atlas, values=torch.eye(5), reading=torch.cat([torch.eye(5), biases], 1), exchange=torch.full((6,), 2.0)
    )


def test_a_latent_shows_of_each_attribute_the_value_that_scores_most(plain: Atlas) -> None:
    assert plain.shown(torch.tensor([0.0, 0.0, 1.0, 1.0, 0.0])) == (2, 0)
    assert plain.shown(torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0])) == (0, 1)
    biased = replace(plain, reading=torch.cat([torch.eye(5), torch.tensor([[0.0], [5], [0], [0], [0]])], 1))
    assert biased.shown(torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0])) == (1, 1)


@pytest.mark.parametrize(
    ("formula", "start", "step"),
    [
        ("+ sun", [1, 0, 0, 0, 1], [-2, 0, 2, 0, 0]),  # sun glasses for none
        ("+ sun", [0, 1, 0, 0, 1], [0, -2, 2, 0, 0]),  # for clear ones
        ("+ 0.5 smile", [0, 1, 0, 0, 1], [0, 0, 0, 1, -1]),
        ("+ glasses", [1, 0, 0, 0, 1], [-2, 1, 1, 0, 0]),  # of either kind
        ("- glasses", [0, 0, 1, 0, 1], [2, 0, -2, 0, 0]),  # none for sun glasses
        ("- 0.5 sun", [0, 0, 1, 0, 1], [1, 0, -1, 0, 0]),
        ("- smile", [0, 0, 1, 1, 0], [0, 0, 0, -2, 2]),  # no mouth is none, so the other one
        ("+ sun - open", [1, 0, 0, 0, 1], [-2, 0, 2, 2, -2]),
    ],
)
def test_an_exchange_takes_out_what_is_shown_and_puts_in_what_is_wanted(
    plain: Atlas, formula: str, start: list[int], step: list[float]
) -> None:
    begun = torch.tensor(start).float()
    moved = plain.moved(begun, parse(formula, DIRECTIONS), "exchange")
    torch.testing.assert_close(moved - begun, torch.tensor(step).float())


@pytest.mark.parametrize("formula", ["+ sun", "- none", "- 2 smile", "+ open"])
def test_more_of_what_is_there_or_less_of_what_is_not_goes_along_the_difference(plain: Atlas, formula: str) -> None:
    start, terms = torch.tensor([0.0, 0, 1, 0, 1]), parse(formula, DIRECTIONS)
    torch.testing.assert_close(plain.moved(start, terms, "exchange"), plain.moved(start, terms, "difference"))


def test_an_edit_along_what_is_not_there_is_refused(atlas: Atlas) -> None:
    with pytest.raises(InvalidOption, match="no direction 'beard'"):
        atlas.moved(torch.zeros(DIMS), [Term("beard", 1.0)])
    with pytest.raises(InvalidOption, match="method must be one of"):
        atlas.moved(torch.zeros(DIMS), [Term("glasses", 1.0)], "other")


def test_dimensions_come_in_the_order_of_what_they_change(atlas: Atlas) -> None:
    assert atlas.by_importance == [1, 3, 0, 4, 2]


def test_a_place_of_the_map_is_a_latent_of_its_plane(atlas: Atlas) -> None:
    latents = atlas.place(torch.tensor([0.0, 2.0]), torch.tensor([0.0, -1.0]))
    assert latents.shape == (2, DIMS)
    torch.testing.assert_close(latents[0], atlas.centre)
    torch.testing.assert_close(latents[1], atlas.centre + 2 * atlas.axes[0] - atlas.axes[1])


def test_the_spot_of_a_latent_is_the_nearest_place(atlas: Atlas) -> None:
    x, y = torch.tensor([0.5, -3.0, 0.0]), torch.tensor([1.5, 2.0, 0.0])
    torch.testing.assert_close(atlas.spots(atlas.place(x, y)), torch.stack([x, y], 1))
    latents = numbers(4, DIMS, seed=8)
    spots = atlas.spots(latents)
    beside = latents - atlas.place(spots[:, 0], spots[:, 1])
    torch.testing.assert_close(beside @ atlas.axes.T, torch.zeros(4, 2), atol=1e-4, rtol=0)


def test_nearly_all_points_lie_within_the_extent(atlas: Atlas) -> None:
    inside = atlas.points.abs().amax(1) <= atlas.extent
    assert 0.97 <= inside.float().mean() < 1
    assert replace(atlas, points=torch.zeros(POINTS, 2)).extent > 0
