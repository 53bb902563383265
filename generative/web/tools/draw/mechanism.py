"""How a family draws, as a diagram that follows the frame on show, and the equation beside it."""

from dataclasses import asdict, dataclass
from typing import Any

from generative.web.widgets.widget import Widget


@dataclass(frozen=True)
class Part:
    """A box of a diagram. shows: the view of the frame that is drawn in it, "image" for its pictures, "" for none.

    lit: at which moments, "first", "last", or "" for those in between; a model that draws at once has only its last.
    """

    title: str
    help: str
    shows: str = ""
    lit: str = ""


@dataclass(frozen=True)
class Mechanism:
    """parts: in the order of the work. again: from the last of these parts it goes on at the first, None where nothing
    is repeated. equation: its symbols and what each means, "" for what needs no words.
    """

    parts: tuple[Part, ...]
    again: tuple[int, int] | None
    equation: tuple[tuple[str, str], ...]


CHAIN = (
    ("p(x)", "How probable the whole picture is: exact, for it is a product"),
    (" = ", ""),
    ("∏ᵢ", "The product over all places, from the first to the last"),
    (" p(xᵢ | x₁ … xᵢ₋₁)", "How probable the network finds the value at place i after seeing those before it"),
)
START_OF_CODE = Part("Noise z", "Numbers from a bell curve, made from the seed", lit="first")
MECHANISMS = {
    "autoregressive": Mechanism(
        (
            Part("So far", "The pixels that are drawn already; those to come are still hidden", "image"),
            Part("Distribution", "Of the next pixel, from those before: the lighter, the more open", "entropy"),
            Part("Draw", "One value is drawn from the distribution, with chance from the seed"),
            Part("Picture", "When no pixel is left", "image", "last"),
        ),
        (0, 2),
        CHAIN,
    ),
    "transformer": Mechanism(
        (
            Part("So far", "What is written of the picture", "image"),
            Part(
                "Attention",
                "Looks back at the tokens that matter; the lighter, the more open it is",
                "entropy",
            ),
            Part("Next token", "One token is drawn from the distribution, with chance from the seed"),
            Part("Picture", "When the last token is written", "image", "last"),
        ),
        (0, 2),
        CHAIN,
    ),
    "autoencoders": Mechanism(
        (
            START_OF_CODE,
            Part("Decoder", "A network that makes a picture of a few numbers, in one pass", lit="last"),
            Part("Picture", "What the decoder makes of the code", "image", "last"),
        ),
        None,
        (
            ("z", "The code: a few numbers, drawn at random instead of encoded from a picture"),
            (" ~ 𝒩(0, 1),   x = ", ""),
            ("D(z)", "The decoder: trained to bring back the picture that the encoder made the code of"),
        ),
    ),
    "gans": Mechanism(
        (
            START_OF_CODE,
            Part("Generator", "A network that makes a picture of noise, in one pass", lit="last"),
            Part("Picture", "A forgery that is to pass for real", "image", "last"),
            Part(
                "Critic",
                "The discriminator, which the generator learnt to fool",
                lit="last",
            ),
        ),
        None,
        (
            ("min", "The generator G makes the value as small as it can"),
            (" ", ""),
            ("max", "The discriminator D makes it as large as it can"),
            ("  𝔼 log D(x)", "How surely D takes real pictures x for real, on average"),
            (" + ", ""),
            ("𝔼 log(1 − D(G(z)))", "How surely D takes forgeries G(z) for forged, on average"),
        ),
    ),
    "diffusion": Mechanism(
        (
            Part("Noisy xₜ", "The picture with the noise that is left at step t", "x_t"),
            Part("Noise ε̂", "What of it the network takes for noise", "noise"),
            Part("Guess x̂₀", "The picture that is left without that noise", "x0"),
            Part("Step", "A little of the noise is taken away, and all begins again"),
            Part("Picture", "When no noise is left", "image", "last"),
        ),
        (0, 3),
        (
            ("x̂₀", "The network's guess at the picture"),
            (" = (", ""),
            ("xₜ", "The noisy picture at step t"),
            (" − ", ""),
            ("√(1 − ᾱₜ)", "How much noise there is at step t"),
            (" ", ""),
            ("ε̂(xₜ, t)", "The noise that the network sees in it"),
            (") / ", ""),
            ("√ᾱₜ", "How much of the picture is left at step t"),
        ),
    ),
    "energy": Mechanism(
        (
            Part("Picture x", "Where on the landscape it is", "image"),
            Part("Slope", "In which direction each pixel leads downhill", "push"),
            Part("Step", "Each pixel is moved a little that way"),
            Part("Valley", "Where it stays is a picture that the model finds good", "image", "last"),
        ),
        (0, 2),
        (
            ("x", "The picture"),
            (" ← x − ", ""),
            ("η", "How large a step is"),
            (" ", ""),
            ("∇E(x)", "The slope: how the energy would rise with each pixel"),
        ),
    ),
}  # by family


class Diagram(Widget):
    """Follows the frames of the stage beside it. Its value is that of `described`."""

    files = "tools/draw/diagram"


def described(family: str) -> dict[str, Any] | None:
    """The mechanism of a family as the browser takes it; None for one of which there is no diagram."""
    return asdict(MECHANISMS[family]) if family in MECHANISMS else None
