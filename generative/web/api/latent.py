"""The endpoints for latent spaces: pictures through an autoencoder, ways between images, and sums of them."""

import io
from typing import Any

from generative.errors import InvalidOption, check_choice, shown
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import MAX_PROJECTIONS, MAX_SCORED
from generative.inference.inputs import is_example
from generative.inference.latent.arithmetic import Sum, combined, read_edit
from generative.inference.latent.atlas import METHODS, atlas_of
from generative.inference.latent.ends import End, check_way, interpolate, seed_of
from generative.inference.latent.reconstruction import error_map, reconstruct
from generative.inference.pictures.grids import save_animation
from generative.inference.sources import decoder, found, seeded
from generative.web.api.payload import base64, listed, png, read_image, read_images, told

MAX_OF_A_MEAN = 16  # pictures or seeds


def named(said: list[str]) -> list[str]:
    """Seeds and examples by their names, as a note tells them; other pictures were sent."""
    return [one if is_example(one) or seed_of(one) is not None else "a picture that was sent" for one in said]


class LatentEndpoints:
    """What programs can call of models with a latent space. Their documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def reconstruct(self, model: str, images: list[str], noise: float = 0.0, seed: int = 0) -> list[dict[str, Any]]:
        """Pictures through an autoencoder, and how far they come back from what they were.

        images: at most 64, each as in /complete. noise: standard deviation, from 0 to 1, of Gaussian noise that is
        added first, picture i's from seed `seed` + i; errors are to the clean picture all the same. Returns, in the
        order of `images`, {"png": the reconstruction, "sample": the same from a draw of the posterior instead of its
        mean, "error_map": from dark, 0, to light, 0.5 or more; "rmse": root mean square over pixels;
        "psnr": in dB; "percentile": of the test images, how many in 100 come back with a smaller error; "latent"}.
        Pictures are base64 PNG files. What the model does not have or was not measured is null: "sample" without a
        posterior, "percentile" with noise, "psnr" of a picture that is met exactly.
        """
        with told():
            entry = self.engine.able(model, "encodes")
            listed("images", images, MAX_SCORED, "pictures in base64")
            pictures = read_images(self.engine, model, images)
            done = reconstruct(self.engine, entry, pictures, noise, seed)
            about = {"ability": "encode", "model": entry.id, "noise": noise}
            notes = [about | {"seed": seed + i, "images": [name]} for i, name in enumerate(named(images))]
            return [
                {
                    "png": png(done.result[i], made),
                    "sample": None if done.sample is None else png(done.sample[i], made),
                    "error_map": png(error_map(done.error[i]), made),
                    **row,
                }
                for i, (made, row) in enumerate(zip(notes, done.rows(entry.folder), strict=True))
            ]

    def interpolate(self, model: str, ends: list[str], steps: int = 9, path: str = "slerp") -> dict[str, Any]:
        """The images between two pictures or seeds, or four.

        ends: two for a walk, or four for a grid: top left, top right, bottom left, bottom right; each a picture as in
        /complete, or "seed:7". Without an encoder a picture is searched for, which takes seconds. steps: images of a
        walk, 2 to 32, or on each side of a grid, 2 to 12. path: "slerp", along an arc around the origin, or "lerp",
        straight. Returns {"pngs": each image, of a grid row by row; "png": all of them in one; "gif": one after
        another, of a grid a row at a time; "latents": of each image; "ends": of each end, {"latent", "rmse": how far
        what is decoded there is from the picture, null for a seed}}. Pictures are base64 files.
        """
        with told():
            entry = self.engine.able(model, "interpolates")
            if not isinstance(ends, list):
                raise InvalidOption(f"ends must be a list of two or four pictures or seeds, not {shown(ends)}", "ends")
            check_way(len(ends), steps, path)
            found = [self._end(entry.id, end) for end in ends]
            done = interpolate(found, int(steps), path, decoder(self.engine, entry))
            made = {"ability": "interpolate", "model": entry.id, "ends": named(ends), "steps": steps, "path": path}
            file, moments = io.BytesIO(), done.moments()
            save_animation(moments, len(moments), "gif", file, made)
            return {
                "pngs": [png(image, made) for image in done.images],
                "png": png(done.sheet(), made),
                "gif": base64(file),
                "latents": done.latents.tolist(),
                "ends": [
                    {"latent": end.latent.tolist(), "rmse": miss}
                    for end, miss in zip(done.ends, done.misses, strict=True)
                ],
            }

    def arithmetic(
        self,
        model: str,
        start: str | None = None,
        formula: str | None = None,
        method: str = METHODS[0],
        a: list[str] | None = None,
        b: list[str] | None = None,
        c: list[str] | None = None,
    ) -> dict[str, Any]:
        """A picture with attributes added and taken away, or A − B + C.

        start: a picture as in /complete, or "seed:7". formula: such as "+1.0 glasses - 0.5 beard + smile"; the names
        are those under "directions" in the "metrics" of /list_models, with the success and leakage of each. method:
        "exchange" the value that is shown for the one wanted; or add what is the same for every picture, a "difference"
        of means or the "normal" of a logistic regression. Instead of the two: a, b and c, each a list of 1 to 16
        pictures or seeds, whose mean it stands for. Returns {"png": the result; "parts": what it was made of, as the
        model draws it: the start, or the means of a, b and c; "latent": of the result; "formula": with its names in
        full, null for A − B + C}. Pictures are base64 PNG files.
        """
        with told():
            entry = self.engine.able(model, "interpolates")
            done = self._sum(entry.id, start, formula, method, {"a": a, "b": b, "c": c})
            *parts, result = decoder(self.engine, entry)(done.latents)
            made = {"ability": "arithmetic", "model": entry.id, "formula": done.formula, "method": method}
            pictures = {"start": [] if start is None else [start], "a": a or [], "b": b or [], "c": c or []}
            made |= {name: named(several) for name, several in pictures.items()}
            return {
                "png": png(result, made),
                "parts": [png(part, made) for part in parts],
                "latent": done.latent.tolist(),
                "formula": done.formula,
            }

    def _end(self, id: str, end: Any) -> End:
        seed = seed_of(end)
        if seed is not None:
            return End(seeded(self.engine, id, seed)[0])
        image = read_image(self.engine, id, end)
        return End(found(self.engine, self.engine.entry(id), image), image)

    def _sum(self, id: str, start: Any, formula: Any, method: Any, sets: dict[str, Any]) -> Sum:
        if all(names is None for names in sets.values()):
            if start is None or formula is None:
                raise InvalidOption("arithmetic takes a start and a formula, or a, b and c", "formula")
            edit = read_edit(formula, check_choice("method", method, list(METHODS)), atlas_of(self.engine.entry(id)))
            return edit.of(self._end(id, start).latent)
        if start is not None or formula is not None:
            raise InvalidOption("Give a start and a formula, or a, b and c, not both", "formula")
        for name, names in sets.items():
            listed(name, names, MAX_OF_A_MEAN, "pictures or seeds")
        self._check_searches(id, [end for names in sets.values() for end in names])
        return combined(*([self._end(id, end).latent for end in names] for names in sets.values()))

    def _check_searches(self, id: str, ends: list[Any]) -> None:
        """Raises InvalidOption for more pictures than a model without an encoder may search for at a request."""
        pictures = sum(seed_of(end) is None for end in ends)
        if "encodes" not in self.engine.entry(id).abilities and pictures > MAX_PROJECTIONS:
            words = f"Each picture is a search here, of which one request has at most {MAX_PROJECTIONS}, not {pictures}"
            raise InvalidOption(f"{words}. Name seeds for some.", "a")
