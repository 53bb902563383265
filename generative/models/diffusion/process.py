"""The forward process, and what follows from it in closed form.

    q(x_t | x_0) = N(α_t x_0, σ_t² I),    so    x_t = α_t x_0 + σ_t ε

Of DDPM (Ho et al. 2020, eq. 4) with α_t² = ᾱ_t and σ_t² = 1 − ᾱ_t, and of rectified flow (Liu et al. 2023), a straight
line from picture to noise. t runs from 0, hardly any noise, to the number of training timesteps. Tables are float64.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

SCHEDULES = ("squaredcos_cap_v2", "linear", "sigmoid")  # as diffusers names them; the first is the cosine
SPACINGS = ("even", "karras", "log-snr")
SIGMA_MAX = 80.0  # the noise, in units of the picture, that Karras et al. 2022 begin with
RHO = 7.0


@dataclass(frozen=True)
class Level:
    """How much of the picture, `alpha`, and of the noise, `sigma`, is in x_t: 0-d, or (N, 1, 1, 1) for a batch."""

    alpha: Tensor
    sigma: Tensor

    def of(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """α and σ in the precision and on the device of `x`."""
        return self.alpha.to(x), self.sigma.to(x)

    @property
    def log_snr(self) -> Tensor:
        """ln(α²/σ²), infinite for a clean picture."""
        return 2 * (self.alpha.log() - self.sigma.log())

    def noised(self, x0: Tensor, eps: Tensor) -> Tensor:
        """x_t = α x0 + σ eps."""
        alpha, sigma = self.of(x0)
        return alpha * x0 + sigma * eps


CLEAN = Level(torch.tensor(1.0, dtype=torch.float64), torch.tensor(0.0, dtype=torch.float64))


@dataclass(frozen=True)
class Estimate:
    """What one pass of the network says is in x_t: a picture and noise, x_t = α_t x0 + σ_t eps."""

    x0: Tensor
    eps: Tensor


class Process(ABC):
    """A forward process of `steps` training timesteps, and what the network of such a process predicts."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    @abstractmethod
    def level(self, t: Tensor) -> Level:
        """The level at t, 0-d or (N,) on the CPU, which need not be whole."""

    @abstractmethod
    def timesteps(self, count: int, spacing: str) -> Tensor:
        """(count,) float64: the t at which a sampler of `count` steps looks, falling, none below 0."""

    @abstractmethod
    def fraction(self, t: float) -> float:
        """How far along the process t lies, in (0, 1]: 1 is where sampling begins."""

    @abstractmethod
    def target(self, x0: Tensor, eps: Tensor, level: Level) -> Tensor:
        """What the network is trained to say of x_t."""

    @abstractmethod
    def estimate(self, x_t: Tensor, output: Tensor, level: Level) -> Estimate:
        """The picture and the noise that x_t holds if the network's `output` is right."""

    def velocity(self, x_t: Tensor, output: Tensor, level: Level) -> Tensor:
        """What samplers are told of `output`: itself, unless the network predicts something else than `target`."""
        return output


class VariancePreserving(Process):
    """DDPM's: ᾱ_t = Π (1 − β_s). The network predicts v = α_t ε − σ_t x_0 (Salimans & Ho 2022, appendix D)."""

    def __init__(self, steps: int, schedule: str | Tensor) -> None:
        """schedule: its name, or ᾱ_t itself, (steps,) float64."""
        super().__init__(steps)
        self.alpha_bar = schedule if isinstance(schedule, Tensor) else named(steps, schedule)

    def level(self, t: Tensor) -> Level:
        """Between whole timesteps ln(α²/σ²) is a straight line."""
        t = t.double()
        lower = t.floor().long().clamp(0, self.steps - 1)
        upper = (lower + 1).clamp(max=self.steps - 1)
        a, b = self.alpha_bar[lower], self.alpha_bar[upper]
        log_snr = torch.lerp(a.logit(), b.logit(), t - lower)
        alpha_bar = torch.where(t == lower, a, log_snr.sigmoid())  # whole timesteps are the table's, to the bit
        return Level(*(shaped(part.sqrt()) for part in (alpha_bar, 1 - alpha_bar)))

    def timesteps(self, count: int, spacing: str = "even") -> Tensor:
        """*even*: steps·k/count − 1, the "trailing" of Lin et al. 2024 (table 2), which begins with pure noise.

        *karras*: σ/α as Karras et al. 2022 (eq. 5) space it, ρ = 7; *log-snr*: even in ln(α²/σ²), as DPM-Solver has it.
        Both begin where the noise is 80 times the picture, since beyond that there is nothing to see, and would end at
        t = 0, where there is nothing left to see: the step before that goes straight to the picture.
        """
        if spacing == "even":
            whole = [round(self.steps * k / count) - 1 for k in range(count, 0, -1)]
            return torch.tensor(whole, dtype=torch.float64)
        sigma = ((1 - self.alpha_bar) / self.alpha_bar).sqrt().numpy()
        power = (lambda s: s ** (1 / RHO)) if spacing == "karras" else np.log
        places = np.linspace(power(min(SIGMA_MAX, sigma[-1])), power(sigma[0]), count + 1)[:-1]
        return torch.from_numpy(np.interp(places, power(sigma), np.arange(self.steps)))

    def fraction(self, t: float) -> float:
        """(t + 1) / steps: timesteps are counted from 0, and the last is pure noise."""
        return (t + 1) / self.steps

    def target(self, x0: Tensor, eps: Tensor, level: Level) -> Tensor:
        """v = α ε − σ x_0, of the shape of both."""
        alpha, sigma = level.of(x0)
        return alpha * eps - sigma * x0

    def estimate(self, x_t: Tensor, output: Tensor, level: Level) -> Estimate:
        """x_0 = α x_t − σ v and ε = σ x_t + α v."""
        alpha, sigma = level.of(x_t)
        return Estimate(alpha * x_t - sigma * output, sigma * x_t + alpha * output)


def named(steps: int, schedule: str) -> Tensor:
    """(steps,) float64: ᾱ_t of the schedule of that name."""
    from diffusers import DDPMScheduler  # which takes seconds

    with torch.device("cpu"):
        return DDPMScheduler(steps, beta_schedule=schedule).alphas_cumprod.double()


class Straight(Process):
    """Rectified flow's: α_t = 1 − t/steps, σ_t = t/steps. The network predicts the velocity ε − x_0 of the line."""

    def level(self, t: Tensor) -> Level:
        """σ = t / steps, in a straight line."""
        sigma = shaped(t.double() / self.steps)
        return Level(1 - sigma, sigma)

    def timesteps(self, count: int, spacing: str = "even") -> Tensor:
        """steps·k/count: on straight lines there is no better place for a step than any other."""
        return self.steps * torch.arange(count, 0, -1, dtype=torch.float64) / count

    def fraction(self, t: float) -> float:
        """t / steps."""
        return t / self.steps

    def target(self, x0: Tensor, eps: Tensor, level: Level) -> Tensor:
        """The velocity ε − x_0, of the shape of both."""
        return eps - x0

    def estimate(self, x_t: Tensor, output: Tensor, level: Level) -> Estimate:
        """x_0 = x_t − σ v and ε = x_t + α v, where v is the velocity."""
        alpha, sigma = level.of(x_t)
        return Estimate(x_t - sigma * output, x_t + alpha * output)


def shaped(values: Tensor) -> Tensor:
    """(N,) → (N, 1, 1, 1), to go with images; 0-d stays."""
    return values[:, None, None, None] if values.dim() else values
