"""What holds for the sampler of every model."""

import gc
import weakref
from collections.abc import Callable

import pytest
import torch

from generative.errors import InvalidOption, NotSupported
from generative.models.model import Model, drain
from generative.protocols import Interpolates, Samples
from generative.seeds import Seeds

WITHOUT_CLASSES = ["pixelcnn", "pixelcnnpp", "ae", "denoising-ae", "conv-ae", "vae-2d", "vae", "dcgan"]


def test_frames_are_pictures_and_the_last_one_is_the_result(model: Model) -> None:
    assert isinstance(model, Samples)
    frames = list(model.sample(Seeds(3, 2)))
    assert [f.step for f in frames] == list(range(1, len(frames) + 1))
    assert frames[-1].step == frames[-1].total
    for frame in frames:
        for images in (frame.images, *(view.shades for view in frame.views.values())):
            assert images.shape == (2, 1, 8, 8) and images.dtype == torch.float32
            assert images.min() >= 0 and images.max() <= 1


def test_a_frame_does_not_change_after_it_was_yielded(model: Model) -> None:
    kept = [(frame, frame.images.clone()) for frame in model.sample(Seeds(0, 1))]
    assert all(frame.images.equal(copy) for frame, copy in kept)


def test_the_same_seed_draws_the_same_image_whatever_the_batch(model: Model) -> None:
    together = drain(model.sample(Seeds(5, 3))).images
    alone = torch.cat([drain(model.sample(Seeds(s, 1))).images for s in (5, 6, 7)])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=0)
    assert not together[0].equal(together[1])


def test_closing_stops_the_work_and_leaves_the_model_usable(model: Model) -> None:
    frames = model.sample(Seeds(0, 1))
    first = next(frames)
    gone = weakref.ref(first.images)
    frames.close()
    del first
    gc.collect()
    assert gone() is None
    assert next(frames, None) is None
    assert drain(model.sample(Seeds(0, 1))).step > 0
    assert not torch.is_inference_mode_enabled()


def test_runs_may_interleave(model: Model) -> None:
    one, two = model.sample(Seeds(1, 1)), model.sample(Seeds(2, 1))
    pairs = list(zip(one, two, strict=True))
    torch.testing.assert_close(pairs[-1][0].images, drain(model.sample(Seeds(1, 1))).images)


def test_an_unknown_class_is_refused_with_near_matches(model: Model) -> None:
    if not model.config.told or "class" not in type(model).Config.can_be_told:
        pytest.skip("learnt without classes")
    with pytest.raises(InvalidOption, match="Known are: a, b, c"):
        drain(model.sample(Seeds(0, 1), condition="sneaker"))


@pytest.mark.parametrize("kind", WITHOUT_CLASSES)
def test_a_model_without_classes_draws_and_refuses_one_in_words(tiny: Callable[..., Model], kind: str) -> None:
    model = tiny(kind, classes=[])
    assert not model.config.told
    assert drain(model.sample(Seeds(0, 2))).images.shape == (2, 1, 8, 8)
    with pytest.raises(NotSupported, match=r"can be told nothing about its images\. Leave out 'coat'"):
        drain(model.sample(Seeds(0, 1), condition="coat"))


def test_a_sample_is_what_its_latent_decodes_to(model: Model) -> None:
    if not isinstance(model, Interpolates):
        pytest.skip("has no latent space")
    condition = "B" if model.config.told else None
    latents = model.latents(Seeds(3, 2), condition=condition)
    assert latents.shape == (2, model.dims)
    assert model.decode(latents).equal(drain(model.sample(Seeds(3, 2), condition=condition)).images)
    torch.testing.assert_close(latents[1:], model.latents(Seeds(4), condition=condition))


def test_without_a_class_latents_are_of_all_classes_in_turn(model: Model) -> None:
    if not isinstance(model, Interpolates) or not model.config.told:
        pytest.skip("has no latents of a class")
    of_c = model.latents(Seeds(5), condition="c")
    torch.testing.assert_close(model.latents(Seeds(4, 2))[1:], of_c)
