"""The endpoints for models that are told sentences: where each word looks, and what lies between two sentences."""

from collections.abc import Iterator
from typing import Any

import torch

from generative.inference.engine.engine import Engine
from generative.inference.pictures.grids import grid
from generative.inference.pictures.words import layer_names, layers, lit, parts, shares_of
from generative.web.api.payload import png, progress, told


class WordEndpoints:
    """What programs can call of models with attention to a sentence. Their documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def listen(
        self,
        model: str,
        condition: dict[str, Any] | str | None = None,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Draw a picture from a sentence, and tell where each of its words looks while it is drawn.

        condition, options: as in /generate. Returns {"png": the picture, "notes": words that were never learnt,
        "layers": their names, "t": of each look of the network, "words": a list of {"word": the first stands before the
        sentence, "share": of all attention, "shares": by layer, rows and columns of places that add up to 1 over all
        words, "png": the picture, bright where the word looks}}. All pictures are PNG files in base64.
        """
        with told():
            request = self.engine.request("listens", model, seed=seed, condition=condition, options=options)
            heard, made = self.engine.answer(request), request.plain()
            whole, by_layer = parts(heard)[0], layers(heard)
            pictures = torch.unbind(lit(heard.image, whole))
            return {
                "png": png(heard.image, made),
                "notes": request.notes,
                "layers": layer_names(heard.sides),
                "t": list(heard.times),
                "words": [
                    {
                        "word": word,
                        "share": float(whole[k].mean()),
                        "shares": by_layer[:, k].tolist(),
                        "png": png(pictures[k], made),
                    }
                    for k, word in enumerate(heard.names)
                ],
            }

    def between(
        self,
        model: str,
        other: dict[str, Any] | str,
        condition: dict[str, Any] | str | None = None,
        count: int = 5,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Draw `count` pictures of the noise of one seed, told `condition` less and `other` more, and stream the
        progress.

        other, condition: as the condition of /generate. Yields {"step", "total", "label"} for every step; the last one
        also holds "notes": words that were never learnt, "shares": how much each picture was told `other`, 0 to 1,
        "images": each as a PNG file in base64, and "png": the row of them.
        """
        with told():
            about = {"seed": seed, "count": count, "condition": condition, "options": options}
            request = self.engine.request("bridges", model, other=other, **about)
            for frame in self.engine.run(request):
                result = {}
                if frame.step == frame.total:
                    made, row = request.plain(), grid(frame.images, len(frame.images))
                    images, shares = [png(image, made) for image in frame.images], shares_of(len(frame.images))
                    result = {"notes": request.notes, "shares": shares, "images": images, "png": png(row, made)}
                yield progress(frame) | result
