"""A DDPM that another network beside it can guide, instead of itself (see guidance.py): a classifier that knows noise
(Dhariwal & Nichol 2021), or a smaller DDPM that has learnt less (Karras et al. 2024).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.conditions import Attributes
from generative.errors import NotSupported
from generative.models.diffusion.denoising import DenoisingModel, DenoisingOptions, there
from generative.models.diffusion.guidance import AutoGuidance, ClassifierGuidance, Guidance
from generative.models.diffusion.process import Level
from generative.models.diffusion.samplers import Network
from generative.models.model import Model
from generative.models.noisy_classifier import NoisyClassifier
from generative.options import choice

FREE, BY_CLASSIFIER, BY_WORSE = "classifier-free", "classifier", "autoguidance"
KINDS: dict[str, type[Guidance]] = {FREE: Guidance, BY_CLASSIFIER: ClassifierGuidance, BY_WORSE: AutoGuidance}
HELPER, WORSE = "noisy-classifier", "ddpm-small"
NEEDS = {BY_CLASSIFIER: HELPER, BY_WORSE: WORSE}  # by the kind of guidance, the kind of model that gives it
NAMES = {BY_CLASSIFIER: "the classifier", BY_WORSE: "the smaller model"}


@dataclass(frozen=True)
class GuidedOptions(DenoisingOptions):
    guided_by: str = choice(
        FREE,
        tuple(KINDS),
        "Guided by",
        "Classifier-free, the network is asked twice, told and untold. By a classifier, it is told nothing, and a "
        "small second network, which knows noise, says which way a picture becomes more like what is asked. Under "
        "autoguidance it is led away from what a smaller model, which has learnt less, draws of the same.",
        more=True,
    )

    @property
    def guidance(self) -> Guidance:
        """Its kind and scale, and the part of the way on which it acts."""
        return KINDS[self.guided_by](self.guidance_scale, self.guidance_start, self.guidance_end)


def helper(options: Any) -> str:
    """What another network that guides under these options is called in words."""
    return NAMES.get(getattr(options, "guided_by", FREE), "")


def kinds(helpers: Collection[str]) -> tuple[str, ...]:
    """What can guide a model that has these helpers beside it."""
    return tuple(kind for kind in KINDS if kind not in NEEDS or NEEDS[kind] in helpers)


class GuidedByAnother(DenoisingModel):
    """Either is a checkpoint of its own, which lies beside this one (`Model.helped_by`)."""

    helped_by: ClassVar[Mapping[str, tuple[str, ...]]] = {"guided_by": (HELPER, WORSE)}

    def suits(self, helper: Model) -> bool:
        """Whether a classifier tells apart what this network is told, in pictures of this size; whether a smaller
        model is told the same of the same pictures, under the same noise."""
        ours, theirs = self.config, helper.config
        if (ours.size, ours.image_channels) != (theirs.size, theirs.image_channels):
            return False
        if isinstance(helper, NoisyClassifier):
            groups = [told.groups for told in ours.told if isinstance(told, Attributes)]
            labels = ours.classes or tuple(f"{name}: {value}" for of in groups for name, all in of for value in all)
            return labels == helper.config.labels
        same = ("told", "num_train_timesteps", "beta_schedule")
        return (
            isinstance(helper, DenoisingModel)
            and all(getattr(ours, name, None) == getattr(theirs, name, None) for name in same)
            and self.latent_shape == helper.latent_shape
        )

    @property
    def classifier(self) -> NoisyClassifier:
        """The one beside it. Raises NotSupported where there is none that suits."""
        found = self.helpers.get(HELPER)
        if not isinstance(found, NoisyClassifier):
            raise self.missing("classifier beside it that knows noise", HELPER)
        return found

    @property
    def worse(self) -> DenoisingModel:
        """The smaller model beside it. Raises NotSupported where there is none that suits."""
        found = self.helpers.get(WORSE)
        if not isinstance(found, DenoisingModel):
            raise self.missing("smaller model beside it", WORSE)
        return found

    def missing(self, what: str, kind: str) -> NotSupported:
        """What to do without a helper."""
        return NotSupported(
            f"{self.title} has no {what}, so it cannot be guided by one. Train one: "
            f"python -m generative train <dataset>/{kind}. Or let guided_by be {FREE}.",
            "guided_by",
        )

    def helper_passes(self, options: GuidedOptions) -> int:
        """Of the classifier, forth and back, or of the smaller model."""
        guidance = options.guidance
        if options.guided_by not in NEEDS:
            return 0
        visits = self.samplers[options.sampler].visits(self.timesteps(options))
        return sum(guidance.acts(self.process.fraction(t)) for t in visits)

    def guided(
        self,
        told: Tensor,
        options: GuidedOptions,
        away: Tensor | None = None,
        look: Callable[[Tensor, Tensor, Tensor], Tensor] | None = None,
    ) -> Network:
        """As of all denoising models; by a classifier towards what `told` tells, and from what `away` tells; away from
        what a smaller model draws of `away`, if that is given, or else of what is told."""
        guidance, look = options.guidance, look or self
        if isinstance(guidance, ClassifierGuidance):
            return self.led_by_classifier(guidance, told, away, look)
        if not isinstance(guidance, AutoGuidance):
            return super().guided(told, options, away, look)
        worse, avoided = self.worse, told if away is None else away

        def plain(x_t: Tensor, t: Tensor) -> Tensor:
            return look(x_t, there(t, x_t), told)

        def led(x_t: Tensor, t: Tensor) -> Tensor:
            return guidance.led(plain(x_t, t), worse(x_t, there(t, x_t), avoided))

        return self.within(guidance, plain, led)

    def led_by_classifier(
        self,
        guidance: ClassifierGuidance,
        told: Tensor,
        away: Tensor | None,
        look: Callable[[Tensor, Tensor, Tensor], Tensor],
    ) -> Network:
        """The network, told nothing, with the classifier's slope."""
        classifier, untold = self.classifier, self.untold(told)

        def plain(x_t: Tensor, t: Tensor) -> Tensor:
            return look(x_t, there(t, x_t), untold)

        def led(x_t: Tensor, t: Tensor) -> Tensor:
            output, level = plain(x_t, t), self.process.level(t)
            return guidance.led(output, self.slope(classifier, x_t, level, told, away), level)

        return self.within(guidance, plain, led)

    def slope(
        self, classifier: NoisyClassifier, x_t: Tensor, level: Level, told: Tensor, away: Tensor | None = None
    ) -> Tensor:
        """∇ log p(told|x_t), less ∇ log p(away|x_t), of the shape of x_t; 0 in the padding, which it does not see."""
        with torch.inference_mode(False), torch.enable_grad():
            x = x_t.clone().requires_grad_()
            logits = classifier(self.flat(x), Level(level.alpha.clone(), level.sigma.clone()))
            log_p = classifier.log_probability(logits, told.clone())
            if away is not None:
                log_p = log_p - classifier.log_probability(logits, away.clone())
            return torch.autograd.grad(log_p.sum(), x)[0]
