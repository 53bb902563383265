"""Which model classes there are, by the name that a checkpoint's config.json gives them."""

from dataclasses import fields
from typing import Any

from generative.conditions import from_records
from generative.errors import BadCheckpoint, InvalidOption, near, shown
from generative.models.autoencoders.autoencoder import Autoencoder, ConvAutoencoder, DenoisingAutoencoder
from generative.models.autoencoders.kl_autoencoder import KLAutoencoder
from generative.models.autoencoders.multiscale_vqvae import MultiScaleVQVAE
from generative.models.autoencoders.vae import VAE, PlaneVAE
from generative.models.autoencoders.vqvae import VQVAE
from generative.models.autoregressive.diagonal_bilstm import DiagonalBiLSTM
from generative.models.autoregressive.gated_pixelcnn import GatedPixelCNN
from generative.models.autoregressive.pixelcnn import PixelCNN
from generative.models.autoregressive.pixelcnnpp import PixelCNNPP
from generative.models.autoregressive.row_lstm import RowLSTM
from generative.models.classifier import Classifier
from generative.models.diffusion.ddpm import DDPM, SmallDDPM
from generative.models.diffusion.flow import Flow
from generative.models.diffusion.imported import Imported
from generative.models.diffusion.imported_latent import ImportedDiT, ImportedLatent
from generative.models.diffusion.imported_text import ImportedText
from generative.models.diffusion.latent_diffusion import LatentDiffusion
from generative.models.energy.equilibrium import EquilibriumMatching
from generative.models.energy.jem import JEM
from generative.models.gans.conditional import ConditionalDCGAN
from generative.models.gans.contenders import LSGAN, R3GAN, WGANGP, MinimaxGAN, NonSaturatingGAN
from generative.models.gans.cyclegan import PencilCycleGAN, SunglassesCycleGAN
from generative.models.gans.dcgan import DCGAN
from generative.models.gans.failures import CollapsedGAN, OverfittedGAN
from generative.models.gans.guidelines import (
    GuidelinesGAN,
    HiddenLayerGAN,
    NormlessGAN,
    PoolingGAN,
    SigmoidGAN,
    TanhGAN,
)
from generative.models.gans.stylegan import StyleGAN
from generative.models.model import Model
from generative.models.noisy_classifier import NoisyClassifier
from generative.models.transformer.language import Language
from generative.models.transformer.pixel_transformer import PixelTransformer
from generative.models.transformer.var import VAR
from generative.models.transformer.vq_transformer import VQTransformer

# Within a family in the order of their papers, which is how they are listed.
MODELS: dict[str, type[Model]] = {
    "pixelcnn": PixelCNN,
    "row-lstm": RowLSTM,
    "diagonal-bilstm": DiagonalBiLSTM,
    "gated-pixelcnn": GatedPixelCNN,
    "pixelcnnpp": PixelCNNPP,
    "transformer": PixelTransformer,
    "vq-transformer": VQTransformer,
    "var": VAR,
    "language": Language,
    "ae": Autoencoder,
    "denoising-ae": DenoisingAutoencoder,
    "conv-ae": ConvAutoencoder,
    "vae-2d": PlaneVAE,
    "vae": VAE,
    "vqvae": VQVAE,
    "kl-autoencoder": KLAutoencoder,
    "multiscale-vqvae": MultiScaleVQVAE,
    "minimax": MinimaxGAN,
    "non-saturating": NonSaturatingGAN,
    "dcgan": DCGAN,
    "lsgan": LSGAN,
    "wgan-gp": WGANGP,
    "cyclegan-pencil": PencilCycleGAN,
    "cyclegan-sunglasses": SunglassesCycleGAN,
    "conditional-dcgan": ConditionalDCGAN,
    "stylegan": StyleGAN,
    "r3gan": R3GAN,
    "guidelines": GuidelinesGAN,
    "pooling": PoolingGAN,
    "no-batch-norm": NormlessGAN,
    "fully-connected": HiddenLayerGAN,
    "sigmoid-generator": SigmoidGAN,
    "tanh-discriminator": TanhGAN,
    "collapsed": CollapsedGAN,
    "overfitted": OverfittedGAN,
    "ddpm": DDPM,
    "ddpm-small": SmallDDPM,
    "latent-diffusion": LatentDiffusion,
    "flow": Flow,
    "jem": JEM,
    "equilibrium": EquilibriumMatching,
    "classifier": Classifier,
    "noisy-classifier": NoisyClassifier,
}

# Those that nobody teaches here: they come with their weights.
TAKEN: dict[str, type[Model]] = {
    "imported": Imported,
    "imported-latent": ImportedLatent,
    "imported-text": ImportedText,
    "imported-dit": ImportedDiT,
}
KINDS = {**MODELS, **TAKEN}


def build(name: Any, config: Any) -> Model:
    """The model of that name with that Config, its weights not yet trained. Raises BadCheckpoint."""
    if not isinstance(name, str) or name not in KINDS:
        raise BadCheckpoint(f"config.json names the model class {shown(name)}. {near(str(name), list(MODELS))}")
    kind = KINDS[name]
    if not isinstance(config, dict):
        raise BadCheckpoint(f'config.json holds no "config" for {name}')
    known = {f.name for f in fields(kind.Config)}
    if unknown := sorted(set(config) - known):
        raise BadCheckpoint(f"config.json has the entry {shown(unknown[0])}. {near(unknown[0], sorted(known))}")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in config.items()}
    try:
        model = kind(kind.Config(**values | {"told": from_records(values.get("told", ()))})).eval()
        told = [condition for condition in model.config.told if condition.kind not in kind.Config.can_be_told]
        if told:
            raise BadCheckpoint(f"config.json: a {name} cannot be told its {told[0].kind}")
        model.default_options  # noqa: B018 - says what is wrong with the Config's options
        return model
    except InvalidOption as e:
        raise BadCheckpoint(f"config.json does not describe a {name}: {e}") from e
    except (TypeError, ValueError, RuntimeError, ArithmeticError) as e:
        raise BadCheckpoint(f"config.json does not describe a {name}: {e}") from e
