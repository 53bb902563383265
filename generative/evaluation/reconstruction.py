"""How well an autoencoder gives back test images, as they are and out of noise."""

from typing import Any

import torch
from torch import Tensor
from torchmetrics.functional.image import structural_similarity_index_measure
from tqdm import tqdm

from generative.evaluation.bootstrap import error_of_mean
from generative.evaluation.figure import Figure, Figures, Measured
from generative.evaluation.run import Run
from generative.inference.latent.reconstruction import noisy
from generative.library import percentile
from generative.protocols import Encodes, Tokenises
from generative.seeds import Seeds

BATCH = 250
NOISE = 0.5  # standard deviation, of pixels in [0, 1]


def reconstruction(model: Encodes, run: Run) -> Measured:
    """SSIM, mean error and its quantiles over all test images, and the error of what is restored out of noise."""
    images, _ = run.read("test")
    errors, likeness, restored = [], [], []
    for i, part in enumerate(tqdm(images.split(BATCH), desc=f"{model.title}: reconstruction", leave=False)):
        clean = part.float() / 255
        result = rebuilt(model, clean)
        errors.append((result - clean).square().mean((1, 2, 3)).sqrt())
        likeness.append(structural_similarity_index_measure(result, clean, data_range=1.0, reduction="none"))
        shown = noisy(clean, NOISE, Seeds(run.seed + i * BATCH, len(clean)))
        restored.append((rebuilt(model, shown) - clean).square().mean((1, 2, 3)).sqrt())
    rmse = torch.cat(errors).double()
    quantiles = torch.quantile(rmse, torch.linspace(0, 1, percentile.COUNT, dtype=rmse.dtype))
    count = f"{len(images):,} test images"
    figures = {
        "ssim": Figure(
            float(torch.cat(likeness).mean()),
            f"Structural similarity of {count} and their reconstructions (Wang et al. 2004, Gaussian window of 11 "
            "pixels); 1 is the same picture.",
            error=error_of_mean(torch.cat(likeness)),
        ),
        "reconstruction_rmse": Figure(
            float(rmse.mean()), f"Mean over {count} of the error of each.", error=error_of_mean(rmse)
        ),
        "denoised_rmse": Figure(
            float(torch.cat(restored).double().mean()),
            f"The same when noise of standard deviation {NOISE} was added to what the encoder sees.",
            error=error_of_mean(torch.cat(restored)),
        ),
    }
    if isinstance(model, Tokenises):
        figures |= usage(model, images)
    standing = {
        "quantiles": [round(q, 5) for q in quantiles.tolist()],
        "how": f"RMS pixel difference of {count} to their reconstructions, at 0 %, 1 %, … 100 % of them.",
    }
    return Measured(figures, {}, {percentile.RECONSTRUCTION: standing})


def usage(model: Any, images: Tensor) -> Figures:
    """How much of a codebook the tokens of images (N, C, H, W) uint8 use."""
    codes = model.config.codes
    tokens = torch.cat([model.tokens(part.float() / 255).cpu() for part in images.split(BATCH)])
    counts = torch.bincount(tokens.flatten(), minlength=codes)
    even = float(torch.special.entr(counts / counts.sum()).sum().exp())
    count = f"the {tokens.numel():,} tokens of {len(images):,} test images"
    return {
        "codes_used": Figure(float((counts > 0).float().mean()), f"Of {codes} codes, those that occur in {count}."),
        "code_perplexity": Figure(even, f"2 to the entropy, in bits, of how often each code is in {count}."),
    }


def rebuilt(model: Encodes, images: Tensor) -> Tensor:
    """Images (N, C, H, W) in [0, 1], encoded and decoded again, on the CPU."""
    return model.decode(model.encode(images)).cpu()
