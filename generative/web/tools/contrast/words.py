"""What is said of each roster of GANs: above its films, and under them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """heading: plain. note: above the films, lesson: under them, HTML."""

    heading: str
    note: str
    lesson: str


LOSSES = (
    "<p class='quiet'>A loss of a game says how one network fares against the other: it may rise while pictures get "
    "better, and fall while they get worse. A Wasserstein critic estimates how far the forgeries are from the data, so "
    "its curve is meant to fall <i>with</i> the quality; the table says how far that held here. A loss near zero is a "
    "bad sign: the discriminator then tells every forgery, and the minimax objective leaves its generator no gradient. "
    "It stands still, whatever it draws.</p>"
)
OBJECTIVES = Words(
    "One generator, one discriminator, and what each of them is told to minimise",
    "<p>The same networks from the same seed, shown the same pictures in the same order. Only the <b>objective</b> "
    "differs (and, where its paper asks for it, the discriminator's batch norm). Drag the moment, or press Play.</p>",
    LOSSES,
)
MODES = Words(
    "Mode collapse, counted: of a thousand kinds of picture, how many does each draw?",
    "<p>Three handwritten digits are the red, green and blue of one picture: 1,000 kinds, or <b>modes</b>, all equally "
    "frequent, and none of these GANs is told which one to draw. At each moment of the training a classifier reads the "
    "three digits in 10,000 of its pictures. Each dot of the cube is one combination; it lights up, in its colour, "
    "while the GAN draws it. Drag a cube to turn it.</p>",
    LOSSES,
)
GUIDELINES = Words(
    "The five guidelines of the DCGAN, each broken alone",
    "<p>What Radford and others found, by trial, to keep convolutional GANs stable. Here are six trainings of one "
    "length, from one seed, with the paper's plain loss: one keeps all five guidelines, each of the others breaks one. "
    "Which of them matter?</p>",
    "<p class='quiet'>The rules were found on larger networks and pictures, before the penalties and norms of today: "
    "one that costs nothing here may still have been needed there. It is one training each, so small differences are "
    "chance.</p>",
)
FAILURES = Words(
    "What goes wrong: two trainings that failed, on purpose and honestly",
    "<p>No picture here is chosen, and nothing is staged but the settings, which the table names. Both were told no "
    "class, so a good one would draw clothes of all ten kinds, and none that it has seen.</p>",
    "<p class='quiet'>Neither failure shows in the losses. To see a collapse, look at many pictures; to see copying, "
    "look up the nearest training picture, as the table does.</p>",
)


def words(roster: str, counted: bool) -> Words:
    """Of a roster; counted: of a data set whose modes are."""
    if roster == "objectives":
        return MODES if counted else OBJECTIVES
    return {"guidelines": GUIDELINES, "failures": FAILURES}[roster]
