"""The endpoints of GANs: objectives side by side, styles mixed, and pictures translated."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from generative.data.known import dataset as known
from generative.inference.contrast import contenders, contrasted
from generative.inference.engine.engine import Engine
from generative.inference.latent.mixing import followed, mixing_sheet
from generative.inference.translation import Translations
from generative.web.api.payload import each_png, png, progress, told


class GANEndpoints:
    """What programs can call of GANs. Their documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def contrast(
        self,
        dataset: str,
        condition: dict[str, Any] | str | None = None,
        count: int = 4,
        seed: int = 0,
        what: str = "objectives",
    ) -> list[dict[str, Any]]:
        """Draw the same noise with every GAN of a data set that differs from the others in one thing alone.

        condition: as in /generate. what: differs: "objectives", the "guidelines" of the DCGAN, each broken alone, or
        "failures", what goes wrong. Returns for each {"model", "objective", "differs": in words, "images_seen",
        "class_agreement", "fid", "precision", "recall": as measured, null where they were not, "curve_tells": the rank
        correlation, −1 to 1, of the curve that its training could watch with the FID, "recognised": by class, the share
        of ten pictures in which a classifier sees it, or, of a model told no class, the share of each class in all its
        pictures, "classes_drawn": how many classes half as often as they should be or more, "modes_drawn": of stacked
        digits, how many of its "modes" it draws, "distances": of a failure, from each image to the nearest training
        image, "copied": how many of these are among the hundred that the overfitted one saw, "pngs": its images}.
        """
        with told():
            entries = contenders(list(self.engine.entries.values()), known(dataset).id, what)
            done = contrasted(self.engine, entries, seed=seed, count=count, condition=condition)
            return [one.row() | {"pngs": each_png(one.request, one.images)} for one in done]

    def mix(
        self,
        model: str,
        columns: int = 100,
        layers: str | list[int] | list[str] = "coarse",
        count: int = 6,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Faces that have some of their styles from one seed and the others from another, each row with each column.

        seed, columns: of the first row and of the first column; there are `count` of both, at most 8. layers: which
        have the styles of the row: "coarse", "middle" or "fine", or numbers from 1 on, "3-4" or [1, 2]. options: as in
        /generate. Returns {"png": the matrix in one, with the faces of rows and columns at its edges; "rows",
        "columns": those faces; "pngs": a list for each row; "layers": by number; "followed": of each attribute in which
        some row and column differ {"attribute", "among": so many pictures, "row", "column": the shares of these that
        have it as their row or as their column has}, as a classifier sees them}. Pictures are base64 PNG files.
        """
        with told():
            request = self.engine.request(
                "mixes", model, seed=seed, count=count, options=options, columns=columns, layers=layers
            )
            mixed, made = self.engine.answer(request), request.plain()
            return {
                "png": png(mixing_sheet(mixed), made),
                "rows": [png(face, made) for face in mixed.rows],
                "columns": [png(face, made) for face in mixed.columns],
                "pngs": [[png(image, made) for image in row] for row in mixed.images],
                "layers": list(mixed.layers),
                "followed": [asdict(one) for one in followed(self.engine, request.entry, mixed)],
            }

    def translate(
        self,
        model: str,
        image: str,
        to: str,
        prepared: bool = False,
        count: int = 1,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Turn a picture of one kind into one of another, and back.

        image: as in /complete. to: the kind that comes out, "drawing" or "colour", "plain" or "sunglasses". prepared:
        what is translated is made of the image first, a pencil drawing of a picture in colour. count, seed: of the
        noise that disturbs the picture in between, of standard deviation options["disturbed"]; the translation itself
        is the same with every seed. Yields {"step", "total", "label"}, with "translations", each {"seed",
        "cycle_error": what the picture that came back errs by, root mean square, "cycle_ssim": its structural
        similarity, "disturbed_error": the error of what comes back when the picture in between was disturbed, "error":
        of the translation, to the truth, "honest_error": of what comes back of the truth, both null where nobody knows
        it, "png": the translation}; and "png", all pictures on the way, a row a seed. Pictures are base64 PNG files.
        """
        with told():
            wish = {"images": image, "to": to, "prepared": prepared, "options": options}
            request = self.engine.request("translates", model, seed=seed, count=count, **wish)
            for frame in self.engine.run(request):
                done, pngs = Translations(frame, request.seeds), each_png(request, frame.images)
                rows = [row | {"png": drawn} for row, drawn in zip(done.rows, pngs, strict=True)]
                yield progress(frame) | {"translations": rows, "png": png(done.sheet(), request.plain())}
