"""How much may be asked for: settings, never another path."""

from dataclasses import dataclass, field, replace

from generative.abilities import ABILITIES, Ability
from generative.errors import InvalidOption
from generative.inference.pictures.reading import FILE_LIMITS, FileLimits
from generative.options import Options


@dataclass(frozen=True)
class Limits:
    """owner: whether the owner of the machine asks, who may have more of everything. images: at once, candidates
    counted. seconds: of one run. waiting: jobs of one visitor that may wait. files: of pictures that come in."""

    owner: bool = False
    images: int = 256
    seconds: float = 600.0
    waiting: int = 16
    files: FileLimits = field(default=FILE_LIMITS)

    def most(self, ability: Ability) -> int:
        """Results of one request."""
        return ability.most[self.owner]

    def check(self, ability: Ability, count: int, options: Options) -> None:
        """Raises InvalidOption for more images at once than are allowed."""
        each = ability.each(options)
        if self.owner or count * each <= self.images:
            return
        raise InvalidOption(
            f"{count} {ability.noun} of {each} candidates each are {count * each} images at once; the limit is "
            f"{self.images}. Ask for fewer {ability.noun} or fewer candidates.",
            "count",
        )


VISITOR = Limits()
OWNER = replace(VISITOR, owner=True, images=1_000_000, seconds=float("inf"), waiting=1_000_000)

# What a visitor may ask for at once.
MAX_COUNT = VISITOR.most(ABILITIES["samples"])
MAX_COMPLETIONS = VISITOR.most(ABILITIES["completes"])
MAX_SCORED = VISITOR.most(ABILITIES["scores"])
MAX_DECODED = VISITOR.most(ABILITIES["decodes"])
MAX_PROJECTIONS = VISITOR.most(ABILITIES["projects"])
