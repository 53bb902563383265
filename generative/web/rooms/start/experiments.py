"""Things to try: each sets up a tool and runs it where there is something to run, and says what to look for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass(frozen=True)
class Experiment:
    """look: one sentence, what there is to see. tool: of the family of `model`. run: as a link tells it, besides the
    model; nothing where the tool begins by itself.
    """

    title: str
    look: str
    model: str
    tool: str = "samples"
    run: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def link(self) -> str:
        """The query string that sets it up."""
        return "?" + urlencode({"model": self.model, "tool": self.tool, **self.run})


EXPERIMENTS = (
    Experiment(
        "Take off the glasses",
        "Pick a face and subtract what people with glasses have in common. Does the person stay the same?",
        "avatars/vae",
        "arithmetic",
    ),
    Experiment(
        "Half a shoe, sixteen endings",
        "The upper half is given, the rest is invented pixel by pixel. The best endings are ranked first.",
        "fashion-mnist/gated-pixelcnn",
        "completes",
        {"ability": "completes", "images": "example:Sneaker/0", "mask": "lower", "count": 16, "class": "Sneaker"},
    ),
    Experiment(
        "Where the PixelCNN cannot look",
        "Point at a pixel: the field shows what its network can see of the picture. Part of it is blind.",
        "fashion-mnist/pixelcnn",
        "scores",
    ),
    Experiment(
        "The likeliest picture",
        "Always the likeliest value of a pixel, never a surprise: is that what the data looks like?",
        "fashion-mnist/gated-pixelcnn",
        run={"class": "Bag", "top_k": 1, "count": 4},
    ),
    Experiment(
        "A picture as thirty-two numbers",
        "What a code of thirty-two numbers keeps of a picture, and what comes back blurred.",
        "fashion-mnist/conv-ae",
        "reconstruct",
    ),
    Experiment(
        "Ten labels a class",
        "Features learnt without a label, put to use with few: how far ahead of raw pixels are they, and until when?",
        "fashion-mnist/conv-ae",
        "features",
    ),
    Experiment(
        "A map of all clothes",
        "Two numbers for each picture, no labels given: clothes of a kind still lie together. Walk on it.",
        "fashion-mnist/vae-2d",
        "explore",
    ),
    Experiment(
        "Walk between two faces",
        "Every step of the way is a face of its own; nothing fades from one into the other.",
        "avatars/dcgan",
        "interpolate",
    ),
    Experiment(
        "Fool the critic",
        "Real pictures and forged ones, as the discriminator sees them. Bring a picture of your own.",
        "fashion-mnist/dcgan",
        "critic",
    ),
    Experiment(
        "One network, several losses",
        "The same pictures from the same seed: drag through the trainings. Whose curve told how good it was?",
        "fashion-mnist/minimax",
        "contrast",
    ),
    Experiment(
        "How much noise is too much?",
        "Drag a picture into noise. Beside it is what the network still believes to be underneath.",
        "fashion-mnist/ddpm",
        "noise",
    ),
    Experiment(
        "Out of pure noise",
        "Twenty steps from noise to a sandal. Drag the timeline: when is it decided what it will be?",
        "fashion-mnist/ddpm",
        run={"class": "Sandal", "count": 9},
    ),
    Experiment(
        "What guidance trades away",
        "A guidance scale of 8: every bag is clear, and all of them look alike. Now try 1.",
        "fashion-mnist/ddpm",
        run={"class": "Bag", "guidance_scale": 8, "count": 16},
    ),
    Experiment(
        "The same noise, 3 to 20 steps",
        "Four samplers take the same network from the same noise to a picture. Which one is there first?",
        "fashion-mnist/ddpm",
        "samplers",
    ),
    Experiment(
        "A shirt from 49 numbers",
        "Blocks of 4×4 pixels are told by their mean; the rest is invented, and agrees with every mean exactly.",
        "fashion-mnist/ddpm",
        "restore",
    ),
    Experiment(
        "Downhill",
        "Nine faces roll down a landscape that a network has learnt. Watch picture and height fall together.",
        "avatars/equilibrium",
        run={"count": 9},
    ),
    Experiment(
        "Which pixel would it change first?",
        "The slope of the landscape under a picture of yours, as a picture; and the valleys between three others.",
        "fashion-mnist/equilibrium",
        "slopes",
    ),
    Experiment(
        "What it looks at while it writes",
        "Click a token: every head of every layer shows where it looked to decide what comes there.",
        "fashion-mnist/transformer",
        "attends",
    ),
)
