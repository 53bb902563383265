"""CycleGAN: from one kind of picture to another and back, decided by the picture alone."""

import pytest
import torch
from torch import Tensor

from generative.errors import InvalidOption
from generative.inference.translation import Translations
from generative.models.gans.cyclegan import AMPLIFIED, CycleGANOptions, PencilCycleGAN
from generative.models.gans.domains import FAINTEST, PENCIL, SUNGLASSES, pencil
from generative.models.model import drain
from generative.seeds import Seeds

PICTURES = torch.rand(3, 3, 8, 8, generator=torch.Generator().manual_seed(0))
QUIET = CycleGANOptions(disturbed=0.0)


@pytest.fixture
def model(tiny) -> PencilCycleGAN:
    return tiny("cyclegan-pencil", image_channels=3)


def test_a_flat_picture_is_drawn_as_paper_and_an_edge_as_a_line_on_its_darker_side() -> None:
    flat = torch.full((1, 3, 8, 8), 0.9)
    assert pencil(flat).eq(1).all() and pencil(torch.zeros(1, 3, 8, 8)).allclose(torch.tensor(FAINTEST))
    halves = flat.clone()
    halves[..., 4:] = 0.8
    drawn = pencil(halves)
    line = torch.ones(8)
    line[4] = 1 - 1.2 * 0.1
    torch.testing.assert_close(drawn, line.expand_as(drawn))


def test_a_drawing_has_no_hue() -> None:
    drawn, swapped = pencil(PICTURES), pencil(PICTURES[:, :1].expand(-1, 3, -1, -1))
    assert drawn[:, 0].equal(drawn[:, 1]) and drawn[:, 0].equal(drawn[:, 2])
    assert not drawn.equal(swapped) and ((drawn >= 0) & (drawn <= 1)).all()
    assert pencil(PICTURES[:, :1]).shape == (3, 1, 8, 8)


def test_a_translation_is_decided_by_the_picture_alone(model: PencilCycleGAN) -> None:
    one, other = (drain(model.translate(PICTURES[:1], Seeds(seed, 2), "colour")) for seed in (0, 5))
    assert one.images.equal(other.images) and one.views["back"].images.equal(other.views["back"].images)
    assert one.images[0].equal(one.images[1])
    recovered = one.views["recovered"].images
    assert not recovered[0].equal(recovered[1]) and not recovered.equal(other.views["recovered"].images)
    several = drain(model.translate(PICTURES, Seeds(0, 3), "colour"))
    torch.testing.assert_close(several.images[:1], one.images[:1])


def test_undisturbed_the_same_comes_back(model: PencilCycleGAN) -> None:
    frame = drain(model.translate(PICTURES, Seeds(0, 3), "drawing", options=QUIET))
    assert frame.views["between"].images.equal(frame.images)
    assert frame.views["recovered"].images.equal(frame.views["back"].images)
    torch.testing.assert_close(frame.figures["disturbed_error"], frame.figures["cycle_error"])


def test_the_way_back_is_the_way_there_of_the_translation(model: PencilCycleGAN) -> None:
    there = drain(model.translate(PICTURES, Seeds(0, 3), "drawing", options=QUIET))
    back = drain(model.translate(there.images, Seeds(0, 3), "colour", options=QUIET))
    torch.testing.assert_close(back.images, there.views["back"].images)
    error = (back.images - PICTURES).square().mean((1, 2, 3)).sqrt()
    torch.testing.assert_close(there.figures["cycle_error"], error)


def shown(model: PencilCycleGAN, to: str, prepared: bool) -> tuple[Tensor, Tensor | None]:
    """What was translated, and the truth of it."""
    views = drain(model.translate(PICTURES, Seeds(0, 3), to, prepared)).views
    return views["given"].images, views["truth"].images if "truth" in views else None


def test_the_truth_is_known_where_a_picture_was_drawn_by_rule(model: PencilCycleGAN) -> None:
    given, truth = shown(model, "colour", True)
    assert given.equal(pencil(PICTURES)) and truth.equal(PICTURES)
    for prepared in (False, True):  # in colour a picture is as it is
        given, truth = shown(model, "drawing", prepared)
        assert given.equal(PICTURES) and truth.equal(pencil(PICTURES))
    given, truth = shown(model, "colour", False)  # a drawing that somebody made
    assert given.equal(PICTURES) and truth is None


def test_nobody_knows_a_face_with_sunglasses_it_never_had(tiny) -> None:
    frame = drain(tiny("cyclegan-sunglasses", image_channels=3).translate(PICTURES, Seeds(0, 3), "sunglasses", True))
    assert "truth" not in frame.views and "error" not in frame.figures
    assert frame.views["given"].images.equal(PICTURES)
    apart = (frame.images - PICTURES).clamp(-1 / AMPLIFIED, 1 / AMPLIFIED)
    torch.testing.assert_close(frame.views["difference"].images, apart)
    assert frame.views["difference"].shades[apart == 0].sub(0.5).abs().sum() == 0


@pytest.mark.parametrize("pair", [PENCIL, SUNGLASSES], ids=lambda pair: pair.first.name)
def test_kinds_are_known_by_name_in_any_case(pair) -> None:
    assert [pair.place(f" {name.upper()} ") for name in pair.names] == [0, 1]
    for wrong in ("oil", None, 3):
        with pytest.raises(InvalidOption, match=f"to must be one of {pair.names[0]}, {pair.names[1]}, not") as refused:
            pair.place(wrong)
        assert refused.value.field == "to"


def test_what_programs_are_told_of_a_journey(model: PencilCycleGAN) -> None:
    frame = drain(model.translate(PICTURES, Seeds(4, 3), "drawing", options=QUIET))
    done = Translations(frame, Seeds(4, 3))
    assert [row["seed"] for row in done.rows] == [4, 5, 6]
    for i, row in enumerate(done.rows):
        assert row["error"] == pytest.approx(
            float((frame.images[i] - pencil(PICTURES[i : i + 1])[0]).square().mean().sqrt())
        )
        assert -1 <= row["cycle_ssim"] <= 1 and row["cycle_error"] == row["disturbed_error"]
    assert len(done.names) == 8 == len(done.stations(0)) and done.sheet().size == (8 * 10 - 2, 3 * 10 - 2)
    honest = drain(model.translate(pencil(PICTURES), Seeds(4, 3), "colour")).images
    torch.testing.assert_close(frame.views["honest"].images, honest)
