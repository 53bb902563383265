"""What a transformer says it looks at is what it looks at."""

import pytest
import torch

from generative.answers import Attention
from generative.conditions import Caption
from generative.errors import InvalidOption
from generative.inference.pictures.attention import alike, looks, mask_picture, mean_look
from generative.models.model import Model
from generative.models.transformer.vq_transformer import VQTransformer

IMAGE = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0))
KINDS = ("transformer", "vq-transformer")


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest, tiny) -> Model:
    return tiny(request.param)


def test_shares_add_up_to_one_and_nothing_later_is_seen(model: Model) -> None:
    seen = model.attend(IMAGE, 5, 2)
    assert isinstance(seen, Attention) and seen.shares.shape == (2, 2, 8, 8)
    row, column, height, width = seen.box
    assert row <= 5 < row + height and column <= 2 < column + width
    tokens = seen.shares[..., ::height, ::width]
    torch.testing.assert_close(tokens.sum((2, 3)) + seen.start, torch.ones(2, 2))
    place = row // height * (8 // width) + column // width
    assert not tokens.flatten(2)[..., place:].any() and (tokens.flatten(2)[..., :place] > 0).all()


def test_the_first_token_sees_what_stands_before_it_alone(model: Model) -> None:
    seen = model.attend(IMAGE, 0, 0)
    assert not seen.shares.any() and seen.start.allclose(torch.ones(2, 2))


def test_the_surprise_of_all_tokens_is_that_of_the_picture(tiny) -> None:
    model = tiny("transformer")
    bits = model.attend(IMAGE, 5, 2, "b").bits[:, ::2]
    expected = model.score(IMAGE, torch.tensor([1])).bits.sum()
    torch.testing.assert_close(bits.sum(), expected)


def test_untold_it_looks_as_one_of_the_likeliest_class(tiny) -> None:
    model = tiny("transformer")
    likeliest = "abc"[int(model.score(IMAGE).posterior.argmax())]
    seen = model.attend(IMAGE, 5, 2)
    assert seen.before == likeliest and seen.shares.equal(model.attend(IMAGE, 5, 2, likeliest).shares)
    assert not seen.names and seen.words.shape == (2, 2, 0)


def test_the_words_that_it_knows_are_attended_to() -> None:
    torch.manual_seed(0)
    told = (Caption(("a", "hat", "red"), 5),)
    model = VQTransformer(VQTransformer.Config.tiny(told=told)).eval()
    seen = model.attend(IMAGE, 5, 2, "a purple hat")
    assert seen.names == ("(no word)", "a", "hat") and seen.words.shape == (2, 2, 3)
    torch.testing.assert_close(seen.words.sum(2), torch.ones(2, 2))


def test_a_place_outside_the_picture_is_refused(model: Model) -> None:
    with pytest.raises(InvalidOption, match="row must be a whole number from 0 to 7, not 8"):
        model.attend(IMAGE, 8, 0)


def test_pictures_are_bright_where_a_head_looks_and_black_where_nothing_is_written(model: Model) -> None:
    seen = model.attend(IMAGE, 1, 2)
    row, column, height, _ = seen.box
    pictures = looks(IMAGE[0], seen)
    assert pictures.shape == (2, 2, 3, 8, 8) and pictures.min() >= 0 and pictures.max() <= 1
    assert pictures[..., row + height :, :].max() < 0.02
    assert pictures[..., row, column].unique().numel() == 3, "the token that is written has one colour"
    assert float(mean_look(model.attend(IMAGE, 5, 2)).max()) == pytest.approx(1)


def test_the_mask_and_the_positions_are_pictures_of_their_own(model: Model) -> None:
    seen = model.attend(IMAGE, 0, 0)
    count = len(seen.positions)
    mask = mask_picture(count, 1)
    assert mask.shape == (3, count, count) and not mask[:, 0, 1:].any() and (mask[:, 1, :2] > 0).all()
    assert float(alike(seen.positions, 2)[2]) == pytest.approx(1)
