"""Charts over t: how fast schedules turn a picture into noise, and where a network sees through it."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from generative.inference.denoising.schedules import Schedule, schedules
from generative.library.losses import Losses
from generative.models.diffusion.denoising import DenoisingModel
from generative.web.widgets.plot.plot import Axis, Chart, Series

POINTS = 120  # of a curve
KINDS = ("second", "third", "fourth")  # of schedules that are not the model's own
STEEPEST = 12.0  # of ln(α²/σ²) on its chart, either way
SMALLEST = 1e-5  # of β_t on its chart
SHARE = "How much of the variance of xₜ is the picture; the rest is noise"
LOG_SNR = "ln(αₜ²/σₜ²), the logarithm of signal to noise: at 0 there is as much of the one as of the other"
BETA = "The noise that is new at step t, as a share of the variance"
V = "What this network is asked for: a mix of noise and picture that is neither trivial at once at both ends"
NOT_MEASURED = "The loss by t was not measured of these weights: python -m generative evaluate {id}"


def charts(model: DenoisingModel) -> list[dict[str, Any]]:
    """Of each schedule: share of the picture, log signal to noise, and β; each {"title", "help", "legend", "chart"}."""
    found = schedules(model)
    kinds = {s.name: "own" if s.own else kind for s, kind in zip(found, (*KINDS, "own"), strict=False)}
    t = Axis(0, model.num_timesteps - 1, [(0, "t = 0"), (model.num_timesteps - 1, str(model.num_timesteps - 1))])

    def lines(of: Callable[[Schedule], Tensor | None]) -> list[Series]:
        return [Series(thinned(values), kinds[s.name]) for s in found if (values := of(s)) is not None]

    share = Chart(
        "Share of the picture by t", lines(lambda s: s.share), t, Axis(0, 1, [(0, "0"), (1, "1")]), height=150
    )
    edge = Axis(-STEEPEST, STEEPEST, [(-STEEPEST, f"−{STEEPEST:g}"), (0, "0"), (STEEPEST, f"{STEEPEST:g}")])
    snr = Chart("Signal to noise by t", lines(lambda s: s.log_snr.clamp(-STEEPEST, STEEPEST)), t, edge, height=150)
    low = math.log10(SMALLEST)
    decades = Axis(low, 0, [(low, "10⁻⁵"), (-3, "10⁻³"), (-1, "0.1"), (0, "1")])
    new = lines(lambda s: None if s.beta is None else s.beta.clamp(min=SMALLEST).log10())
    legend = [{"name": s.name + (", this model's" if s.own else ""), "kind": kinds[s.name]} for s in reversed(found)]
    return [
        {"title": "Share of the picture, ᾱₜ", "help": SHARE, "legend": legend, "chart": share.data()},
        {"title": "Log signal to noise", "help": LOG_SNR, "legend": [], "chart": snr.data()},
        {"title": "New noise, βₜ", "help": BETA, "legend": [], "chart": Chart("", new, t, decades, height=150).data()},
    ]


def thinned(values: Tensor) -> list[tuple[float, float]]:
    """(steps,) as at most POINTS points, the first and the last among them."""
    places = torch.linspace(0, len(values) - 1, min(POINTS, len(values))).round().long().unique()
    return list(zip(places.tolist(), values[places].tolist(), strict=True))


def loss_chart(model: DenoisingModel, losses: Losses) -> dict[str, Any]:
    """The measured loss by t, and the same error counted in the picture and in the noise.

    A network that is wrong by d about what it was asked for is wrong by σ d about the picture and by α d about the
    noise, for a process whose x_t = α x_0 + σ ε.
    """
    level = model.process.level(torch.tensor(losses.timesteps))
    alpha2, sigma2 = level.alpha.flatten().square(), level.sigma.flatten().square()
    loss = torch.tensor(losses.loss, dtype=torch.float64)
    top, last = max(1.0, float(loss.max())), model.num_timesteps - 1

    def line(values: Tensor, kind: str) -> Series:
        return Series(list(zip(losses.timesteps, values.tolist(), strict=True)), kind)

    parts = {
        "as trained": (loss, "own"),
        "in the picture": (sigma2 * loss, "second"),
        "in the noise": (alpha2 * loss, "third"),
    }
    chart = Chart(
        "Loss by t",
        [line(values, kind) for values, kind in reversed(parts.values())],
        Axis(0, last, [(0, "t = 0"), (last, str(last))]),
        Axis(0, top, [(0, "0"), (top, f"{top:.2g}")]),
        height=150,
    )
    legend = [{"name": name, "kind": kind} for name, (_, kind) in parts.items()]
    return {"title": "Error of the network", "help": losses.how, "legend": legend, "chart": chart.data()}
