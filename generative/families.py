"""The families of models, each with what is said of all its models; a family to come is a record more."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Family:
    """What a tab, a card and the Guide tell of a family.

    id: the name of its folder in `models`. title: of its tab. sentence: what its models do, in Markdown. good_at,
    limits: what they can and what they cannot, sentences. place: the branches of the taxonomy above it (Goodfellow,
    "NIPS 2016 Tutorial: Generative Adversarial Networks", figure 9); none for what draws nothing, which has no tab.
    manner: how it stands there, in a few words. needs: the ability that makes a model of it stand there. opens: by data
    set, the name of the model that a tab begins with; where it is missing, the first that is ready. fills: how its
    models fill a hole in a picture, in Markdown, of a family that can. untold: what *any* means to a model that is
    given a picture, where that is not each class in turn. of_pictures: what to know, in Markdown, where its models tell
    how probable a picture is, if that is particular.
    """

    id: str
    title: str
    sentence: str
    good_at: str
    limits: str
    place: tuple[str, str] | None = None
    manner: str = ""
    needs: str = "samples"
    opens: Mapping[str, str] = field(default_factory=dict)
    fills: str = ""
    untold: str = ""
    of_pictures: str = ""


READING_ORDER = (
    "Pixels are drawn in reading order, so a hole is filled **without seeing what comes below it**. The remedy: "
    "several candidates are begun for each completion, and those go on that make the known pixels after it likely."
)

AUTOREGRESSIVE = Family(
    "autoregressive",
    "Autoregressive",
    "Draws an image **one pixel at a time**, each from what is already there. Exact probabilities, no shortcuts.",
    "An exact likelihood for any image; stable training; filling in what is missing below what is known.",
    "Drawing is sequential: one pass of the network for every pixel. It builds upon every small error, so the whole "
    "can fail to hang together: look for sleeves that do not match. And it sees only what is above and to the left "
    "of a pixel: what it fills into a hole fits what lies below only so far as several candidates are weighed by them.",
    ("Explicit density", "Tractable"),
    "pixel by pixel",
    opens={
        "avatars": "pixelcnnpp",
        "fashion-mnist": "gated-pixelcnn",
        "mnist-fixed": "pixelcnn",
        "mnist-dynamic": "gated-pixelcnn",
    },
    fills=READING_ORDER,
)
TRANSFORMER = Family(
    "transformer",
    "Transformers",
    "Writes an image **token by token**, and at each looks back at every token before: *attention*, which can be seen.",
    "Whatever can be written as a sequence: pixels, the codes of an autoencoder, words. Every token sees every earlier "
    "one directly, however far away; exact probabilities of what is written.",
    "The cost of attention grows with the square of the length, so a token here is a run of pixels or a code for a "
    "patch. Nothing of pictures is built in: that the row above is near has to be learnt, which takes more data than "
    "a convolution needs. And what is written cannot be taken back.",
    ("Explicit density", "Tractable"),
    "token by token",
    opens={"avatars": "vq-transformer", "fashion-mnist": "transformer"},
    fills=READING_ORDER,
)
AUTOENCODERS = Family(
    "autoencoders",
    "Autoencoders",
    "Squeezes images into **a few numbers** and back. Decode other numbers, and a new image appears at once.",
    "Speed, one pass of a small network; an ordered space of codes, in which one can walk, mix and do arithmetic; a "
    "bound on the likelihood (VAE).",
    "Its images are blurred: each pixel is an average over all that the code leaves open. Only a variational "
    "autoencoder learns where codes lie: what another decodes from random numbers is poor, and it has no likelihood. "
    "That of the variational one is a bound, not the true value.",
    ("Explicit density", "Approximate"),
    "variational ones, through a code",
    needs="scores",
    opens={"avatars": "vae", "fashion-mnist": "vae", "mnist-dynamic": "vae"},
)
GANS = Family(
    "gans",
    "GANs",
    "Two networks play against each other: one **forges** images, the other **tells them apart** from real ones.",
    "Sharp images in a single pass of the generator (with *candidates* it is two passes for each, and one more).",
    "It cannot say how probable an image is. It may miss kinds of image that are in the data, since the generator is "
    "never punished for what it does not draw (*mode collapse*): figures of quality alone do not show that, see the "
    "recall. And training is hard to judge: two losses chase each other, and neither tells how good the images are.",
    ("Implicit density", "Direct"),
    "by playing a game",
    opens={"avatars": "dcgan", "fashion-mnist": "dcgan", "stacked-mnist": "non-saturating"},
)
DIFFUSION = Family(
    "diffusion",
    "Diffusion",
    "Starts from **pure noise** and takes a little of it away, again and again, until an image is left.",
    "Quality and variety together; stable training; it can be steered.",
    "It needs many steps, each a pass of the network (two with guidance), so one image costs more than with a one-step "
    "model. *Samplers* trade steps for quality: DDPM wants hundreds, DDIM dozens, DPM-Solver++ about twenty. A bound "
    "on its likelihood exists but is not computed here. High guidance makes clearer and less varied images.",
    ("Explicit density", "Approximate"),
    "step by step",
    opens={"avatars": "ddpm", "fashion-mnist": "ddpm"},
    fills="All pixels are drawn at once, so a hole is filled **with all around it in sight**, also what lies below. "
    "At each step what is known is put back into the guess of the picture, and the rest has to go with it. It was "
    "never trained to do so. Told nothing, only the picture says what it is.",
    untold="Any (the picture says it)",
)
ENERGY = Family(
    "energy",
    "Energy",
    "Learns a **landscape** whose valleys are pictures. Drawing rolls downhill; any picture has a height.",
    "A number for any picture, and its slope: which pixel it would change first. It starts from noise as well as from "
    "any picture, and energies can simply be added: what both allow is drawn.",
    "The height is known up to a constant only, so it ranks pictures and tells no probability. A chain may get stuck "
    "in a poor valley, or be thrown out by steps that are too large. Learning by contrast needs chains at every step "
    "and easily fails; Equilibrium Matching learns without, but its energy is no likelihood at all.",
    ("Explicit density", "Markov chain"),
    "by rolling downhill",
    of_pictures="An **energy** ranks pictures under one model and says nothing in bits, so it stands beside no other "
    "family's figure. The tool *Landscape* shows which pixels it would change.",
    opens={"avatars": "equilibrium", "fashion-mnist": "equilibrium"},
    fills="The hole rolls downhill from noise while all around it is held, **also what lies below**: the height is "
    "that of the whole picture.",
    untold="Any (the picture says it)",
)
CLASSIFIER = Family(
    "classifier",
    "Classifier",
    "Tells which class an image shows. It draws nothing: the evaluation of the other models measures with it, or, if "
    "it knows noise, it guides drawing.",
    "Telling the classes of its data set apart, in one pass and after a few minutes of training.",
    "It knows the classes of its data set and nothing else: any other picture gets one of them too, often with "
    "confidence. Distances in its features are not comparable with FID in Inception's features.",
)
FAMILIES: dict[str, Family] = {
    family.id: family for family in (AUTOREGRESSIVE, AUTOENCODERS, GANS, DIFFUSION, TRANSFORMER, ENERGY, CLASSIFIER)
}
GENERATIVE = {id: family for id, family in FAMILIES.items() if family.place}
