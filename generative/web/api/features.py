"""The endpoint of features from few labels."""

from typing import Any

from generative.inference.engine.engine import Engine
from generative.inference.features.report import mistaken, reported
from generative.web.api.payload import png, told


class FeatureEndpoints:
    """What programs can ask of features. Its documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def features(
        self, model: str, labels: str | int | list[int] = "10", seed: int = 0, clusters: int = 10
    ) -> dict[str, Any]:
        """Tell the bundled test pictures apart by a model's features, taught few labels.

        labels: of each class, 1 to 500, up to six numbers, "1,10" or [1, 10]. seed: of the first draw of labelled
        pictures. clusters: of k-means on the features, 2 to 50. Returns {"model", "was_told": whether its training was
        told the classes, "rows": for each number {"labels", "draws", "features", "pixels", "network": each {"accuracy",
        "deviation": from draw to draw, null for one}}, "purity", "information": of the clusters, "wrong": for the first
        number {"png", "words"} of up to 16 test pictures that are told wrongly}. Pictures are base64 PNG files.
        """
        with told():
            found = reported(self.engine, model, labels, seed, clusters)
            images, words = mistaken(found.rows[0], found.known)
            shown = zip(images[:16], words[:16], strict=True)
            wrong = [{"png": png(image, found.made()), "words": said} for image, said in shown]
            return found.plain() | {"wrong": wrong}
