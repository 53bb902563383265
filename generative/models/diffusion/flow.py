"""Flow matching: rectified flow, Liu, Gong & Liu, "Flow Straight and Fast", 2023; Lipman et al. 2023.

    x_t = (1 − t) x_0 + t ε,    dx_t/dt = ε − x_0

A network learns that velocity, and drawing follows it from noise, t = 1, to a picture, t = 0. Paths bend less than
those of DDPM, so that few steps lose less. t is drawn from a logit-normal distribution in training, most often where
there is most to decide (Esser et al. 2024). As everywhere here t is counted in thousandths.
"""

from dataclasses import dataclass

from generative.models.diffusion.denoising import DenoisingConfig, DenoisingOptions
from generative.models.diffusion.process import Straight
from generative.models.diffusion.restoring import Restoring
from generative.models.diffusion.samplers import FLOW_SAMPLERS
from generative.options import choice


@dataclass(frozen=True)
class FlowOptions(DenoisingOptions):
    sampler: str = choice(
        "euler",
        tuple(FLOW_SAMPLERS),
        "Sampler",
        "How the flow is followed. Euler looks once a step; Heun at both ends of a step, which is more exact.",
    )


class Flow(Restoring):
    title = "Flow matching"
    paper = "https://arxiv.org/abs/2209.03003"
    Config = DenoisingConfig
    Options = FlowOptions
    samplers = FLOW_SAMPLERS

    def make_process(self) -> Straight:
        """Straight lines from picture to noise."""
        return Straight(self.config.num_train_timesteps)
