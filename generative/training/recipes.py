"""Which recipe trains which model class."""

from generative.training.autoencoders import VAERecipe
from generative.training.autoregressive import PixelCNNPPRecipe, PixelRecipe
from generative.training.classifier import ClassifierRecipe
from generative.training.diffusion import DDPMRecipe
from generative.training.gans import DCGANRecipe
from generative.training.recipe import Recipe

RECIPES: dict[str, type[Recipe]] = {
    "pixelcnn": PixelRecipe,
    "row-lstm": PixelRecipe,
    "diagonal-bilstm": PixelRecipe,
    "gated-pixelcnn": PixelRecipe,
    "pixelcnnpp": PixelCNNPPRecipe,
    "vae": VAERecipe,
    "dcgan": DCGANRecipe,
    "ddpm": DDPMRecipe,
    "classifier": ClassifierRecipe,
}
