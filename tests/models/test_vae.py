"""The likelihood and the bound."""

import torch

from generative.models.autoencoders.vae import discretised_logistic


def test_the_discretised_logistic_sums_to_one_over_the_256_values() -> None:
    values = torch.arange(256).double() / 255
    for mean in (0.0, 0.3, 1.0):
        for log_scale in (-5.0, -3.0, 0.0):
            log_p = discretised_logistic(values, torch.tensor(mean).double(), torch.tensor(log_scale).double())
            torch.testing.assert_close(log_p.exp().sum(), torch.tensor(1.0).double(), rtol=1e-3, atol=0)


def test_the_bound_never_exceeds_the_likelihood(tiny) -> None:
    """log p(x) by importance sampling with many draws lies above the ELBO."""
    model = tiny("vae", latent=1)
    images = (torch.rand(2, 1, 8, 8) * 255).round() / 255
    labels = torch.tensor([0, 2])
    with torch.inference_mode():
        mean, log_std = model.posterior(images)
        noise = torch.randn(2000, 1, 1, generator=torch.Generator().manual_seed(1))
        z = mean + log_std.exp() * noise
        p, q, prior = (
            torch.stack([discretised_logistic(images, *model.likelihood(one, labels)).sum((1, 2, 3)) for one in z]),
            torch.distributions.Normal(mean, log_std.exp()).log_prob(z).sum(-1),
            torch.distributions.Normal(0, 1).log_prob(z).sum(-1),
        )
        log_likelihood = torch.logsumexp(p + prior - q, 0) - torch.log(torch.tensor(2000.0))
        elbo = -model.score(images, labels, draws=200).bits_per_dim * torch.log(torch.tensor(2.0)) * 64
    assert (elbo <= log_likelihood + 0.5).all()


def test_the_kl_term_is_the_divergence_from_the_prior(tiny) -> None:
    model, images = tiny("vae"), torch.rand(4, 1, 8, 8)
    mean, log_std = model.posterior(images)
    posterior = torch.distributions.Normal(mean, log_std.exp())
    expected = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0, 1)).sum(1)
    torch.testing.assert_close(model(images, torch.zeros(4, dtype=torch.long), torch.zeros(4, 3)).kl, expected)
