"""The endpoints for models with a forward process: pictures on their way into noise."""

from typing import Any

from generative.inference.denoising.noising import noised
from generative.inference.engine.engine import Engine
from generative.web.api.payload import png, told

TIMESTEPS = (0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 999)


class DenoisingEndpoints:
    """What programs can call of diffusion models. Their documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def noise(
        self,
        model: str,
        image: str,
        timesteps: list[int] | None = None,
        condition: dict[str, Any] | str | None = None,
        count: int = 1,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Turn a picture into noise, and tell what a single pass of the network still finds in it.

        image: as in /complete. timesteps: at most 64, from 0 to one less than the model has, as a rule 999; null is
        eleven of them. count: noises, at most 16. Returns for each timestep and seed {"t", "seed",
        "signal_to_noise": α²/σ², "loss": the squared error that training lowers, "rmse": of what was found, to the
        picture, "noisy", "believed": base64 PNG files}.
        """
        with told():
            moments = list(TIMESTEPS) if timesteps is None else timesteps
            given = {"images": image, "timesteps": moments}
            about = {"seed": seed, "count": count, "condition": condition, "options": options}
            request = self.engine.request("noises", model, **about, **given)
            rows, made = noised(self.engine, request), request.plain()
            return [
                row.figures() | {"noisy": png(row.noisy, made), "believed": png(row.believed, made)} for row in rows
            ]
