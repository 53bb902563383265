"""What is said of a figure, whatever it was measured on."""

from dataclasses import dataclass
from typing import Literal

Subject = Literal[
    "samples", "likelihood", "reconstructions", "restorations", "translations", "latent space", "classifier", "cost"
]
SHARE, RMS = "share", "RMS pixel difference, 0 to 1"
SHORT = {RMS: ""}  # of units that are too long for a cell


@dataclass(frozen=True)
class Quantity:
    """unit: "share" is 0 to 1 and told in percent. better: "" where neither way is. main: shown on the page. in_words:
    the title for those who do not know the term."""

    id: str
    subject: Subject
    title: str
    help: str
    unit: str = ""
    better: Literal["lower", "higher", ""] = ""
    decimals: int = 2
    main: bool = False
    in_words: str = ""

    @property
    def words(self) -> str:
        """The help, and which way is better."""
        return f"{self.help} {self.better.capitalize()} is better." if self.better else self.help
