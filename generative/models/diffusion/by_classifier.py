"""A DDPM that a classifier beside it can guide, instead of itself: Dhariwal & Nichol 2021 (see guidance.py)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from generative.conditions import Attributes
from generative.errors import NotSupported
from generative.models.diffusion.denoising import DenoisingModel, DenoisingOptions
from generative.models.diffusion.guidance import ClassifierGuidance, Guidance
from generative.models.diffusion.process import Level
from generative.models.diffusion.samplers import Network
from generative.models.model import Model
from generative.models.noisy_classifier import NoisyClassifier
from generative.options import choice

FREE, BY_CLASSIFIER = "classifier-free", "classifier"
KINDS = (FREE, BY_CLASSIFIER)
HELPER = "noisy-classifier"


@dataclass(frozen=True)
class GuidedOptions(DenoisingOptions):
    guided_by: str = choice(
        FREE,
        KINDS,
        "Guided by",
        "Classifier-free, the network is asked twice, told and untold. By a classifier, it is told nothing, and a "
        "small second network, which knows noise, says which way a picture becomes more like what is asked.",
        more=True,
    )

    @property
    def guidance(self) -> Guidance:
        """Its kind and scale, and the part of the way on which it acts."""
        kind = ClassifierGuidance if self.guided_by == BY_CLASSIFIER else Guidance
        return kind(self.guidance_scale, self.guidance_start, self.guidance_end)


class GuidedByClassifier(DenoisingModel):
    """The classifier is a checkpoint of its own, which lies beside this one (`Model.helped_by`)."""

    helped_by: ClassVar[Mapping[str, str]] = {"guided_by": HELPER}

    def suits(self, helper: Model) -> bool:
        """Whether it tells apart what this network is told, in pictures of this size."""
        groups = [told.groups for told in self.config.told if isinstance(told, Attributes)]
        labels = self.config.classes or tuple(f"{name}: {value}" for of in groups for name, all in of for value in all)
        ours, theirs = self.config, helper.config
        pictures = ours.size, ours.image_channels
        known = isinstance(helper, NoisyClassifier) and helper.config.labels
        return (labels, *pictures) == (known, theirs.size, theirs.image_channels)

    @property
    def classifier(self) -> NoisyClassifier:
        """The one beside it. Raises NotSupported where there is none that suits."""
        found = self.helpers.get(HELPER)
        if not isinstance(found, NoisyClassifier):
            raise NotSupported(
                f"{self.title} has no classifier beside it that knows noise, so it cannot be guided by one. Train one: "
                f"python -m generative train <dataset>/{HELPER}. Or let guided_by be {FREE}.",
                "guided_by",
            )
        return found

    def helper_passes(self, options: GuidedOptions) -> int:
        """Of the classifier, forth and back."""
        if not isinstance(guidance := options.guidance, ClassifierGuidance):
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
        """As of all denoising models; by a classifier towards what `told` tells, and from what `away` tells."""
        guidance, look, untold = options.guidance, look or self, self.untold(told)
        if not isinstance(guidance, ClassifierGuidance):
            return super().guided(told, options, away, look)
        classifier = self.classifier

        def network(x_t: Tensor, t: Tensor) -> Tensor:
            acts = guidance.acts(self.process.fraction(float(t)))
            output = look(x_t, t.float().to(x_t.device), untold)
            if not acts:
                return output
            level = self.process.level(t)
            return guidance.led(output, self.slope(classifier, x_t, level, told, away), level)

        return network

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
