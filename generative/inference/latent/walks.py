"""Ways through a latent space, as the latents of their points."""

from collections.abc import Callable

import torch
from torch import Tensor

from generative.errors import check_choice, check_integer

PATHS = ("slerp", "lerp")
MAX_STEPS, MAX_SIDE = 32, 12  # of a walk, both ends included; of a grid between four corners
FLAT = 1e-4  # sine of an angle below which an arc is the straight line, or is not defined


def lerp(start: Tensor, end: Tensor, share: Tensor) -> Tensor:
    """The straight line: (…, D) at each `share` (…) in [0, 1]; at 0 and 1 exactly `start` and `end`."""
    return torch.lerp(start, end, share[..., None])


def slerp(start: Tensor, end: Tensor, share: Tensor) -> Tensor:
    """Along the arc around the origin (Shoemake, "Animating Rotation with Quaternion Curves", 1985): high-dimensional
    noise lies near a sphere, which the straight line leaves. Lengths change evenly; where the arc is not defined (a
    latent of zero, or opposite ones) it is the straight line. At 0 and 1 it is exactly `start` and `end`."""
    lengths = [point.norm(dim=-1, keepdim=True) for point in (start, end)]
    directions = [unit(start), unit(end)]
    turn, part = angle(start, end)[..., None], share[..., None]
    sine = torch.sin(turn)
    arc = (torch.sin((1 - part) * turn) * directions[0] + torch.sin(part * turn) * directions[1]) / sine
    straight = (sine < FLAT) | (lengths[0] == 0) | (lengths[1] == 0) | (part == 0) | (part == 1)
    return torch.where(straight, lerp(start, end, share), arc * torch.lerp(*lengths, part))


def angle(start: Tensor, end: Tensor) -> Tensor:
    """(…,) the angle in [0, π] between latents (…, D), seen from the origin; 0 where one of them lies there.

    By half-angles (Kahan, "How Futile are Mindless Assessments of Roundoff", 2006, §12), since the arc cosine knows
    nothing of angles near 0 and π.
    """
    a, b = unit(start), unit(end)
    turn = 2 * torch.atan2((a - b).norm(dim=-1), (a + b).norm(dim=-1))
    return torch.where((start == 0).all(-1) | (end == 0).all(-1), 0.0, turn)


def unit(point: Tensor) -> Tensor:
    """(…, D) of length 1 in the same direction; zero stays zero."""
    return point / point.norm(dim=-1, keepdim=True).clamp(min=torch.finfo(point.dtype).tiny)


def walk(start: Tensor, end: Tensor, steps: int, path: str = "slerp") -> Tensor:
    """(steps, D) from `start` (D) to `end` (D), both included. Raises InvalidOption."""
    check_integer("steps", steps, 2, MAX_STEPS)
    return between(path)(start, end, torch.linspace(0, 1, steps, device=start.device))


def corners(points: Tensor, side: int, path: str = "slerp") -> Tensor:
    """(side², D): a grid, row by row, between `points` (4, D): top left, top right, bottom left, bottom right.

    The left and the right edge are walks from top to bottom, each row is one between them. Raises InvalidOption.
    """
    check_integer("side", side, 2, MAX_SIDE)
    along, share = between(path), torch.linspace(0, 1, side, device=points.device)
    left, right = along(points[0], points[2], share), along(points[1], points[3], share)
    return torch.stack([along(a, b, share) for a, b in zip(left, right, strict=True)]).flatten(0, 1)


def rim(side: int) -> list[int]:
    """The places of a grid's outermost points, clockwise from the top left and back to it: a walk without a jump."""
    last = side * side - 1
    top, right = range(side - 1), range(side - 1, last, side)
    bottom, left = range(last, last - side + 1, -1), range(last - side + 1, -1, -side)
    return [*top, *right, *bottom, *left]


def changes(images: Tensor) -> Tensor:
    """(N − 1,) how far each of (N, C, H, W) is from the one before: the mean absolute difference over its values."""
    return images.diff(dim=0).abs().mean((1, 2, 3))


def between(path: str) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """The function of a path's name. Raises InvalidOption for one that is not known."""
    return {"slerp": slerp, "lerp": lerp}[check_choice("path", path, list(PATHS))]
