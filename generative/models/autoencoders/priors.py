"""What latents of a VAE are distributed like before any picture is seen: its prior p(z)."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ROUNDS = 25  # of expectation maximisation
SPREAD = 0.2  # of the prior on a component's covariance, in parts of the variance of all codes


class Prior(nn.Module):
    """forward: standard normal noise (N, D) and (N,) classes → latents (N, D)."""

    extra_noise = 0  # dimensions that the noise has beyond those of the latents

    def kl(self, mean: Tensor, log_std: Tensor, labels: Tensor) -> Tensor:
        """(N,) KL(N(mean, diag σ²) ‖ prior) in nats, as training minimises it."""
        raise NotImplementedError

    def divergence(self, mean: Tensor, log_std: Tensor, draws: Tensor, labels: Tensor) -> Tensor:
        """(N,) the same as scoring counts it: exact, or an unbiased estimate from `draws` (S, N, D) of q(z|x)."""
        return self.kl(mean, log_std, labels)


class StandardPrior(Prior):
    """p(z) = N(0, I), whatever the class."""

    def forward(self, noise: Tensor, labels: Tensor) -> Tensor:
        """Noise (N, latent) as it is."""
        return noise

    def kl(self, mean: Tensor, log_std: Tensor, labels: Tensor) -> Tensor:
        """KL(q ‖ N(0, I)) in nats, (N,): Kingma & Welling 2014, appendix B."""
        return 0.5 * (mean.square() + (2 * log_std).exp() - 1 - 2 * log_std).sum(1)  # appendix B


class ClassPrior(Prior):
    """p(z|c) = N(μ_c, Σ_c), held as the triangular root R_c of each precision matrix: Σ_c⁻¹ = R_cᵀ R_c."""

    def __init__(self, classes: int, latent: int) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(classes, latent))
        self.log_diagonal = nn.Parameter(torch.zeros(classes, latent))
        self.below = nn.Parameter(torch.zeros(classes, latent, latent))

    def root(self, labels: Tensor) -> Tensor:
        """(N,) → R_c, (N, D, D) lower triangular."""
        return self.below[labels].tril(-1) + torch.diag_embed(self.log_diagonal[labels].exp())

    def forward(self, noise: Tensor, labels: Tensor) -> Tensor:
        """Noise (N, latent) turned into draws of the Gaussians of `labels` (N,)."""
        steps = torch.linalg.solve_triangular(self.root(labels), noise[:, :, None], upper=False)
        return self.mean[labels] + steps[:, :, 0]

    def kl(self, mean: Tensor, log_std: Tensor, labels: Tensor) -> Tensor:
        """KL(q ‖ p(z | class)) in nats, (N,), in closed form."""
        root = self.root(labels)
        distance = (root @ (mean - self.mean[labels])[:, :, None]).square().sum((1, 2))
        trace = (root * log_std.exp()[:, None]).square().sum((1, 2))
        log_determinants = 2 * (log_std + self.log_diagonal[labels]).sum(1)
        return 0.5 * (distance + trace - mean.shape[1] - log_determinants)


class MixturePrior(StandardPrior):
    """p(z) = Σ_k π_k N(μ_k, Σ_k), fitted to the codes of training images when training, with N(0, I), is over.

    Codes leave holes in N(0, I), and what is drawn there looks like nothing (Ghosh et al., "From Variational to
    Deterministic Autoencoders", 2020, section 4, fit such a mixture "ex post"). Σ_k = L_k L_kᵀ, L_k lower triangular.
    """

    extra_noise = 1  # chooses the component

    def __init__(self, components: int, latent: int) -> None:
        super().__init__()
        shapes = {"logits": (components,), "mean": (components, latent), "log_diagonal": (components, latent)}
        shapes["below"] = (components, latent * (latent - 1) // 2)
        for name, shape in shapes.items():
            self.register_parameter(name, nn.Parameter(torch.zeros(shape), requires_grad=False))

    @property
    def root(self) -> Tensor:
        """L, (K, D, D)."""
        root = torch.diag_embed(self.log_diagonal.exp())
        row, column = torch.tril_indices(*root.shape[1:], offset=-1, device=root.device)
        root[:, row, column] = self.below
        return root

    def forward(self, noise: Tensor, labels: Tensor) -> Tensor:
        """noise: (N, D + 1)."""
        chosen = torch.special.ndtr(noise[:, -1])  # uniform in [0, 1]
        k = torch.searchsorted(self.logits.softmax(0).cumsum(0), chosen).clamp(max=len(self.mean) - 1)
        return self.mean[k] + (self.root[k] @ noise[:, :-1, None])[:, :, 0]

    def log_prob(self, z: Tensor) -> Tensor:
        """(N, D) → (N,) in nats."""
        return self._joint(z).logsumexp(1)

    def divergence(self, mean: Tensor, log_std: Tensor, draws: Tensor, labels: Tensor) -> Tensor:
        """An estimate of KL(q ‖ p) in nats, (N,), from `draws` (S, N, latent) of q: no closed form for a mixture."""
        noise = (draws - mean) / log_std.exp()
        log_q = -(0.5 * noise.square() + log_std + 0.5 * math.log(2 * math.pi)).sum(2)
        return (log_q - self.log_prob(draws.flatten(0, 1)).view_as(log_q)).mean(0)

    @torch.no_grad()
    def fit(self, codes: Tensor) -> None:
        """Expectation maximisation on codes (N, D). A component's covariance is drawn towards the diagonal, as if it
        had seen D codes more: a few may be all that it sees."""
        count, dims = codes.shape
        spread = dims * SPREAD * torch.diag(codes.var(0))
        centres = codes[torch.randperm(count, generator=torch.Generator().manual_seed(0))[: len(self.mean)]]
        shares = F.one_hot(torch.cdist(codes, centres).argmin(1), len(self.mean)).to(codes)
        for _ in range(ROUNDS):
            totals = shares.sum(0) + 1e-6
            self.logits.copy_((totals / totals.sum()).log())
            self.mean.copy_(shares.T @ codes / totals[:, None])
            for k, total in enumerate(totals):
                apart = (codes - self.mean[k]) * shares[:, k, None].sqrt()
                root = torch.linalg.cholesky((apart.T @ apart + spread) / (total + dims))
                self.log_diagonal[k] = root.diagonal().log()
                self.below[k] = root[tuple(torch.tril_indices(dims, dims, offset=-1))]
            shares = self._joint(codes).softmax(1)

    def _joint(self, z: Tensor) -> Tensor:
        """(N, K): log p(z, k)."""
        steps = torch.linalg.solve_triangular(self.root, (z - self.mean[:, None]).mT, upper=False)  # (K, D, N)
        log_normal = 0.5 * steps.square().sum(1).T + self.log_diagonal.sum(1) + 0.5 * z.shape[1] * math.log(2 * math.pi)
        return self.logits.log_softmax(0) - log_normal
