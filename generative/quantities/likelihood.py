"""Of how well a model foretells pictures that it has not seen."""

from generative.quantities.quantity import SHARE, Quantity

LIKELIHOOD = (
    Quantity(
        "bits_per_dim",
        "likelihood",
        "Bits/dim, exact",
        "Bits that the model needs for each value of a test image: a pixel, or one of its colours.",
        "bits/dim",
        "lower",
        main=True,
        in_words="Bits for each value, exact",
    ),
    Quantity(
        "bits_per_dim_bound",
        "likelihood",
        "Bits/dim, at most",
        "Bits for each value of a test image that are sure to suffice: an upper bound. The true figure may be "
        "lower, so this one cannot be put beside an exact one.",
        "bits/dim",
        "lower",
        main=True,
        in_words="Bits for each value, at most",
    ),
    Quantity(
        "nats",
        "likelihood",
        "Nats/image, exact",
        "Nats that the model needs for a test image, as papers tell it of digits in black and white.",
        "nats/image",
        "lower",
        main=True,
        in_words="Nats for an image, exact",
    ),
    Quantity(
        "nats_bound",
        "likelihood",
        "Nats/image, at most",
        "Nats for a test image that are sure to suffice: minus the evidence lower bound.",
        "nats/image",
        "lower",
        main=True,
        in_words="Nats for an image, at most",
    ),
    Quantity(
        "nats_weighted",
        "likelihood",
        "Nats/image, at most, importance-weighted",
        "A tighter bound: the true figure is lower, but by less.",
        "nats/image",
        "lower",
        in_words="Nats for an image, at most, importance-weighted",
    ),
    Quantity(
        "bits_per_character",
        "likelihood",
        "Bits/character",
        "Bits that the model needs for each character of a text that it did not learn from, the end of the text "
        "included.",
        "bits/character",
        "lower",
        main=True,
        in_words="Bits for each character",
    ),
    Quantity(
        "known_words",
        "likelihood",
        "Words that are words",
        "The share of what a model writes between spaces that occurs in texts about test images too.",
        SHARE,
        "higher",
        1,
    ),
    Quantity(
        "bits_per_token",
        "likelihood",
        "Bits/token",
        "Bits that the model needs for each token of a test image. Tokens stand for a picture, so this cannot be "
        "put beside bits/dim.",
        "bits/token",
        "lower",
        in_words="Bits for each token",
    ),
    Quantity(
        "auroc",
        "likelihood",
        "AUROC of likelihood",
        "In how many of all pairs the likelihood prefers a test image to a strange one; ½ is chance.",
        "",
        "higher",
    ),
)
