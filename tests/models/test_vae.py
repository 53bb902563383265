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
            torch.stack([discretised_logistic(images, *model.likelihood(one)).sum((1, 2, 3)) for one in z]),
            torch.distributions.Normal(mean, log_std.exp()).log_prob(z).sum(-1),
            torch.distributions.Normal(0, 1).log_prob(z).sum(-1),
        )
        log_likelihood = torch.logsumexp(p + prior - q, 0) - torch.log(torch.tensor(2000.0))
        elbo = -model.score(images, labels, draws=200).bits_per_dim * torch.log(torch.tensor(2.0)) * 64
    assert (elbo <= log_likelihood + 0.5).all()


def test_the_kl_term_is_the_divergence_from_the_prior_of_the_class(tiny) -> None:
    model, images, labels = tiny("vae"), torch.rand(4, 1, 8, 8), torch.tensor([0, 1, 2, 1])
    for parameter in model.prior.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    mean, log_std = model.posterior(images)
    posterior = torch.distributions.MultivariateNormal(mean, torch.diag_embed((2 * log_std).exp()))
    root = model.prior.root(labels)
    prior = torch.distributions.MultivariateNormal(model.prior.mean[labels], precision_matrix=root.mT @ root)
    expected = torch.distributions.kl_divergence(posterior, prior)
    torch.testing.assert_close(model(images, labels, torch.zeros(4, 3)).kl, expected, rtol=1e-4, atol=1e-4)


def test_the_prior_draws_from_its_own_density(tiny) -> None:
    prior = tiny("vae").prior
    for parameter in prior.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    labels = torch.ones(50_000, dtype=torch.long)
    drawn = prior(torch.randn(50_000, 3, generator=torch.Generator().manual_seed(0)), labels)
    root = prior.root(labels[:1])[0]
    torch.testing.assert_close(drawn.mean(0), prior.mean[1], atol=0.05, rtol=0)
    torch.testing.assert_close(torch.linalg.inv(drawn.T.cov()), root.T @ root, atol=0.1, rtol=0.05)
