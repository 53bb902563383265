"""Small models for tests."""

from collections.abc import Mapping
from typing import Any

from generative.models import registry
from generative.models.model import Model


def build(kind: str, config: Mapping[str, Any]) -> Model:
    """`registry.build`, where "classes" stands for what the kind can be told of them, or for a classifier's labels."""
    about = dict(config)
    classes = list(about.pop("classes", []))
    if kind in ("classifier", "noisy-classifier"):
        about["labels"] = tuple(classes)
    elif classes and "class" in registry.MODELS[kind].Config.can_be_told:
        about["told"] = [{"class": classes}]
    return registry.build(kind, about)
