"""MNIST: 70,000 grey pictures of handwritten digits. LeCun et al., "Gradient-Based Learning Applied to Document
Recognition", 1998."""

from functools import partial

from generative.data.dataset import BUNDLED, Dataset, Openings
from generative.data.idx import read_idx

MNIST = Dataset(
    "mnist",
    "MNIST",
    partial(read_idx, "MNIST"),
    tuple("0123456789"),
    size=28,
    channels=1,
    licence="CC BY-SA 3.0, © Yann LeCun and Corinna Cortes",
    source="http://yann.lecun.com/exdb/mnist/",
    hub="ylecun/mnist",
    background="black",
    examples=BUNDLED / "mnist.png",
    openings=Openings("+ class: 9", sets=(("8",), ("3",), ("1",))),
    strange=("fashion-mnist", "Sneaker"),
    mirrors=False,
)
