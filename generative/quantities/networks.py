"""Of latent spaces, classifiers, and what a model costs."""

from generative.quantities.quantity import SHARE, Quantity

NETWORKS = (
    Quantity(
        "direction_success",
        "latent space",
        "Arithmetic works",
        "How often a picture shows an attribute after its direction has been added to the latent.",
        SHARE,
        "higher",
        1,
    ),
    Quantity(
        "direction_leakage",
        "latent space",
        "Arithmetic leaks",
        "The share of other attributes that changed along with it.",
        SHARE,
        "lower",
        1,
    ),
    Quantity(
        "composed_unseen",
        "latent space",
        "Never seen, composed",
        "How often a combination of attributes that no training image has is made whole by arithmetic.",
        SHARE,
        "higher",
        1,
    ),
    Quantity(
        "composed_seen",
        "latent space",
        "Seen, composed",
        "The same with combinations that training images have.",
        SHARE,
        "higher",
        1,
    ),
    Quantity(
        "accuracy",
        "classifier",
        "Accuracy",
        "The share of test images that are classified rightly.",
        SHARE,
        "higher",
        1,
        main=True,
    ),
    Quantity("parameters", "cost", "Parameters", "Counted over the networks.", "parameters", "", 0),
    Quantity("file_size", "cost", "File size", "Of the weights on disk.", "bytes", "", 1),
    Quantity("ms_per_image", "cost", "Time per image", "When many are drawn together.", "ms/image", "lower", 1),
    Quantity(
        "evaluations",
        "cost",
        "Network evaluations",
        "Forward passes of the network that one image takes.",
        "forward passes/image",
        "lower",
        0,
    ),
)
