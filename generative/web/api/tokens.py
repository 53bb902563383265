"""The endpoint for models that write tokens: what they look at."""

from dataclasses import asdict
from typing import Any

import torch

from generative.inference.engine.engine import Engine
from generative.inference.pictures.attention import hearing_pictures, looks
from generative.web.api.payload import png, told


class TokenEndpoints:
    """What programs can call of transformers. Their documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def attend(
        self,
        model: str,
        image: str,
        row: int,
        column: int,
        condition: dict[str, Any] | str | None = None,
    ) -> dict[str, Any]:
        """Where every layer and head of a transformer looks when it writes the token at a pixel of a picture.

        image, condition: as in /complete. Returns {"token": {"row", "column", "height", "width"} in pixels, "bits": its
        surprise, "before": what stands before the first token, "names": the words that are attended to, "heads": a list
        for each layer of {"start": the share that goes to what stands before, "words": shares of the names, "png": the
        picture, bright where the head looks, in base64}, "hearing": of each name a picture, bright where it is heard}.
        """
        with told():
            where = {"images": image, "row": row, "column": column}
            request = self.engine.request("attends", model, condition=condition, **where)
            seen = self.engine.answer(request)
            pictures, made = looks(request.inputs["images"][0], seen), request.plain()
            top, left, height, width = seen.box
            return {
                "token": {"row": top, "column": left, "height": height, "width": width},
                "bits": float(seen.bits[top, left]),
                "before": seen.before,
                "names": list(seen.names),
                "hearing": [png(picture, made) for picture in hearing_pictures(seen)],
                "heads": [
                    [
                        {"start": float(start), "words": words.tolist(), "png": png(picture, made)}
                        for start, words, picture in zip(*heads, strict=True)
                    ]
                    for heads in zip(seen.start, seen.words, torch.unbind(pictures), strict=True)
                ],
            }

    def write(
        self, model: str, text: str = "", count: int = 4, seed: int = 0, options: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Go on with a text, once for each of `count` seeds from `seed` on.

        Returns {"texts": a list of {"seed", "text": all of it, "bits_per_character": of what follows the beginning,
        "bits": of every character}, "begun": characters of the beginning, "next": the probability of every character
        after it, the end of the text as ↵, "drawn_from": the same as `options` make of it}.
        """
        with told():
            wish = {"seed": seed, "count": count, "options": options}
            request = self.engine.request("writes", model, text=text, **wish)
            return self.engine.answer(request).record(request.seeds.first)

    def cost(self, model: str) -> dict[str, Any]:
        """What one more token takes a transformer, the longer the sequence is, measured on the device of the page.

        Returns {"lengths": tokens of the sequence, "cached": seconds with the keys and values of earlier tokens kept,
        "naive": with all computed anew, "attention": of that the attention alone}, lists of one length.
        """
        with told():
            return asdict(self.engine.answer(self.engine.request("costs", model)))
