"""A few test images of each data set, bundled for the places where someone picks one.

They are the first ten of each class in the test split, in the grid that `inference.images.grid` makes: a row a class.
Fashion-MNIST is MIT licensed, © 2017 Zalando SE.
"""

from functools import cache
from pathlib import Path

import torchvision.transforms.functional as TF
from PIL import Image
from torch import Tensor

from generative.data.datasets import dataset
from generative.errors import InvalidOption, check_integer, near, shown

EACH, GAP = 10, 2


@cache
def examples(name: str) -> Tensor:
    """(classes, 10, C, H, W) in [0, 1]. Raises InvalidOption for a data set without bundled images."""
    path = Path(__file__).parent / "examples" / f"{dataset(name).id}.png"
    if not path.exists():
        raise InvalidOption(f"No images of {shown(name)} are bundled", "dataset")
    sheet, step = TF.to_tensor(Image.open(path)), dataset(name).size + GAP
    return sheet.unfold(1, step - GAP, step).unfold(2, step - GAP, step).permute(1, 2, 0, 3, 4)


def example(name: str, label: str, index: int = 0) -> Tensor:
    """(C, H, W) in [0, 1]: the example `index`, 0 … 9, of the class `label`."""
    classes = list(dataset(name).classes)
    if label not in classes:
        raise InvalidOption(f"There is no class {shown(label)}. {near(label[:80], classes)}", "label")
    return examples(name)[classes.index(label), check_integer("example", index, 0, EACH - 1)]
