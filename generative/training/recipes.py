"""Which recipe trains which model class, and those that are derived from it."""

from generative.errors import InvalidOption, near, shown
from generative.models.autoencoders.autoencoder import Autoencoder, ConvAutoencoder, DenoisingAutoencoder
from generative.models.autoencoders.kl_autoencoder import KLAutoencoder
from generative.models.autoencoders.vae import VAE, PlaneVAE
from generative.models.autoencoders.vqvae import VQVAE
from generative.models.autoregressive.diagonal_bilstm import DiagonalBiLSTM
from generative.models.autoregressive.gated_pixelcnn import GatedPixelCNN
from generative.models.autoregressive.pixel_model import PixelModel
from generative.models.autoregressive.pixelcnnpp import PixelCNNPP
from generative.models.autoregressive.row_lstm import RowLSTM
from generative.models.classifier import Classifier
from generative.models.diffusion.ddpm import DDPM, SmallDDPM
from generative.models.diffusion.flow import Flow
from generative.models.diffusion.latent_diffusion import LatentDiffusion
from generative.models.energy.equilibrium import EquilibriumMatching
from generative.models.energy.jem import JEM
from generative.models.gans.conditional import ConditionalDCGAN
from generative.models.gans.contenders import Contender
from generative.models.gans.cyclegan import CycleGAN
from generative.models.gans.dcgan import DCGAN
from generative.models.gans.failures import CollapsedGAN, OverfittedGAN
from generative.models.gans.guidelines import Guided
from generative.models.gans.stylegan import StyleGAN
from generative.models.model import Model
from generative.models.noisy_classifier import NoisyClassifier
from generative.models.registry import MODELS
from generative.models.transformer.language import Language
from generative.models.transformer.pixel_transformer import PixelTransformer
from generative.models.transformer.var import VAR
from generative.models.transformer.vq_transformer import VQTransformer
from generative.training.autoencoders import (
    AutoencoderRecipe,
    ConvAutoencoderRecipe,
    DenoisingRecipe,
    KLAutoencoderRecipe,
    PlaneVAERecipe,
    VAERecipe,
    VQVAERecipe,
)
from generative.training.autoregressive import (
    GatedPixelCNNRecipe,
    PixelCNNPPRecipe,
    PixelRecipe,
    PixelRNNRecipe,
)
from generative.training.classifier import ClassifierRecipe, NoisyClassifierRecipe
from generative.training.contenders import CollapsedRecipe, ContenderRecipe, GuidelineRecipe, OverfittedRecipe
from generative.training.diffusion import DDPMRecipe, FlowRecipe, LatentDiffusionRecipe, SmallDDPMRecipe
from generative.training.energy import EquilibriumRecipe, JEMRecipe
from generative.training.gans import ConditionalGANRecipe, GANRecipe
from generative.training.growing import StyleGANRecipe
from generative.training.recipe import Recipe
from generative.training.transformer import LanguageRecipe, TransformerRecipe, VARRecipe, VQTransformerRecipe
from generative.training.translation import CycleGANRecipe

RECIPES: dict[type[Model], type[Recipe]] = {
    PixelModel: PixelRecipe,
    RowLSTM: PixelRNNRecipe,
    DiagonalBiLSTM: PixelRNNRecipe,
    GatedPixelCNN: GatedPixelCNNRecipe,
    PixelCNNPP: PixelCNNPPRecipe,
    PixelTransformer: TransformerRecipe,
    VQTransformer: VQTransformerRecipe,
    VAR: VARRecipe,
    Language: LanguageRecipe,
    Autoencoder: AutoencoderRecipe,
    DenoisingAutoencoder: DenoisingRecipe,
    ConvAutoencoder: ConvAutoencoderRecipe,
    PlaneVAE: PlaneVAERecipe,
    VAE: VAERecipe,
    VQVAE: VQVAERecipe,
    KLAutoencoder: KLAutoencoderRecipe,
    DCGAN: GANRecipe,
    ConditionalDCGAN: ConditionalGANRecipe,
    Contender: ContenderRecipe,
    Guided: GuidelineRecipe,
    CollapsedGAN: CollapsedRecipe,
    OverfittedGAN: OverfittedRecipe,
    CycleGAN: CycleGANRecipe,
    StyleGAN: StyleGANRecipe,
    DDPM: DDPMRecipe,
    SmallDDPM: SmallDDPMRecipe,
    LatentDiffusion: LatentDiffusionRecipe,
    Flow: FlowRecipe,
    JEM: JEMRecipe,
    EquilibriumMatching: EquilibriumRecipe,
    Classifier: ClassifierRecipe,
    NoisyClassifier: NoisyClassifierRecipe,
}

# The models that the repository holds, which `train --all` makes anew, and the minutes that each took, with seed 0, on
# the device that its card names.
COMMITTED: dict[str, float] = {
    "fashion-mnist/pixelcnn": 28,
    "fashion-mnist/row-lstm": 38,
    "fashion-mnist/diagonal-bilstm": 38,
    "fashion-mnist/gated-pixelcnn": 6.4,
    "fashion-mnist/ae": 1.5,
    "fashion-mnist/denoising-ae": 2.5,
    "fashion-mnist/conv-ae": 2.5,
    "fashion-mnist/vae-2d": 3,
    "fashion-mnist/vae": 25,
    "fashion-mnist/dcgan": 7.5,
    "fashion-mnist/minimax": 6.2,
    "fashion-mnist/non-saturating": 6.4,
    "fashion-mnist/lsgan": 6.1,
    "fashion-mnist/wgan-gp": 5.7,
    "fashion-mnist/r3gan": 13.7,
    "fashion-mnist/transformer": 7.2,
    "fashion-mnist/ddpm": 7.5,
    "fashion-mnist/ddpm-small": 4,
    "fashion-mnist/flow": 7.5,
    "fashion-mnist/equilibrium": 85,
    "fashion-mnist/jem": 35,
    "fashion-mnist/classifier": 16,
    "fashion-mnist/noisy-classifier": 6,
    "fashion-mnist/collapsed": 0.8,
    "fashion-mnist/fully-connected": 6.5,
    "fashion-mnist/guidelines": 6.2,
    "fashion-mnist/no-batch-norm": 5.5,
    "fashion-mnist/overfitted": 5.8,
    "fashion-mnist/pooling": 6.4,
    "fashion-mnist/sigmoid-generator": 6.1,
    "fashion-mnist/tanh-discriminator": 6.2,
    "mnist-fixed/pixelcnn": 6.2,
    "mnist-fixed/classifier": 2,
    "mnist-dynamic/vae": 7,
    "mnist-dynamic/gated-pixelcnn": 6.4,
    "mnist-dynamic/classifier": 2,
    "stacked-mnist/minimax": 4.6,
    "stacked-mnist/non-saturating": 4.6,
    "stacked-mnist/lsgan": 3.8,
    "stacked-mnist/wgan-gp": 3.8,
    "stacked-mnist/r3gan": 3.9,
    "stacked-mnist/classifier": 1.3,
    "avatars/pixelcnn": 2.4,
    "avatars/pixelcnnpp": 80,
    "avatars/denoising-ae": 6.5,
    "avatars/conv-ae": 3.3,
    "avatars/vae": 133,
    "avatars/dcgan": 214,
    "avatars/conditional-dcgan": 22.1,
    "avatars/stylegan": 2.6,
    "avatars/vqvae": 10,
    "avatars/kl-autoencoder": 20,
    "avatars/ddpm": 2.4,
    "avatars/flow": 2.4,
    "avatars/equilibrium": 30,
    "avatars/latent-diffusion": 60,
    "avatars/vq-transformer": 20,
    "avatars/cyclegan-pencil": 14,
    "avatars/cyclegan-sunglasses": 14,
    "avatars/classifier": 8,
    "avatars/language": 4,
}


def recipe_of(model: type[Model]) -> type[Recipe]:
    """The recipe of a model class or of the nearest of its bases that has one."""
    return next(RECIPES[base] for base in model.__mro__ if base in RECIPES)


def recipe_named(id: str) -> type[Recipe]:
    """The recipe for "<dataset>/<model>". Raises InvalidOption, which names near matches."""
    dataset, _, kind = id.partition("/")
    if kind not in MODELS:
        raise InvalidOption(
            f"There is no recipe for {shown(id)}. {near(id, [f'{dataset}/{k}' for k in MODELS])}", "model"
        )
    return recipe_of(MODELS[kind])


def minutes_of(id: str) -> float:
    """How long `id` is trained unless someone says otherwise: as the committed weights were, if there are some."""
    return COMMITTED.get(id, recipe_named(id).minutes)
