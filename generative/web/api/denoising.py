"""The endpoints for models with a forward process: pictures on their way into noise."""

from typing import Any

from generative.inference.denoising.noising import noised
from generative.inference.denoising.paths import Walked, walked
from generative.inference.denoising.paths import ways as of_names
from generative.inference.denoising.trials import sampler_trials, tried
from generative.inference.engine.engine import Engine
from generative.web.api.payload import each_png, png, told

TIMESTEPS = (0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 999)
USUAL_COUNTS = (1, 2, 5, 10, 20)


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

    def samplers(
        self,
        model: str,
        samplers: list[str],
        steps: list[int],
        condition: dict[str, Any] | str | None = None,
        count: int = 1,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Draw the same noise with up to four samplers in up to five numbers of steps each.

        Returns for each run {"sampler", "steps", "guidance_scale", "seconds", "evaluations": passes of the network for
        one image, "helper_passes": of another network that guides it, "pngs": base64 PNG files, one a seed}.
        """
        with told():
            about = {"seed": seed, "count": count, "condition": condition, "options": options}
            trials = sampler_trials(self.engine, self.engine.able(model, "noises"), samplers, steps, **about)
            done = tried(self.engine, trials)
            return [one.figures() | {"pngs": each_png(one.trial.request, one.images)} for one in done]

    def paths(
        self,
        ways: list[str],
        steps: list[int] | None = None,
        condition: dict[str, Any] | str | None = None,
        count: int = 1,
        seed: int = 0,
    ) -> list[dict[str, Any]]:
        """Follow the same noise along up to three ways, unguided: how bent each is, and what few steps lose of it.

        ways: "MODEL=SAMPLER", or "MODEL" for its usual sampler, of pictures of one size. steps: up to five numbers;
        null is 1, 2, 5, 10 and 20. count: noises, at most 4. Returns for each way {"way", "length": of the path over
        that of the straight line, "still": the same if the network had known the picture from the first, "points": of
        each noise [[along, aside], …] from [0, 0] to [1, 0], "few": [{"steps", "evaluations", "seconds", "rmse": to
        the picture of the whole path, "pngs"}], "pngs": where the whole path ends}.
        """
        with told():
            counts = list(USUAL_COUNTS) if steps is None else steps
            asked = of_names(self.engine, ways, counts, seed=seed, count=count, condition=condition)
            done = {one.way.name: one for one in walked(self.engine, asked)}
            return [walk(one) for one in done.values()]


def walk(one: Walked) -> dict[str, Any]:
    """A way as `paths` tells of it."""
    told = one.figures()
    few = [f | {"pngs": each_png(run.request, run.images)} for f, run in zip(told["few"], one.few, strict=True)]
    points = one.curve.points.transpose(0, 1).tolist()
    return told | {"few": few, "points": points, "pngs": each_png(one.way.whole, one.images)}
