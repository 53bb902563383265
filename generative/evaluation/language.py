"""How well a model knows a language: bits per character of sentences about pictures that it did not learn from."""

from random import Random

import torch

from generative.data.described import texts_about
from generative.data.known import read
from generative.evaluation.bootstrap import error_of_mean
from generative.evaluation.figure import Figure, Measured
from generative.evaluation.run import Run
from generative.protocols import Writes
from generative.seeds import Seeds

TOGETHER = 64  # texts of a pass


def language(model: Writes, run: Run) -> Measured:
    """Bits per character of a text about each of the first test pictures, and which of its own words are words."""
    labels = read(run.dataset.id, "test", run.data, run.size)[1][: run.samples]
    texts = [model.spelt(text) for text in texts_about(run.dataset, labels, Random(run.seed))]
    parts = [texts[i : i + TOGETHER] for i in range(0, len(texts), TOGETHER)]
    bits = torch.cat([row for part in parts for row in model.surprise(part)]).double()
    known = {word for text in texts for word in words(text)}
    written = [word for part in Seeds(run.seed, run.samples).batches(TOGETHER) for word in spoken(model, part)]
    right = torch.tensor([word in known for word in written])
    about = f"{len(texts):,} texts about test pictures, {len(bits):,} characters with their ends"
    figures = {
        "bits_per_character": Figure(
            float(bits.mean()), f"Mean −log₂ p of a character, over {about}; exact.", "exact", error_of_mean(bits)
        ),
        "known_words": Figure(
            float(right.double().mean()),
            f"Share of the {len(right):,} words of {run.samples:,} texts that it wrote which occur in those texts.",
            error=error_of_mean(right),
        ),
    }
    return Measured(figures, {"samples": run.samples, "seed": run.seed})


def spoken(model: Writes, seeds: Seeds) -> list[str]:
    """Every word that the model writes from these seeds."""
    return [word for text in model.write("", seeds).texts for word in words(text)]


def words(text: str) -> list[str]:
    """Those of a text, without its commas."""
    return text.replace(",", " ").split()
