"""A model that is there already, to go on with when the state of its training is not: averaged weights, curve, film."""

import csv
import json
from pathlib import Path
from typing import Any

from generative.errors import BadCheckpoint
from generative.library import weights
from generative.training.film import Film


class Before:
    """What the folder of a checkpoint tells of the training so far. Raises BadCheckpoint where it tells too little."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.model = folder, weights.load(folder)
        self.facts: dict[str, Any] = weights.read_json(folder / "config.json").get("training", {})
        try:
            self.steps, self.images = int(self.facts["steps"]), int(self.facts["images_seen"])
            self.minutes = float(self.facts["minutes"])
        except (KeyError, TypeError, ValueError) as e:
            raise BadCheckpoint(f"{folder} does not say how long it was trained. Train it from the beginning.") from e

    def rows(self) -> list[dict[str, float]]:
        """Those of training.csv; none where it is missing or damaged."""
        try:
            with (self.folder / "training.csv").open(newline="") as file:
                return [{name: json.loads(v) for name, v in row.items() if v} for row in csv.DictReader(file)]
        except (OSError, ValueError, TypeError, AttributeError):
            return []

    def film(self) -> Film:
        """With the moments of the film that is there, if it is whole."""
        film = Film()
        film.read(self.folder, self.model.config.image_channels)
        return film
