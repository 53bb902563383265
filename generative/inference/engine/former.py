"""Ways to ask that tools of the page still use; each is told by `Engine.request` and `Engine.run`."""

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from generative.abilities import ABILITIES, Likelihood, Prediction, Verdict
from generative.conditions import read_told
from generative.frame import Frame
from generative.inference.engine.request import Request


class Former:
    """Mixed into Engine until the last tool asks in the new way."""

    def _wish(self, id: Any, seed: Any, count: Any, options: dict[str, Any], ability: str = "samples") -> Request:
        can = ABILITIES[ability]
        entry = self.able(id, ability)
        options = {"class" if name == "label" else name: value for name, value in options.items()}
        names = {condition.name for condition in entry.told}
        told = {name: value for name, value in options.items() if name in names}
        rest = {name: value for name, value in options.items() if name not in names}
        wish = entry.kind_class.Options.parse({**entry.options, **rest})
        seeds = self._seeds(ABILITIES["samples"] if not can.seeded else can, seed, count)
        self.limits.check(can, len(seeds), wish)
        return Request(can, entry, seeds, wish, read_told(entry.told, told, entry.title))

    def _again(self, request: Request, ability: str, **inputs: Any) -> Request:
        return self.request(
            ability,
            request.entry,
            seed=request.seeds.first,
            count=len(request.seeds),
            condition=request.told,
            options=request.options.plain(),
            **inputs,
        )

    def sample(self, request: Request) -> Iterator[Frame]:
        return self.run(self._again(request, "samples"))

    def complete(self, request: Request, image: Tensor, mask: Tensor) -> Iterator[Frame]:
        return self.run(self._again(request, "completes", images=image, mask=mask))

    def project(self, request: Request, image: Tensor) -> Iterator[Frame]:
        return self.run(self._again(request, "projects", images=image))

    def latents(self, request: Request) -> Tensor:
        return self.answer(self._again(request, "interpolates"))

    def encode(self, id: Any, images: Tensor) -> Tensor:
        return self.answer(self.request("encodes", id, images=images))

    def decode(self, id: Any, latents: Tensor) -> Tensor:
        return self.answer(self.request("decodes", id, latents=latents))

    def judge(self, id: Any, images: Tensor, label: Any = None) -> Verdict:
        return self.answer(self.request("judges", id, condition=label, images=images))

    def score(self, id: Any, images: Tensor, label: Any = None) -> Likelihood:
        return self.answer(self.request("scores", id, condition=label, images=images))

    def predict(self, id: Any, image: Tensor, row: Any, column: Any, label: Any = None) -> Prediction:
        return self.answer(self.request("predicts", id, condition=label, images=image, row=row, column=column))

    def locate(self, id: Any, image: Tensor) -> Tensor:
        from generative.inference.sources import found

        return found(self, self.able(id, "interpolates"), image)

    def atlas(self, id: Any) -> Any:
        from generative.inference.latent.atlas import atlas_of

        return atlas_of(self.able(id, "interpolates"))

    def reconstruct(self, id: Any, images: Tensor, noise: Any = 0.0, seed: Any = 0) -> Any:
        from generative.inference.latent.reconstruction import reconstruct

        return reconstruct(self, id, images, noise, seed)


