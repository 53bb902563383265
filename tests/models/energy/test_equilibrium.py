"""Equilibrium Matching: the slope of its energy, how it is asked, and what it holds."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from generative.conditions import Attributes
from generative.errors import InvalidOption
from generative.models.energy.energy_model import Term
from generative.models.energy.equilibrium import EquilibriumMatching, field
from generative.models.model import drain
from generative.seeds import Seeds
from generative.training.energy import EquilibriumRecipe

GROUPS = (("glasses", ("none", "sun")), ("mouth", ("smile", "open", "sad")))
IMAGES = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def model(tiny: Callable[..., EquilibriumMatching]) -> EquilibriumMatching:
    return tiny("equilibrium").requires_grad_(False)


def test_the_slope_is_that_of_the_energy_by_finite_differences(model: EquilibriumMatching) -> None:
    model, told = model.double(), torch.tensor([0, 3])
    x = torch.randn(2, *model.place_shape, dtype=torch.double)
    _, gradient = model.slope(x, [Term(told)])
    for direction in torch.randn(4, *x.shape, dtype=torch.double):
        ahead, behind = (model.energy(x + h * direction, told) for h in (1e-4, -1e-4))
        measured = (ahead - behind) / 2e-4
        torch.testing.assert_close((gradient * direction).flatten(1).sum(1), measured, rtol=1e-3, atol=1e-4)


def test_energies_add_and_so_do_their_slopes(model: EquilibriumMatching) -> None:
    x = torch.randn(2, *model.place_shape)
    one, other = Term(torch.tensor([0, 0]), 0.5), Term(torch.tensor([2, 1]), 2.0)
    energy, gradient = model.slope(x, [one, other])
    parts = [model.slope(x, [replace(term, weight=1.0)]) for term in (one, other)]
    torch.testing.assert_close(energy, 0.5 * parts[0][0] + 2 * parts[1][0])
    torch.testing.assert_close(gradient, 0.5 * parts[0][1] + 2 * parts[1][1])


def test_guidance_leads_away_from_the_energy_of_any_picture(model: EquilibriumMatching) -> None:
    told = [Term(torch.tensor([1]))]
    assert [term.weight for term in model.terms(told, model.Options())] == [1.0]
    guided = model.terms(told, model.Options(guidance_scale=3))
    assert [(term.told.tolist(), term.weight) for term in guided] == [([1], 3.0), ([3], -2.0)]
    assert model.evaluations(model.Options(steps=10)) == 11
    assert model.evaluations(model.Options(steps=10, guidance_scale=3)) == 22


def test_the_field_leads_from_noise_to_pictures_and_vanishes_there() -> None:
    x, eps = torch.ones(5, 2), torch.zeros(5, 2)
    place, wanted = field(x, eps, torch.tensor([0.0, 0.5, 0.8, 0.9, 1.0]))
    assert place[:, 0].tolist() == pytest.approx([0, 0.5, 0.8, 0.9, 1])
    assert wanted[:, 0].tolist() == pytest.approx([-4, -4, -4, -2, 0], abs=1e-5)


def test_known_pixels_stay_bit_for_bit_while_the_rest_rolls(model: EquilibriumMatching) -> None:
    mask = torch.zeros(8, 8, dtype=torch.bool)
    mask[3:7, 2:5] = True
    frames = list(model.complete(IMAGES[:1], mask, Seeds(4, 2)))
    for frame in frames:
        assert frame.images[..., ~mask].equal(IMAGES[:1, :, ~mask].expand(2, -1, -1))
    assert not frames[-1].images[0].equal(frames[-1].images[1])
    first = drain(model.complete(IMAGES[:1], mask, Seeds(5)))
    torch.testing.assert_close(first.images[0], frames[-1].images[1])


def test_an_image_is_its_own_seeds_whatever_the_batch(model: EquilibriumMatching) -> None:
    options = model.Options(steps=5, noise=0.1)
    both, alone = drain(model.sample(Seeds(3, 2), options)), drain(model.sample(Seeds(4), options))
    torch.testing.assert_close(both.images[1:], alone.images)
    torch.testing.assert_close(both.figures["energy"][1:], alone.figures["energy"])


def test_steps_that_are_too_large_are_stopped_and_said(model: EquilibriumMatching) -> None:
    for weight in model.parameters():
        weight.mul_(3)
    frames = list(model.sample(Seeds(0, 2), model.Options(steps=40, step_size=1.0, momentum=0.9)))
    assert frames[-1].figures["exploded"].tolist() == [1, 1]
    assert frames[-1].label.endswith("2 of 2 exploded and were stopped: take smaller steps")
    assert all(frame.images.isfinite().all() and frame.figures["energy"].isfinite().all() for frame in frames)


def test_the_energy_of_a_picture_is_the_one_that_ends_a_run(model: EquilibriumMatching) -> None:
    last = drain(model.sample(Seeds(0, 2), model.Options(steps=3), "b"))
    scored = model.score(last.images, torch.tensor([1, 1]))
    assert scored.kind == "unnormalised" and scored.posterior is None
    inside = ((last.images > 0) & (last.images < 1)).flatten(1).all(1)  # cut to [0, 1] it is another picture
    torch.testing.assert_close(scored.nats[inside], last.figures["energy"][inside])
    assert model.score(last.images).nats.shape == (2,)


def test_two_energies_are_drawn_together_each_with_its_share(model: EquilibriumMatching) -> None:
    options = model.Options(steps=4, share=0.0)
    alone = drain(model.sample(Seeds(2, 2), options, "a"))
    torch.testing.assert_close(drain(model.compose("c", Seeds(2, 2), options, "a")).images, alone.images)
    ways = [drain(model.compose(b, Seeds(2, 2), replace(options, share=0.5), a)) for a, b in (("a", "c"), ("c", "a"))]
    torch.testing.assert_close(ways[0].images, ways[1].images)
    assert not ways[0].images.equal(alone.images)


def test_a_picture_rolls_from_where_it_is(model: EquilibriumMatching) -> None:
    still = model.Options(steps=1, step_size=0.0005, disturbed=0.0)
    near = drain(model.descend(IMAGES[:1], Seeds(0, 2), still))
    torch.testing.assert_close(near.images, IMAGES[:1].expand(2, -1, -1, -1), atol=0.02, rtol=0)
    all_noise = drain(model.descend(IMAGES[:1], Seeds(0, 2), replace(still, disturbed=1.0), "b"))
    torch.testing.assert_close(all_noise.images, drain(model.sample(Seeds(0, 2), still, "b")).images)


def test_a_picture_that_is_given_is_told_no_class_unless_somebody_says_one(model: EquilibriumMatching) -> None:
    options = model.Options(steps=2)
    bare, open_, told = (drain(model.descend(IMAGES, Seeds(0, 3), options, c)) for c in (None, {"class": None}, "a"))
    assert bare.images.equal(open_.images) and not bare.images.equal(told.images)


def test_a_pixel_is_pulled_where_the_energy_falls(model: EquilibriumMatching) -> None:
    images = 0.4 + 0.2 * IMAGES
    pull = model.pull(images)
    assert pull.shape == images.shape
    changed = images + 1e-3 * pull / pull.abs().max()
    assert (model.score(changed).nats < model.score(images).nats).all()
    assert not model.pull(images, torch.tensor([0, 1, 2])).equal(pull)


def test_attributes_are_told_one_by_one(tiny: Callable[..., EquilibriumMatching]) -> None:
    model = tiny("equilibrium", told=(Attributes(GROUPS),)).requires_grad_(False)
    told = model.score(IMAGES, torch.tensor([[1, -1]] * 3))
    assert told.nats.shape == (3,) and not told.nats.equal(model.score(IMAGES).nats)
    assert drain(model.sample(Seeds(0, 2), None, {"attributes": {"mouth": "sad"}})).images.shape == (2, 1, 8, 8)
    with pytest.raises(InvalidOption, match="labels must be"):
        model.score(IMAGES, torch.tensor([[2, 0]] * 3))


def test_its_loss_falls(tiny: Callable[..., EquilibriumMatching]) -> None:
    model = tiny("equilibrium").train()
    recipe = EquilibriumRecipe(model)
    optimiser, losses = torch.optim.Adam(model.parameters(), 3e-3), []
    for _ in range(60):
        loss, _ = recipe.loss(IMAGES.repeat(4, 1, 1, 1), torch.tensor([0, 1, 2] * 4))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert sum(losses[-10:]) < 0.7 * sum(losses[:10])
