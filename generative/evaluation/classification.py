"""How often a classifier is right."""

from generative.data.dataset import Dataset
from generative.evaluation import attributes
from generative.evaluation.bootstrap import error_of_mean
from generative.evaluation.figure import Figure, Figures, Measured
from generative.evaluation.reference import in_batches
from generative.evaluation.run import Run
from generative.models.model import Model


def classification(model: Model, run: Run) -> Measured:
    """Accuracy over all test images: of the class, or of each attribute."""
    images, labels = run.read("test")
    logits = in_batches(model.classify, images.float() / 255, "classes of test images")
    if run.dataset.attributes:
        return Measured(by_attribute(attributes.accuracies(logits, labels, run.dataset), run.dataset, len(images)))
    right = (logits.argmax(1) == labels).double()
    how = f"Share of all {len(images):,} test images whose most likely class is the true one."
    return Measured({"accuracy": Figure(float(right.mean()), how, error=error_of_mean(right))})


def by_attribute(accuracies: dict[str, float], known: Dataset, count: int) -> Figures:
    """A figure for each attribute, and their mean as the accuracy."""
    mean = sum(accuracies.values()) / len(accuracies)
    whole = f"Mean over {len(accuracies)} attributes of the share of test images whose likeliest value is the true one."
    figures = {"accuracy": Figure(mean, whole)}
    for name, accuracy in accuracies.items():
        where = " that let it be seen" if name in known.seen else ""
        how = f"Share of all {count:,} test images{where} whose likeliest {name} is the true one."
        figures[f"accuracy_{name.replace(' ', '_')}"] = Figure(accuracy, how)
    return figures
