"""What is in a frame, and what must never leave as one."""

import pytest
import torch

from generative.errors import GenerativeError
from generative.frame import Frame, View, check_finite

IMAGES, NAN = torch.rand(2, 1, 4, 4), torch.tensor([0.5, torch.nan])


def test_a_view_is_shaded_from_its_low_to_its_high() -> None:
    view = View("Surprise", "How unexpected", torch.tensor([-1.0, 0, 2, 8, 9]).view(1, 1, 1, 5), high=8.0, unit="bits")
    assert view.shades.flatten().tolist() == [0, 0, 0.25, 1, 1]
    signed = View("Velocity", "Where to", torch.tensor([-2.0, 0, 2]).view(1, 1, 1, 3), low=-2, high=2)
    assert signed.shades.flatten().tolist() == [0, 0.5, 1]


def test_a_frame_of_finite_numbers_passes() -> None:
    frame = Frame(IMAGES, 1, 2, views={"again": View("Again", "", IMAGES)}, figures={"loss": torch.ones(2)})
    assert check_finite(frame) is frame


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (Frame(IMAGES / 0, 1, 2), "At step 1 of 2 the model's images are not finite"),
        (Frame(IMAGES, 2, 2, latents=NAN[None]), "step 2 of 2 the model's latents"),
        (Frame(IMAGES, 1, 1, views={"x_t": View("Noise", "", IMAGES * torch.inf)}), 'values of "x_t"'),
        (Frame(IMAGES, 1, 1, figures={"bits_per_dim": NAN}), 'figures "bits_per_dim"'),
    ],
    ids=["images", "latents", "views", "figures"],
)
def test_what_is_not_finite_is_refused_and_named(frame: Frame, words: str) -> None:
    with pytest.raises(GenerativeError, match=words):
        check_finite(frame)
