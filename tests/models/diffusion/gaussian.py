"""Data of which everything is known: every pixel normal with mean MEAN and deviation SPREAD, so that the best network
is a formula, and so is where the probability flow leads."""

from functools import cache

from torch import Tensor

from generative.models.diffusion.process import Level, Process, VariancePreserving

MEAN, SPREAD = 0.3, 0.5


@cache
def cosine() -> VariancePreserving:
    return VariancePreserving(1000, "squaredcos_cap_v2")


def best_x0(x_t: Tensor, level: Level) -> Tensor:
    """E[x_0 | x_t]."""
    alpha, sigma = level.of(x_t)
    return MEAN + alpha * SPREAD**2 / (alpha**2 * SPREAD**2 + sigma**2) * (x_t - alpha * MEAN)


class BestNetwork:
    """The network that predicts as well as can be, and counts how often it is asked and where."""

    def __init__(self, process: Process) -> None:
        self.process, self.asked = process, []

    def __call__(self, x_t: Tensor, t: Tensor) -> Tensor:
        self.asked.append(float(t))
        level = self.process.level(t)
        alpha, sigma = level.of(x_t)
        x0 = best_x0(x_t, level)
        return self.process.target(x0, (x_t - alpha * x0) / sigma, level)


def where_the_flow_leads(x_t: Tensor, level: Level) -> Tensor:
    """The end of the probability flow from x_t: what is normal stays at the same quantile."""
    alpha, sigma = level.of(x_t)
    return MEAN + SPREAD * (x_t - alpha * MEAN) / (alpha**2 * SPREAD**2 + sigma**2).sqrt()
