"""What a run downhill came to, as every door tells it."""

from typing import Any

from generative.frame import Frame
from generative.seeds import Seeds


def descents(seeds: Seeds, last: Frame) -> list[dict[str, Any]]:
    """Of each descent its seed, the energy where it ended, and whether it was stopped because it exploded."""
    heights, lost = (last.figures[name].tolist() for name in ("energy", "exploded"))
    rows = zip(seeds, heights, lost, strict=True)
    return [{"seed": seed, "energy": height, "exploded": bool(gone)} for seed, height, gone in rows]
