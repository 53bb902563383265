"""Samplers as plain loops, in float64 and in the symbols of their papers.

levels: those of the timesteps, falling in noise. x0(x_t, level): what the network says. noise(): fresh standard normal.
Each loop returns the picture, or (N, …) the result of its last step.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from generative.models.diffusion.process import CLEAN, Level

Says = Callable[[Tensor, Level], Tensor]
Noise = Callable[[], Tensor]


def ddim(x: Tensor, levels: list[Level], says: Says, noise: Noise, eta: float = 0.0) -> Tensor:
    """Song, Meng & Ermon 2021, eqs. 12 and 16."""
    for a, b in zip(levels, [*levels[1:], CLEAN], strict=True):
        x0 = says(x, a)
        eps = (x - a.alpha * x0) / a.sigma
        s = eta * b.sigma / a.sigma * (1 - a.alpha**2 / b.alpha**2).sqrt()
        x = b.alpha * x0 + (b.sigma**2 - s**2).clamp(min=0).sqrt() * eps
        if eta:
            x = x + s * noise()
    return x


def ddpm(x: Tensor, levels: list[Level], says: Says, noise: Noise) -> Tensor:
    """Ho et al. 2020, eqs. 6 and 7."""
    for a, b in zip(levels, [*levels[1:], CLEAN], strict=True):
        beta = 1 - a.alpha**2 / b.alpha**2
        x0 = says(x, a)
        x = b.alpha * beta / a.sigma**2 * x0 + (1 - beta).sqrt() * b.sigma**2 / a.sigma**2 * x
        if b is not CLEAN:
            x = x + (beta * b.sigma**2 / a.sigma**2).sqrt() * noise()
    return x


def euler(x: Tensor, levels: list[Level], says: Says, noise: Noise) -> Tensor:
    """Karras et al. 2022, algorithm 1 without its second half, on x / α with σ / α."""
    x = x / levels[0].alpha
    for a, b in zip(levels, [*levels[1:], CLEAN], strict=True):
        s, s_next = a.sigma / a.alpha, b.sigma / b.alpha
        d = (x - says(a.alpha * x, a)) / s
        x = x + (s_next - s) * d
    return x


def heun(x: Tensor, levels: list[Level], says: Says, noise: Noise) -> Tensor:
    """Karras et al. 2022, algorithm 1."""
    x = x / levels[0].alpha
    for a, b in zip(levels, [*levels[1:], CLEAN], strict=True):
        s, s_next = a.sigma / a.alpha, b.sigma / b.alpha
        d = (x - says(a.alpha * x, a)) / s
        end = x + (s_next - s) * d
        if b is not CLEAN:
            d_end = (end - says(b.alpha * end, b)) / s_next
            end = x + (s_next - s) * (d + d_end) / 2
        x = end
    return x


def euler_ancestral(x: Tensor, levels: list[Level], says: Says, noise: Noise) -> Tensor:
    """Each step goes down to σ_down and back up by σ_up of fresh noise: σ_down² + σ_up² = σ_next²."""
    x = x / levels[0].alpha
    for a, b in zip(levels, [*levels[1:], CLEAN], strict=True):
        s, s_next = a.sigma / a.alpha, b.sigma / b.alpha
        up = s_next * (1 - s_next**2 / s**2).sqrt()
        down = (s_next**2 - up**2).sqrt()
        d = (x - says(a.alpha * x, a)) / s
        x = x + (down - s) * d + up * noise()
    return x


def dpm_solver(x: Tensor, levels: list[Level], says: Says, noise: Noise, order: int = 2) -> Tensor:
    """Lu et al. 2022, DPM-Solver++, algorithm 2 (2M); of order 3 as the authors' code has it.

    The first steps have no past and are of lower order, the last goes to σ = 0, where only order 1 is finite; below 15
    steps the one before it is of order 2 at most.
    """
    seen: list[Tensor] = []
    logs = [level.log_snr / 2 for level in levels]
    for i, (a, b) in enumerate(zip(levels, [*levels[1:], CLEAN], strict=True)):
        seen.append(says(x, a))
        left = len(levels) - i
        most = min(order, i + 1, 1 if left == 1 else order, 2 if left == 2 and len(levels) < 15 else order)
        if b is CLEAN:
            x = seen[-1]
            continue
        h = b.log_snr / 2 - logs[i]
        phi_1 = torch.expm1(-h)
        next_x = b.sigma / a.sigma * x - b.alpha * phi_1 * seen[-1]
        if most == 2:
            r = (logs[i] - logs[i - 1]) / h
            next_x = next_x - b.alpha * phi_1 / (2 * r) * (seen[-1] - seen[-2])
        elif most == 3:
            r0, r1 = (logs[i] - logs[i - 1]) / h, (logs[i - 1] - logs[i - 2]) / h
            d0, d1 = (seen[-1] - seen[-2]) / r0, (seen[-2] - seen[-3]) / r1
            first, second = d0 + r0 / (r0 + r1) * (d0 - d1), (d0 - d1) / (r0 + r1)
            phi_2 = phi_1 / h + 1
            next_x = next_x + b.alpha * phi_2 * first - b.alpha * (phi_2 / h - 0.5) * second
        x = next_x
    return x


def unipc(x: Tensor, levels: list[Level], says: Says, noise: Noise) -> Tensor:
    """Zhao et al. 2023, UniPC-2 with B₂(h) = e^h − 1, on the predicted picture (h is −h there).

    A step's evaluation first corrects the step that led there (UniC), then predicts the next (UniP).
    """
    logs, seen, before, order = [level.log_snr / 2 for level in levels], [], None, 0
    for i, (a, b) in enumerate(zip(levels, [*levels[1:], CLEAN], strict=True)):
        m = says(x, a)
        if before is not None:
            x = corrected(before, m, seen, levels, logs, i, order)
        seen.append(m)
        order = min(2, i + 1, len(levels) - i)
        before = x
        if b is CLEAN:
            return seen[-1]
        h = b.log_snr / 2 - logs[i]
        b_h = torch.expm1(-h)
        next_x = b.sigma / a.sigma * x - b.alpha * b_h * seen[-1]
        if order == 2:
            r = (logs[i - 1] - logs[i]) / h
            next_x = next_x - b.alpha * b_h * 0.5 * (seen[-2] - seen[-1]) / r
        x = next_x
    return x


def corrected(
    x: Tensor, m: Tensor, seen: list[Tensor], levels: list[Level], logs: list[Tensor], i: int, order: int
) -> Tensor:
    """UniC: the step from i − 1 to i once more, now that the picture at its end is known."""
    a, b = levels[i - 1], levels[i]
    h = logs[i] - logs[i - 1]
    b_h = torch.expm1(-h)
    base = b.sigma / a.sigma * x - b.alpha * b_h * seen[-1]
    if order == 1:
        return base - b.alpha * b_h * 0.5 * (m - seen[-1])
    r = (logs[i - 2] - logs[i - 1]) / h
    phi_2 = b_h / -h - 1
    phi_3 = phi_2 / -h - 0.5
    rho = torch.linalg.solve(
        torch.stack([torch.stack([torch.ones_like(r)] * 2), torch.stack([r, torch.ones_like(r)])]),
        torch.stack([phi_2 / b_h, 2 * phi_3 / b_h]),
    )
    return base - b.alpha * b_h * (rho[0] * (seen[-2] - seen[-1]) / r + rho[1] * (m - seen[-1]))
