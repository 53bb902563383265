"""The avatars: the same everywhere, drawn independently, without what is held out, and kept on disk."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import generative
from generative.data.avatars import images as avatar_images
from generative.data.avatars import parts
from generative.data.avatars.images import Avatars
from generative.data.avatars.labels import (
    ATTRIBUTES,
    HELD_OUT,
    WEIGHTS,
    caption,
    draw,
    hair_colour_shown,
    held_out,
    values_of,
)
from generative.data.avatars.parts import SIZE
from generative.data.dataset import having
from generative.errors import CannotWrite, InvalidOption

FEW = 6
TRAIN, TEST = draw("train", 6000), draw("test", 3000)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("data")
    Avatars(place, "test", FEW).read()
    return place


def digest(images: torch.Tensor, labels: torch.Tensor) -> str:
    return hashlib.sha256(images.numpy().tobytes() + labels.numpy().tobytes()).hexdigest()


def test_another_process_draws_the_same(root: Path, tmp_path: Path) -> None:
    script = (
        "import hashlib, pathlib; from generative.data.avatars.images import Avatars\n"
        f"images, labels = Avatars(pathlib.Path({str(tmp_path)!r}), 'test', {FEW}).read()\n"
        "print(hashlib.sha256(images.numpy().tobytes() + labels.numpy().tobytes()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(generative.__file__).parents[1]), "PYTHONHASHSEED": "7"}
    other = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest(*Avatars(root, "test", FEW).read())


def test_an_index_alone_decides_the_attributes() -> None:
    assert torch.equal(draw("train", 50), TRAIN[:50])
    assert hashlib.sha256(TRAIN[:100].numpy().astype("<i8").tobytes()).hexdigest().startswith("e482be4e425538ed")
    assert hashlib.sha256(TEST[:100].numpy().astype("<i8").tobytes()).hexdigest().startswith("29b86c91a5aa9c5f")


def test_labels_given_out_are_the_callers_own(root: Path) -> None:
    _, labels = Avatars(root, "test", FEW).read()
    labels.zero_()
    assert torch.equal(Avatars(root, "test", FEW).read()[1], draw("test", FEW))
    assert draw("test", FEW).any()


@pytest.mark.parametrize("labels", [TRAIN, TEST], ids=["train", "test"])
def test_every_value_is_as_frequent_as_its_weight_says(labels: torch.Tensor) -> None:
    for column, (name, values) in zip(labels.T, ATTRIBUTES.items(), strict=True):
        weights = torch.tensor(WEIGHTS.get(name, (1,) * len(values)), dtype=torch.float64)
        shares = column.bincount(minlength=len(values)) / len(column)
        torch.testing.assert_close(shares.double(), weights / weights.sum(), atol=0.03, rtol=0.3)


def test_attributes_do_not_tell_of_one_another() -> None:
    """Cramér's V of each pair of attributes, 0 for independent ones; what is held out leaves a trace in training."""
    for labels, limit in ((TEST, 0.1), (TRAIN, 0.16)):
        for i in range(len(ATTRIBUTES)):
            for j in range(i):
                a, b = (
                    torch.nn.functional.one_hot(labels[:, i]).double(),
                    torch.nn.functional.one_hot(labels[:, j]).double(),
                )
                expected = a.mean(0)[:, None] * b.mean(0)
                chi2 = ((a.T @ b / len(labels) - expected) ** 2 / expected).sum()
                v = (chi2 / (min(expected.shape) - 1)).sqrt()
                assert v < limit, (list(ATTRIBUTES)[i], list(ATTRIBUTES)[j], float(v))


def test_held_out_combinations_are_in_the_test_split_alone() -> None:
    assert not held_out(TRAIN).any()
    assert 0.04 < held_out(TEST).float().mean() < 0.12
    for combination in HELD_OUT:
        found = having(TEST, combination, ATTRIBUTES)
        assert found.any(), combination
        for values in values_of(TEST[found]):
            assert combination.items() <= values.items()


def test_each_value_of_what_is_held_out_is_known_from_training() -> None:
    for combination in HELD_OUT:
        for name, value in combination.items():
            assert having(TRAIN, {name: value}, ATTRIBUTES).sum() > 100


def test_no_picture_is_in_both_splits() -> None:
    def shown(labels: torch.Tensor) -> set[tuple]:
        visible = hair_colour_shown(labels).tolist()
        rows = values_of(labels)
        return {tuple(v for k, v in r.items() if s or k != "hair colour") for r, s in zip(rows, visible, strict=True)}

    assert not shown(TRAIN) & shown(TEST)


def test_hair_colour_is_seen_where_it_is_said_to_be() -> None:
    painter = parts.Painter()
    base = {name: values[0] for name, values in ATTRIBUTES.items()}
    names = list(ATTRIBUTES)
    for hair, facial in [
        ("none", "none"),
        ("none", "beard"),
        ("hat", "none"),
        ("winter hat", "long beard"),
        ("bun", "none"),
    ]:
        values = {**base, "hair": hair, "facial hair": facial}
        row = torch.tensor([[ATTRIBUTES[n].index(values[n]) for n in names]])
        differs = (painter.paint({**values, "hair colour": "pink"}) != painter.paint(values)).any()
        assert hair_colour_shown(row).item() == differs


def test_layers_add_up_to_what_the_renderer_draws_in_one_go() -> None:
    painter, scale = parts.Painter(), parts.FINE // SIZE
    for values in values_of(TEST[:8]):
        whole = parts.pixels(parts.drawing(values), parts.BACKGROUND)[..., :3].astype(float)
        mean = whole.reshape(SIZE, scale, SIZE, scale, 3).mean((1, 3))
        assert abs(painter.paint(values) - mean).max() < 3


def test_every_value_changes_the_picture() -> None:
    painter = parts.Painter()
    base = {name: values[0] for name, values in ATTRIBUTES.items()} | {"hair": "bob", "facial hair": "beard"}
    for name, values in ATTRIBUTES.items():
        pictures = {painter.paint({**base, name: value}).tobytes() for value in values}
        assert len(pictures) == len(values), name


def test_the_small_images_are_the_mean_of_the_large(root: Path) -> None:
    large, labels = Avatars(root, "test", FEW).read(64)
    small, same = Avatars(root, "test", FEW).read(32)
    assert large.shape == (FEW, 3, 64, 64) and small.shape == (FEW, 3, 32, 32) and small.dtype == torch.uint8
    assert torch.equal(labels, same)
    exact = large.double().view(FEW, 3, 32, 2, 32, 2).mean((3, 5))
    assert torch.equal((exact + 0.5).floor().to(torch.uint8), small)


def test_the_largest_images_are_those_that_the_others_are_the_mean_of_and_have_a_file_of_their_own(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of the others stays what it was: large images are rendered only when they are asked for."""
    large, labels = Avatars(root, "test", FEW).read(64)
    kept = Avatars(tmp_path, "test", FEW)
    fine, same = kept.read(128)
    assert fine.shape == (FEW, 3, 128, 128) and torch.equal(avatar_images.halve(fine), large)
    assert torch.equal(labels, same)
    assert [path.name for path in (tmp_path / "avatars").iterdir()] == [f"test-{FEW}-128.safetensors"]
    monkeypatch.delattr(avatar_images, "render")
    assert torch.equal(kept.read(128)[0], fine)


def test_what_is_kept_is_not_rendered_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest(*Avatars(root, "test", FEW).read())
    monkeypatch.delattr(avatar_images, "render")
    assert digest(*Avatars(root, "test", FEW).read()) == before
    assert [p.name for p in (root / "avatars").iterdir()] == [f"test-{FEW}.safetensors"]


def damage_end(content: bytes) -> bytes:
    return content[: len(content) // 2]


def damage_pixel(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 255])


def damage_all(content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [damage_end, damage_pixel, damage_all])
def test_a_damaged_file_is_rendered_again(
    damage: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Avatars(tmp_path, "train", 2)
    images = kept.read()[0]
    kept.path().write_bytes(damage(kept.path().read_bytes()))
    assert torch.equal(kept.read()[0], images)
    monkeypatch.delattr(avatar_images, "render")
    assert torch.equal(kept.read()[0], images)


def test_images_of_another_recipe_are_rendered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Avatars(tmp_path, "train", 2)
    images = kept.read()[0]
    monkeypatch.setattr(parts, "BACKGROUND", "#000000")
    avatar_images.recipe.cache_clear()
    assert not torch.equal(kept.read()[0], images)
    monkeypatch.undo()
    avatar_images.recipe.cache_clear()
    assert torch.equal(kept.read()[0], images)


def test_a_place_that_cannot_be_written_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CannotWrite, match="--data"):
        Avatars(tmp_path / "file", "train", 2).read()


def test_an_unknown_split_is_told() -> None:
    with pytest.raises(InvalidOption, match="train, test"):
        draw("validation", 3)


def test_a_caption_names_what_is_seen() -> None:
    base = {name: values[0] for name, values in ATTRIBUTES.items()}
    assert caption(base) == "bald, pale skin, smile, white t-shirt"
    more = {**base, "hair": "afro", "glasses": "sun", "facial hair": "beard", "mouth": "open"}
    assert caption(more) == "afro, black hair, pale skin, sunglasses, beard, open mouth, white t-shirt"
