"""Fashion-MNIST: 70,000 grey pictures of clothes in ten classes. Xiao et al., "Fashion-MNIST: a Novel Image Dataset for
Benchmarking Machine Learning Algorithms", 2017, https://arxiv.org/abs/1708.07747."""

from functools import partial

from generative.data.dataset import BUNDLED, Dataset, Openings
from generative.data.idx import has_idx, read_idx

FASHION_MNIST = Dataset(
    "fashion-mnist",
    "Fashion-MNIST",
    partial(read_idx, "FashionMNIST"),
    ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    size=28,
    channels=1,
    licence="MIT, © 2017 Zalando SE",
    source="https://github.com/zalandoresearch/fashion-mnist",
    hub="zalando-datasets/fashion_mnist",
    background="black",
    examples=BUNDLED / "fashion-mnist.png",
    openings=Openings("+ class: Dress", noisy=1, sets=(("Pullover",), ("T-shirt/top",), ("Dress",))),
    strange=("mnist", "3"),
    here=partial(has_idx, "FashionMNIST"),
    subset=BUNDLED / "fashion-mnist-train.webp",
    by_class=BUNDLED / "fashion-mnist-by-class.webp",
)
