"""A network that is told attributes, any of which may be left out."""

import torch

from generative.conditions import UNTOLD, Attributes
from generative.models.model import drain
from generative.seeds import Seeds
from generative.training.diffusion import DDPMRecipe, dropped

TOLD = (Attributes((("hair", ("none", "red")), ("hat", ("none", "top", "cap")), ("mouth", ("o", "u", "v", "w")))),)


def test_embeddings_add_up_and_what_is_untold_adds_nothing(tiny) -> None:
    told = tiny("ddpm", told=TOLD).unet.class_embedding
    whole = told(torch.tensor([[1, 2, 3]]))
    parts = [told(torch.tensor([row])) for row in ([1, -1, -1], [-1, 2, -1], [-1, -1, 3])]
    torch.testing.assert_close(sum(parts), whole)
    assert told(torch.tensor([[UNTOLD] * 3])).eq(0).all()
    assert len({tuple(told(torch.tensor([[a, -1, -1]]))[0].tolist()) for a in range(2)}) == 2


def test_it_draws_untold_and_hears_every_attribute(tiny) -> None:
    model = tiny("ddpm", told=TOLD)
    assert drain(model.sample(Seeds(0, 2), model.Options(num_inference_steps=2))).images.shape == (2, 1, 8, 8)
    x_t, t = torch.randn(1, 4, 4, 4), torch.tensor(300.0)
    assert not model(x_t, t, torch.tensor([[0, 1, 2]])).allclose(model(x_t, t, torch.tensor([[0, 1, 3]])))


def test_training_leaves_out_each_in_half_and_all_in_a_tenth(tiny) -> None:
    torch.manual_seed(0)
    recipe = DDPMRecipe(tiny("ddpm", told=TOLD))
    told = dropped(labels := torch.ones(20_000, 3, dtype=torch.int64), recipe.model.untold(labels)) != UNTOLD
    assert abs(float(told.float().mean()) - 0.45) < 0.01
    assert abs(float((~told).all(1).float().mean()) - (0.1 + 0.9 / 8)) < 0.01
    loss, _ = recipe.loss(torch.rand(4, 1, 8, 8), torch.ones(4, 3, dtype=torch.int64))
    assert loss.isfinite()


def test_training_leaves_out_a_tenth_of_classes(tiny) -> None:
    torch.manual_seed(0)
    model = tiny("ddpm")
    told = dropped(labels := torch.zeros(20_000, dtype=torch.int64), model.untold(labels))
    assert abs(float((told == model.no_class).float().mean()) - 0.1) < 0.01
