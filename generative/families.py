"""The families of models, each with what is said of all its models; a family to come is a record more."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """sentence: what its models do. limits: what they cannot, and what to keep in mind of their figures."""

    id: str
    sentence: str
    limits: str


FAMILIES: dict[str, Family] = {
    family.id: family
    for family in (
        Family(
            "autoregressive",
            "Draws an image pixel by pixel, each from a distribution over its values given all earlier ones.",
            "Its likelihood is exact, but sampling is sequential: one pass of the network for every pixel, so "
            "drawing is slow. It sees what is above and to the left of a pixel only, so what it fills into a hole "
            "looks ahead to the pixels below only as far as several candidates are weighed by them, and the whole "
            "can fail to hang together.",
        ),
        Family(
            "autoencoders",
            "Compresses images to a short vector and back; new images are decoded from random vectors.",
            "Its images are blurry, since it shows the mean of all that a vector could stand for. Only a variational"
            " autoencoder learns where codes lie: what another decodes from random vectors is poor, and it has no "
            "likelihood; that of the variational one is a lower bound, not the true value.",
        ),
        Family(
            "gans",
            "A generator turns noise into an image in one step; it learnt from a second network that told its images"
            " from real ones.",
            "It gives no likelihood, so how probable it finds an image cannot be told. It may miss modes: kinds of "
            "image that are in the data but that it never draws. Figures of quality alone do not show that; see the "
            "recall.",
        ),
        Family(
            "diffusion",
            "Starts from pure noise and removes a little of it at each step until an image is left.",
            "It needs many steps, each a pass of the network (two with guidance), so one image costs more than with "
            "a one-step model. A bound on its likelihood exists but is not computed here. High guidance makes "
            "clearer and less varied images.",
        ),
        Family(
            "classifier",
            "Tells which class an image shows. It draws nothing: the evaluation of the other models measures with "
            "it.",
            "It knows the classes of its data set and nothing else: any other picture gets one of them too, often "
            "with confidence. Distances in its features are not comparable with FID in Inception's features.",
        ),
    )
}
