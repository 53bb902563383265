"""The likelihood, the priors and the bound."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.distributions import (
    Categorical,
    Distribution,
    Independent,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
    kl_divergence,
)

from generative.models.autoencoders.priors import MixturePrior, StandardPrior
from generative.models.autoencoders.vae import VAE, WIDE
from generative.models.discretised_logistic import discretised_logistic
from generative.models.model import Model
from generative.seeds import Seeds

Tiny = Callable[..., Model]
# Told the class; the same model of images without classes; never told one.
VAES = {"classes": ("vae", {}), "no classes": ("vae", {"classes": []}), "plane": ("vae-2d", {})}
VAES["mixture"] = ("vae", {"classes": [], "components": 3})


@pytest.fixture(params=VAES)
def vae(request: pytest.FixtureRequest, tiny: Tiny) -> VAE:
    """Every prior that is learnt has moved away from where it starts."""
    kind, config = VAES[request.param]
    model = tiny(kind, **config)
    for parameter in model.prior.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


def prior_of(model: VAE, labels: Tensor) -> Distribution:
    """p(z) or p(z|c) as torch knows it."""
    if isinstance(model.prior, MixturePrior):
        return mixture(model.prior)
    if isinstance(model.prior, StandardPrior):
        return Independent(Normal(torch.zeros(len(labels), model.dims), 1.0), 1)
    root = model.prior.root(labels)
    return MultivariateNormal(model.prior.mean[labels], precision_matrix=root.mT @ root)


def mixture(prior: MixturePrior) -> MixtureSameFamily:
    return MixtureSameFamily(Categorical(logits=prior.logits), MultivariateNormal(prior.mean, scale_tril=prior.root))


def posterior_of(model: VAE, images: Tensor) -> Distribution:
    mean, log_std = model.posterior(images)
    return Independent(Normal(mean, log_std.exp()), 1)


def test_the_discretised_logistic_sums_to_one_over_the_256_values() -> None:
    values = torch.arange(256).double() / 255
    for mean in (0.0, 0.3, 1.0):
        for log_scale in (-5.0, -3.0, 0.0):
            log_p = discretised_logistic(values, torch.tensor(mean).double(), torch.tensor(log_scale).double())
            torch.testing.assert_close(log_p.exp().sum(), torch.tensor(1.0).double(), rtol=1e-3, atol=0)


@torch.inference_mode()
def test_the_bound_never_exceeds_the_likelihood(vae: VAE) -> None:
    """log p(x) by importance sampling with many draws lies above the ELBO."""
    draws, images, labels = 4000, (torch.rand(2, 1, 8, 8) * 255).round() / 255, torch.tensor([0, 2])
    posterior = posterior_of(vae, images)
    torch.manual_seed(1)
    z = posterior.sample((draws,))
    parts = [vae.likelihood(some.flatten(0, 1)) for some in z.split(500)]
    mean, log_scale = (torch.cat(part).unflatten(0, (draws, 2)) for part in zip(*parts, strict=True))
    log_p = discretised_logistic(images, mean, log_scale).sum((2, 3, 4))
    weights = log_p + prior_of(vae, labels).log_prob(z) - posterior.log_prob(z)
    log_likelihood = weights.logsumexp(0) - math.log(draws)
    score = vae.score(images, labels if vae.config.told else None, draws=200)
    assert score.kind == "bound"
    assert (-score.nats <= log_likelihood + 0.5).all()


def test_the_kl_term_is_the_divergence_of_the_posterior_from_the_prior(vae: VAE) -> None:
    images, labels = torch.rand(4, 1, 8, 8), torch.tensor([0, 1, 2, 1])
    mean, log_std = vae.posterior(images)
    posterior = MultivariateNormal(mean, torch.diag_embed((2 * log_std).exp()))
    # A mixture is fitted afterwards, so training knows N(0, I) only.
    standard = Independent(Normal(torch.zeros(4, vae.dims), 1.0), 1)
    prior = standard if isinstance(vae.prior, MixturePrior) else prior_of(vae, labels)
    if isinstance(prior, Independent):
        prior = MultivariateNormal(prior.mean, torch.eye(vae.dims))
    bound = vae(images, labels, torch.zeros(4, vae.dims))
    torch.testing.assert_close(bound.kl, kl_divergence(posterior, prior), rtol=1e-4, atol=1e-4)


def test_the_standard_prior_is_the_normal_distribution() -> None:
    mean, log_std = torch.randn(5, 7), torch.randn(5, 7)
    expected = kl_divergence(Normal(mean, log_std.exp()), Normal(0.0, 1.0)).sum(1)
    prior, labels = StandardPrior(), torch.zeros(5, dtype=torch.long)
    torch.testing.assert_close(prior.kl(mean, log_std, labels), expected)
    assert prior(mean, labels).equal(mean)
    assert not list(prior.parameters())


def test_the_prior_draws_from_its_own_density(tiny: Tiny) -> None:
    prior = tiny("vae").prior
    for parameter in prior.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    labels = torch.ones(50_000, dtype=torch.long)
    drawn = prior(torch.randn(50_000, 3, generator=torch.Generator().manual_seed(0)), labels)
    root = prior.root(labels[:1])[0]
    torch.testing.assert_close(drawn.mean(0), prior.mean[1], atol=0.05, rtol=0)
    torch.testing.assert_close(torch.linalg.inv(drawn.T.cov()), root.T @ root, atol=0.1, rtol=0.05)


@pytest.fixture
def mixed() -> MixturePrior:
    prior = MixturePrior(3, 4)
    for parameter in prior.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return prior


def test_a_mixture_begins_as_the_normal_distribution() -> None:
    z = torch.randn(5, 4)
    torch.testing.assert_close(MixturePrior(3, 4).log_prob(z), Normal(0.0, 1.0).log_prob(z).sum(1))


def test_a_mixture_draws_from_its_own_density(mixed: MixturePrior) -> None:
    torch.manual_seed(0)
    drawn, expected = mixed(torch.randn(50_000, 5), torch.zeros(50_000)), mixture(mixed)
    torch.testing.assert_close(drawn.mean(0), expected.mean, atol=0.03, rtol=0)
    torch.testing.assert_close(drawn.var(0), expected.variance, atol=0.1, rtol=0.05)
    torch.testing.assert_close(mixed.log_prob(drawn[:9]), expected.log_prob(drawn[:9]))


def test_the_divergence_from_a_mixture_is_right_on_the_average(mixed: MixturePrior) -> None:
    torch.manual_seed(0)
    mean, log_std = torch.randn(1, 4).expand(50_000, 4), 0.3 * torch.randn(1, 4).expand(50_000, 4)
    z = mean + log_std.exp() * torch.randn(50_000, 4)
    q = Independent(Normal(mean, log_std.exp()), 1)
    expected = (q.log_prob(z) - mixture(mixed).log_prob(z)).mean()
    torch.testing.assert_close(mixed.divergence(mean, log_std, z[None], torch.zeros(50_000)).mean(), expected)


def test_a_mixture_finds_the_groups_of_its_codes() -> None:
    torch.manual_seed(0)
    groups = torch.tensor([[4.0, 0, 0], [-4, 0, 0], [0, 4, 0]])
    codes = groups.repeat_interleave(torch.tensor([600, 300, 100]), 0) + 0.3 * torch.randn(1000, 3)
    prior = MixturePrior(3, 3)
    before = prior.log_prob(codes).mean()
    prior.fit(codes)
    near = torch.cdist(groups, prior.mean)
    assert near.amin(1).max() < 0.1
    torch.testing.assert_close(prior.logits.exp()[near.argmin(1)], torch.tensor([0.6, 0.3, 0.1]), atol=0.01, rtol=0)
    assert prior.log_prob(codes).mean() > before + 5
    one_at_a_time = [prior(torch.tensor([[0.0, 0, 0, u]]), torch.zeros(1)) for u in (-9.0, 9.0)]
    assert all(torch.isfinite(drawn).all() for drawn in one_at_a_time)  # the first and the last component


@pytest.mark.parametrize("name", ["no classes", "plane", "mixture"])
def test_a_vae_that_knows_no_classes_scores_without_labels(tiny: Tiny, name: str) -> None:
    kind, config = VAES[name]
    model, images = tiny(kind, **config), torch.rand(3, 1, 8, 8)
    assert not model.config.told and isinstance(model.prior, StandardPrior)
    told = model.score(images)
    assert told.kind == "bound" and told.told is told.posterior is None and told.nats.shape == (3,)
    assert (told.bits_per_dim > 0).all()
    torch.testing.assert_close(model.score(images[1:2]).bits_per_dim, told.bits_per_dim[1:2])


def test_without_a_class_the_bound_is_that_of_the_mixture(tiny: Tiny) -> None:
    model, images = tiny("vae"), torch.rand(2, 1, 8, 8)
    torch.nn.init.normal_(model.prior.mean)
    as_each = torch.stack([-model.score(images, torch.full((2,), k)).nats for k in range(3)])
    mixed = model.score(images)
    torch.testing.assert_close(-mixed.nats, as_each.logsumexp(0) - math.log(3))
    torch.testing.assert_close(mixed.posterior, as_each.softmax(0).T, atol=1e-4, rtol=0)
    assert mixed.kind == "bound" and mixed.told is None


def test_a_plane_has_two_dimensions_and_its_noise_is_its_latents(tiny: Tiny) -> None:
    model = tiny("vae-2d")
    assert model.dims == 2
    narrow, plain = (model.latents(Seeds(0, 2), model.Options(temperature=t)) for t in (0.5, 1))
    torch.testing.assert_close(narrow, plain / 2)


@pytest.mark.parametrize("channels", [1, 3])
def test_training_keeps_to_its_bounds_and_scores_have_the_same_for_all(tiny: Tiny, channels: int) -> None:
    model = tiny("vae", image_channels=channels)
    low, high = model.bounds
    latents = 1e6 * torch.randn(20, 3)
    mean, log_scale = model.likelihood(latents, model.bounds)
    assert low < high and log_scale.min() == low and log_scale.max() == high
    assert mean.shape == log_scale.shape == (20, channels, 8, 8)
    scored = model.likelihood(latents)[1].detach()
    assert (float(scored.min()), float(scored.max())) == WIDE
