"""What GANs minimise: against closed forms on a few logits, and against finite differences."""

import math

import pytest
import torch
from torch import Tensor, nn

from generative.models.gans import objectives
from generative.models.gans.contenders import LSGAN, R3GAN, WGANGP, Contender, MinimaxGAN, NonSaturatingGAN
from generative.models.gans.objectives import Objective, r1, r1_and_r2, slope, unit_slope
from generative.models.registry import MODELS
from generative.training.contenders import ContenderRecipe
from generative.training.recipes import recipe_of

REAL, FORGED = [2.0, -0.5], [0.3, -1.0]
PAIRS = list(zip(REAL, FORGED, strict=True))


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


# The papers' formulas, in plain numbers: the discriminator's loss and the generator's.
LOGISTIC = mean([-math.log(sigmoid(r)) - math.log(1 - sigmoid(f)) for r, f in PAIRS])
EXPECTED = {
    "MINIMAX": (LOGISTIC, mean([math.log(1 - sigmoid(f)) for f in FORGED])),
    "NON_SATURATING": (LOGISTIC, mean([-math.log(sigmoid(f)) for f in FORGED])),
    "LEAST_SQUARES": (
        mean([0.5 * (r - 1) ** 2 + 0.5 * f**2 for r, f in PAIRS]),
        mean([0.5 * (f - 1) ** 2 for f in FORGED]),
    ),
    "WASSERSTEIN": (mean(FORGED) - mean(REAL), -mean(FORGED)),
    "RELATIVISTIC": (
        mean([-math.log(sigmoid(r - f)) for r, f in PAIRS]),
        mean([-math.log(sigmoid(f - r)) for r, f in PAIRS]),
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_losses_are_those_of_the_papers(name: str) -> None:
    objective: Objective = getattr(objectives, name)
    real, forged = torch.tensor(REAL), torch.tensor(FORGED)
    assert float(objective.discriminator(real, forged)) == pytest.approx(EXPECTED[name][0], rel=1e-5)
    assert float(objective.generator(real, forged)) == pytest.approx(EXPECTED[name][1], rel=1e-5)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_discriminator_parts_the_two_and_the_generator_lifts_its_own(name: str) -> None:
    objective: Objective = getattr(objectives, name)
    real, forged = (torch.tensor(logits, requires_grad=True) for logits in ([0.2, 0.1], [0.3, -0.4]))
    d_real, d_forged = torch.autograd.grad(objective.discriminator(real, forged), [real, forged])
    (g_forged,) = torch.autograd.grad(objective.generator(real.detach(), forged), [forged])
    assert (d_real < 0).all() and d_forged[0] > 0 and (g_forged < 0).all()


def test_where_forgeries_are_found_out_the_saturating_loss_has_no_gradient_and_the_other_has() -> None:
    forged = torch.tensor([-20.0], requires_grad=True)
    slopes = [
        float(torch.autograd.grad(o.generator(torch.zeros(1), forged), forged)[0])
        for o in (objectives.MINIMAX, objectives.NON_SATURATING)
    ]
    assert slopes[0] == pytest.approx(0, abs=1e-6) and slopes[1] == pytest.approx(-1, abs=1e-6)


class Smooth(nn.Module):
    """A discriminator with curvature, in double precision."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.weight = nn.Parameter(torch.randn(2, 12, generator=generator, dtype=torch.float64))

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        x = images.flatten(1)
        return (x.sin() * self.weight[labels]).sum(1) + x.square().sum(1)


def images_of(seed: int) -> Tensor:
    return torch.rand(3, 3, 2, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def finite_slope(discriminator: nn.Module, image: Tensor, label: Tensor, step: float = 1e-5) -> float:
    """The squared length of the gradient at an image, one difference quotient a value."""
    total = 0.0
    for place in range(image.numel()):
        nudge = torch.zeros_like(image).flatten()
        nudge[place] = step
        both = torch.stack([image + nudge.view_as(image), image - nudge.view_as(image)])
        up, down = discriminator(both, label.expand(2)).tolist()
        total += ((up - down) / (2 * step)) ** 2
    return total


def test_slopes_are_what_differences_say() -> None:
    discriminator, real, forged, labels = Smooth(), images_of(1), images_of(2), torch.tensor([0, 1, 1])
    with torch.no_grad():
        at_real = [finite_slope(discriminator, x, k) for x, k in zip(real, labels, strict=True)]
        at_forged = [finite_slope(discriminator, x, k) for x, k in zip(forged, labels, strict=True)]
    assert slope(discriminator, real, labels).tolist() == pytest.approx(at_real, rel=1e-6)
    assert float(r1(discriminator, real, forged, labels).detach()) == pytest.approx(mean(at_real), rel=1e-6)
    assert float(r1_and_r2(discriminator, real, forged, labels).detach()) == pytest.approx(
        mean(at_real) + mean(at_forged), rel=1e-6
    )


def test_the_wasserstein_penalty_asks_for_a_slope_of_one_between_real_and_forged() -> None:
    discriminator, labels = Smooth(), torch.tensor([0, 1, 1])
    same = images_of(1)  # between an image and itself lies the image
    with torch.no_grad():
        lengths = [finite_slope(discriminator, x, k) ** 0.5 for x, k in zip(same, labels, strict=True)]
    penalty = unit_slope(discriminator, same, same.clone(), labels)
    assert float(penalty.detach()) == pytest.approx(mean([(length - 1) ** 2 for length in lengths]), rel=1e-6)


@pytest.mark.parametrize("measure", [r1, r1_and_r2, unit_slope])
def test_the_gradient_of_a_penalty_is_what_differences_say(measure: objectives.Measure) -> None:
    discriminator, real, forged, labels = Smooth(), images_of(1), images_of(2), torch.tensor([0, 1, 1])

    def measured() -> Tensor:
        torch.manual_seed(3)
        return measure(discriminator, real, forged, labels)

    (gradient,) = torch.autograd.grad(measured(), [discriminator.weight])
    for place in [(0, 0), (1, 7)]:
        values = []
        for step in (1e-5, -1e-5):
            with torch.no_grad():
                discriminator.weight[place] += step
            values.append(float(measured().detach()))
            with torch.no_grad():
                discriminator.weight[place] -= step
        assert float(gradient[place]) == pytest.approx((values[0] - values[1]) / 2e-5, rel=1e-4)


def test_a_gan_of_another_objective_is_a_class_without_a_recipe_of_its_own() -> None:
    of = {MinimaxGAN: "MINIMAX", NonSaturatingGAN: "NON_SATURATING", LSGAN: "LEAST_SQUARES"}
    of |= {WGANGP: "WASSERSTEIN", R3GAN: "RELATIVISTIC"}
    assert set(of) == {kind for kind in MODELS.values() if issubclass(kind, Contender)}
    for kind, name in of.items():
        assert recipe_of(kind) is ContenderRecipe
        assert ContenderRecipe(kind(kind.Config.tiny())).objective is getattr(objectives, name)


def test_contenders_differ_in_the_batch_norm_of_the_discriminator_alone() -> None:
    shapes = {}
    for kind in (NonSaturatingGAN, LSGAN, WGANGP, R3GAN):
        model = kind(kind.Config.tiny())
        norms = sum(isinstance(layer, nn.BatchNorm2d) for layer in model.discriminator.modules())
        assert bool(norms) == model.config.batch_norm == (kind in (NonSaturatingGAN, LSGAN))
        weights = [tuple(p.shape) for p in model.discriminator.parameters() if p.ndim == 4]
        shapes[kind] = ([tuple(p.shape) for p in model.generator.parameters()], weights)
    assert len({str(shape) for shape in shapes.values()}) == 1


def test_without_batch_norm_signals_keep_their_strength() -> None:
    torch.manual_seed(0)
    model = WGANGP(WGANGP.Config(size=32, discriminator_channels=32))
    ContenderRecipe(model)
    strengths = []
    images = torch.randn(8, 1, 32, 32)
    for layer in model.discriminator.layers:
        images = layer(images)
        strengths.append(float(images.detach().square().mean().sqrt()))
    assert max(strengths) < 4 * min(strengths)
