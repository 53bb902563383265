"""JEM: a classifier as an energy, and what it learns from."""

from collections.abc import Callable

import pytest
import torch

from generative.models.energy.descent import Pace
from generative.models.energy.energy_model import Term
from generative.models.energy.jem import JEM
from generative.models.model import drain
from generative.seeds import Seeds
from generative.training.energy import JEMRecipe, ReplayBuffer

IMAGES = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def model(tiny: Callable[..., JEM]) -> JEM:
    return tiny("jem").requires_grad_(False)


def test_its_logits_are_minus_the_energies_of_picture_and_class(model: JEM) -> None:
    logits = model.classify(IMAGES)
    for label in range(3):
        torch.testing.assert_close(model.score(IMAGES, torch.full((3,), label)).nats, -logits[:, label])
    alone = model.score(IMAGES)
    torch.testing.assert_close(alone.nats, -logits.logsumexp(1))
    torch.testing.assert_close(alone.posterior, logits.softmax(1))
    assert model.features(IMAGES).shape == (3, model.head.in_features)


def test_the_slope_is_that_of_the_energy_by_finite_differences(model: JEM) -> None:
    model, told = model.double(), torch.tensor([0, 3])
    x = torch.randn(2, *model.place_shape, dtype=torch.double)
    _, gradient = model.slope(x, [Term(told)])
    direction = torch.randn_like(x)
    measured = (model.energy(x + 1e-4 * direction, told) - model.energy(x - 1e-4 * direction, told)) / 2e-4
    torch.testing.assert_close((gradient * direction).flatten(1).sum(1).float(), measured.float(), rtol=1e-3, atol=1e-5)


def test_without_classes_it_is_an_energy_alone(tiny: Callable[..., JEM]) -> None:
    model = tiny("jem", told=()).requires_grad_(False)
    assert model.score(IMAGES).posterior is None and model.score(IMAGES).nats.shape == (3,)
    assert drain(model.sample(Seeds(0, 2))).images.shape == (2, 1, 8, 8)


def test_chains_go_on_where_they_were_and_some_begin_anew() -> None:
    torch.manual_seed(0)
    buffer = ReplayBuffer(20, (1, 2, 2), 3)
    chosen, places, labels = buffer.draw(8, 0.0)
    assert places.equal(buffer.places[chosen]) and labels.equal(chosen % 3)
    buffer.put(chosen, places + 5)
    assert buffer.places[chosen].min() >= 4 and len(set(chosen.tolist())) < 20
    fresh = buffer.draw(400, 0.25)[1].abs().amax((1, 2, 3)) <= 1
    kept = ReplayBuffer(20, (1, 2, 2), 3)
    kept.restore(buffer.state())
    assert kept.places.equal(buffer.places) and fresh.any()


def test_it_learns_to_classify_and_its_chains_move(tiny: Callable[..., JEM], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JEMRecipe, "buffer", 30)
    monkeypatch.setattr(JEMRecipe, "pace", Pace(3, 1.0, temperature=5e-5))
    model = tiny("jem").train()
    recipe = JEMRecipe(model)
    before, accuracies = recipe.chains.places.clone(), []
    optimiser = torch.optim.Adam(model.parameters(), 5e-3)
    for _ in range(80):
        loss, record = recipe.loss(IMAGES, torch.tensor([0, 1, 2]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        accuracies.append(float(record["accuracy"]))
    assert sum(accuracies[-10:]) > 9 and not recipe.chains.places.equal(before)
    assert recipe.chains.places.isfinite().all()


def test_chains_that_explode_in_training_begin_anew(tiny: Callable[..., JEM], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JEMRecipe, "buffer", 6)
    monkeypatch.setattr(JEMRecipe, "pace", Pace(5, 1e9))
    recipe = JEMRecipe(tiny("jem"))
    assert recipe.rolled(4).abs().max() <= 1
