"""Can a model compose what it has never seen? For data sets with combinations that are held out of training."""

from collections.abc import Mapping

import torch
from torch import Tensor

from generative.data.dataset import having
from generative.evaluation.distance.space import Labelled, Space, moved
from generative.evaluation.figure import Figures, share
from generative.inference.latent.atlas import METHODS, Atlas

TRIED = 60  # latents for each value of each combination


def composition(space: Space, atlas: Atlas, pool: Labelled) -> Figures:
    """From latents that are one value short of a combination: does adding that value make it whole? Beside it the same
    with another value in its place, which makes a combination that occurs in training."""
    known = space.run.dataset
    shown: dict[bool, list[Tensor]] = {True: [], False: []}
    for combination in known.held_out:
        for name, value in combination.items():
            values = known.attributes[name]
            other = values[(values.index(value) + 1) % len(values)]
            for held_out, wanted in ((True, value), (False, other)):
                shown[held_out].append(completed(space, atlas, pool, {**combination, name: wanted}, name))
    return {
        f"composed_{'unseen' if held_out else 'seen'}": share(
            torch.cat(hits),
            f"Of {len(torch.cat(hits)):,} {space.source} that lack one value of a combination of attributes, the share "
            f"that show the whole combination to the classifier after 1 × that value ({METHODS[0]}); combinations that "
            f"{'never occur' if held_out else 'occur'} in training.",
        )
        for held_out, hits in shown.items()
        if sum(map(len, hits))
    }


def completed(space: Space, atlas: Atlas, pool: Labelled, combination: Mapping[str, str], missing: str) -> Tensor:
    """(M,) bool: of latents that show all of a combination but what is `missing`, which show all of it afterwards."""
    known = space.run.dataset.attributes
    direction = atlas.known[f"{missing}: {combination[missing]}"]
    rest = {name: value for name, value in combination.items() if name != missing}
    has = having(pool.labels, rest, known)
    near = Labelled(pool.latents[has], pool.labels[has], pool.seen[has])
    before = space.without(direction, near, TRIED)
    if not len(before.latents):
        return torch.zeros(0, dtype=torch.bool)
    return having(space.seen_in(moved(atlas, before, direction, 1.0, METHODS[0])), combination, known)
