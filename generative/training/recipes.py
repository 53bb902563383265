"""Which recipe trains which model class."""

from generative.training.autoencoders import (
    AutoencoderRecipe,
    ConvAutoencoderRecipe,
    DenoisingRecipe,
    PlaneVAERecipe,
    VAERecipe,
)
from generative.training.autoregressive import PixelCNNPPRecipe, PixelCNNRecipe, PixelRecipe
from generative.training.classifier import ClassifierRecipe
from generative.training.diffusion import DDPMRecipe
from generative.training.gans import DCGANRecipe
from generative.training.recipe import Recipe

RECIPES: dict[str, type[Recipe]] = {
    "pixelcnn": PixelCNNRecipe,
    "row-lstm": PixelRecipe,
    "diagonal-bilstm": PixelRecipe,
    "gated-pixelcnn": PixelRecipe,
    "pixelcnnpp": PixelCNNPPRecipe,
    "ae": AutoencoderRecipe,
    "denoising-ae": DenoisingRecipe,
    "conv-ae": ConvAutoencoderRecipe,
    "vae-2d": PlaneVAERecipe,
    "vae": VAERecipe,
    "dcgan": DCGANRecipe,
    "ddpm": DDPMRecipe,
    "classifier": ClassifierRecipe,
}
