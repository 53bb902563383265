"""What can be measured of a model: what it is called, what it says, in which unit, and which way is better.

Cards, Guide, Compare, README and the command line read this table. A checkpoint's metrics.json holds the measured
figures by these ids: {"value", "unit", "how"} and, where they are known, "interval" (95 %), "real" (what real images
reach at the same number).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeGuard

Subject = Literal[
    "samples", "likelihood", "reconstructions", "restorations", "translations", "latent space", "classifier", "cost"
]
SHARE, RMS = "share", "RMS pixel difference, 0 to 1"
SHORT = {RMS: ""}  # of units that are too long for a cell


@dataclass(frozen=True)
class Quantity:
    """unit: "share" is 0 to 1 and told in percent. better: "" where neither way is. main: shown on the page. in_words:
    the title for those who do not know the term."""

    id: str
    subject: Subject
    title: str
    help: str
    unit: str = ""
    better: Literal["lower", "higher", ""] = ""
    decimals: int = 2
    main: bool = False
    in_words: str = ""

    @property
    def words(self) -> str:
        """The help, and which way is better."""
        return f"{self.help} {self.better.capitalize()} is better." if self.better else self.help


FIGURES: dict[str, Quantity] = {
    quantity.id: quantity
    for quantity in (
        Quantity(
            "class_agreement",
            "samples",
            "Class agreement",
            "How often a classifier sees the class that was asked for. Guidance can lift it above what real images "
            "reach: it makes what is drawn clearer, and less varied.",
            SHARE,
            "higher",
            1,
            main=True,
            in_words="Class recognised",
        ),
        Quantity(
            "attribute_confidence",
            "samples",
            "Clear attributes",
            "The share of drawn images in which a classifier recognises every attribute with at least even odds.",
            SHARE,
            "higher",
            1,
            main=True,
            in_words="Attributes recognised",
        ),
        Quantity(
            "asked_found",
            "samples",
            "Asked and found",
            "Of what sentences tell, the share that a classifier finds in what is drawn after them.",
            SHARE,
            "higher",
            1,
            main=True,
            in_words="What was asked for, found",
        ),
        Quantity(
            "asked_whole",
            "samples",
            "All that was asked",
            "The share of drawings in which a classifier finds all that their sentence tells.",
            SHARE,
            "higher",
            1,
        ),
        Quantity(
            "asked_unseen",
            "samples",
            "Never seen, asked for",
            "What is found of sentences that tell a combination of attributes which no training image has.",
            SHARE,
            "higher",
            1,
        ),
        Quantity(
            "fid",
            "samples",
            "FID",
            "Fréchet distance between the features of drawn and of real images; 0 is the same. In the features of this "
            "project's own classifiers, so compare it only within a data set.",
            "",
            "lower",
            main=True,
            in_words="Distance to real images (FID)",
        ),
        Quantity(
            "kid",
            "samples",
            "KID",
            "Kernel distance between the features of drawn and of real images, thousandfold; 0 on average for the "
            "same, however few images there are.",
            "",
            "lower",
        ),
        Quantity(
            "precision",
            "samples",
            "Precision",
            "The share of drawn images that lie among real ones. A few outliers among the real can lift it: see "
            "density.",
            "",
            "higher",
            main=True,
        ),
        Quantity(
            "recall",
            "samples",
            "Recall",
            "The share of real images that lie among drawn ones: variety. A few outliers among the drawn can lift it: "
            "see coverage.",
            "",
            "higher",
            main=True,
            in_words="Variety (recall)",
        ),
        Quantity(
            "density",
            "samples",
            "Density",
            "How many real images a drawn one lies close to, compared with what is expected: 1 is as dense as the "
            "data, more is more typical than it.",
            "",
            "higher",
            main=True,
        ),
        Quantity(
            "coverage",
            "samples",
            "Coverage",
            "The share of real images that have a drawn one in their neighbourhood: variety.",
            "",
            "higher",
            main=True,
            in_words="Variety (coverage)",
        ),
        Quantity(
            "nearest_training",
            "samples",
            "Distance to training images",
            "How far drawn images are from the nearest training image, root mean square over pixels. Copies are near; "
            "but so is what is blurred, so a small distance alone does not prove memorising.",
            RMS,
            "",
            3,
            main=True,
        ),
        Quantity(
            "class_entropy_bits",
            "samples",
            "Entropy of classes",
            "How evenly the classes are drawn: 3.32 bits for ten that are equally frequent.",
            "bits",
            "higher",
        ),
        Quantity(
            "held_out_share",
            "samples",
            "Combinations never seen",
            "The share of drawn images that show a combination of attributes that no training image has.",
            SHARE,
            "",
            1,
        ),
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
        Quantity(
            "ssim",
            "reconstructions",
            "Structural similarity",
            "How alike test images and their reconstructions are in local means, contrasts and shapes; 1 is the same.",
            "",
            "higher",
            main=True,
        ),
        Quantity(
            "reconstruction_rmse",
            "reconstructions",
            "Error of reconstructions",
            "Of test images, root mean square over pixels.",
            RMS,
            "lower",
            3,
        ),
        Quantity(
            "denoised_rmse",
            "reconstructions",
            "Error out of noise",
            "Of what is restored from a noisy test image, root mean square over pixels.",
            RMS,
            "lower",
            3,
            main=True,
        ),
        Quantity(
            "restored_psnr",
            "restorations",
            "Restored, PSNR",
            "Peak signal-to-noise ratio of spoiled test images and what the model makes of what is left; 6 dB more is "
            "half the error.",
            "dB",
            "higher",
            1,
        ),
        Quantity(
            "restored_ssim",
            "restorations",
            "Restored, structural similarity",
            "How alike spoiled test images and their restorations are in local means, contrasts and shapes; 1 is the "
            "same.",
            "",
            "higher",
        ),
        Quantity(
            "restored_saturation",
            "restorations",
            "Restored, saturation astray",
            "How far the colours that were invented are from being as strong as real ones: distance between the "
            "distributions of saturation, from 0 to 1, over all pixels. A grey picture is as far as real ones are "
            "strong.",
            "",
            "lower",
            3,
        ),
        Quantity(
            "unaided_psnr",
            "restorations",
            "Without a model, PSNR",
            "The same of what is made of what is left without a model.",
            "dB",
            "higher",
            1,
        ),
        Quantity(
            "unaided_ssim",
            "restorations",
            "Without a model, structural similarity",
            "The same of what is made of what is left without a model.",
            "",
            "higher",
        ),
        Quantity(
            "translated_error",
            "translations",
            "Translated, error",
            "Of translations to the truth, which training never saw beside the picture.",
            RMS,
            "lower",
            3,
        ),
        Quantity(
            "cycle_error",
            "translations",
            "There and back, error",
            "Of test pictures that were translated and came back.",
            RMS,
            "lower",
            3,
        ),
        Quantity(
            "cycle_disturbed",
            "translations",
            "There, disturbed, and back",
            "The same when a little noise was added to the picture in between. Far above the error without: what came "
            "back had been hidden there.",
            RMS,
            "",
            3,
        ),
        Quantity(
            "cycle_honest",
            "translations",
            "Back from the truth",
            "Of what comes back of the true picture of the other kind, in which nothing is hidden.",
            RMS,
            "lower",
            3,
        ),
        Quantity(
            "cycle_ssim",
            "translations",
            "There and back, structural similarity",
            "How alike test pictures and what came back of them are in local means, contrasts and shapes; 1 is the "
            "same.",
            "",
            "higher",
        ),
        Quantity(
            "attribute_changed",
            "translations",
            "Asked for, and seen",
            "How often a classifier sees the attribute that a translation was to give.",
            SHARE,
            "higher",
            1,
        ),
        Quantity(
            "attributes_kept",
            "translations",
            "Everything else kept",
            "The share of all other attributes that a classifier sees as before.",
            SHARE,
            "higher",
            1,
        ),
        Quantity(
            "attributes_seen",
            "translations",
            "Attributes recognised",
            "The share of attributes that a classifier of the data set's pictures sees rightly in those of another "
            "kind.",
            SHARE,
            "higher",
            1,
        ),
        Quantity(
            "codes_used",
            "reconstructions",
            "Codes in use",
            "The share of a codebook that test images need: a code that nothing chooses is wasted.",
            SHARE,
            "higher",
            1,
        ),
        Quantity(
            "code_perplexity",
            "reconstructions",
            "Codes, evenly used",
            "So many codes would do as much if all were chosen equally often.",
            "codes",
            "higher",
            0,
        ),
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
        Quantity("file_size", "cost", "File size", "Of the weights, in half precision.", "bytes", "", 1),
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
}
# Of the ways to find a direction, the one that tools begin with stands for all.
FIGURES |= {
    f"{id}_exchange": replace(FIGURES[id], id=f"{id}_exchange", main=True)
    for id in ("direction_success", "direction_leakage")
}
MAIN = {id: quantity for id, quantity in FIGURES.items() if quantity.main}


def quantity(id: str) -> Quantity:
    """The record of a figure: its own, or one made from that of which it is a part ("auroc_noise")."""
    if id in FIGURES:
        return FIGURES[id]
    whole = max((known for known in FIGURES if id.startswith(known + "_")), key=len, default="")
    if not whole:
        return Quantity(id, "samples", plain(id).capitalize(), "")
    part = plain(id.removeprefix(whole + "_"))
    return replace(FIGURES[whole], id=id, title=f"{FIGURES[whole].title}, {part}", main=False)


def plain(id: str) -> str:
    """An id as words."""
    return id.replace("_", " ")


def measured(metrics: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The figures of a metrics.json, whatever else it holds, in the order of FIGURES."""
    found = {id: m for id, m in metrics.items() if isinstance(m, dict) and is_number(m.get("value"))}
    order = list(FIGURES)
    return dict(sorted(found.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))


def is_number(value: Any) -> TypeGuard[float]:
    """Whether JSON's value is a finite number, and no bool."""
    return type(value) in (int, float) and math.isfinite(value)


def amount(id: str, figure: Mapping[str, Any]) -> str:
    """A figure of metrics.json with its unit: "2.91 bits/dim", "91.2 %"."""
    unit = quantity(id).unit
    unit = "" if unit in (SHARE, "bytes", "parameters") else SHORT.get(unit, unit)
    return f"{cell(id, figure)} {unit}".strip()


def cell(id: str, figure: Mapping[str, Any]) -> str:
    """The same for a table whose head says the unit: "2.91", "91.2 %"."""
    return number(id, figure["value"])


def number(id: str, value: float) -> str:
    """A value of that figure with its decimals; shares in percent, bytes as megabytes."""
    of = quantity(id)
    if of.unit == SHARE:
        return f"{100 * value:.{of.decimals}f} %"
    if of.unit == "bytes":
        return f"{value / 1e6:.{of.decimals}f} MB"
    return f"{value:,.{of.decimals}f}"


def spread(id: str, figure: Mapping[str, Any]) -> str:
    """Its 95 % interval, "0.83 to 0.87"; "" where none was measured."""
    ends = figure.get("interval")
    if not isinstance(ends, (list, tuple)) or len(ends) != 2 or not all(map(is_number, ends)):
        return ""
    return " to ".join(number(id, end) for end in ends)


def real(id: str, figure: Mapping[str, Any]) -> str:
    """What real images reach at the same number; "" where it was not measured."""
    reached = figure.get("real")
    return number(id, reached["value"]) if isinstance(reached, dict) and is_number(reached.get("value")) else ""
