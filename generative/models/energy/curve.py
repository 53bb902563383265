"""The energy of each chain as a small picture that grows with the run, so that picture and energy fall together."""

import torch
from torch import Tensor

LINE, BELOW = 1.0, 0.35  # shades of the line and of what lies under it


def curves(passed: Tensor, total: int, shape: torch.Size) -> Tensor:
    """(N, C, H, W) of `shape`: from energies passed, (steps, N), of a run of `total` steps.

    Bright is the line, grey what lies under it. All chains share a scale, from the lowest energy so far to the highest.
    """
    count, channels, height, width = shape
    low, high = passed.min(), passed.max()
    part = (passed - low) / (high - low).clamp(min=1e-9)
    tops = ((1 - part) * (height - 1)).round().long()  # (steps, N) rows, from above
    at = (torch.arange(width, device=passed.device) * total // width).clamp(max=total - 1)
    there = at < len(passed)
    tops = tops[at.clamp(max=len(passed) - 1)].T[:, None, :]  # (N, 1, W)
    rows = torch.arange(height, device=passed.device)[:, None]
    drawn = LINE * (rows == tops) + BELOW * (rows > tops)
    return (drawn * there).float()[:, None].expand(count, channels, height, width).clone()
