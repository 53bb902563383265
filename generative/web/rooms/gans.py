"""The tab of the generative adversarial networks."""

from generative.web.rooms.family import FamilyText

TEXT = FamilyText(
    "GANs",
    "Two networks play against each other: one **forges** images, the other **tells them apart** from real ones.",
    r"""
**The idea.** A *generator* $G$ turns noise into an image in one pass. A *discriminator* $D$ sees real and forged images
and says how real each looks. Each learns from the other's successes. No probability of an image is ever computed: the
model is a way to draw, nothing else (an *implicit* density).

**The game** of Goodfellow et al., here given the class $c$ as well:

$$ \min_G \max_D \; \mathbb{E}_{x}\big[\log D(x \mid c)\big] + \mathbb{E}_{z}\big[\log(1 - D(G(z, c) \mid c))\big] $$

In practice the generator instead maximises $\log D(G(z, c) \mid c)$, the *non-saturating* loss, whose gradient is
strong while its forgeries are still poor. **DCGAN** is the recipe that made this work for images: strided convolutions
instead of pooling, batch norm, ReLU in $G$, leaky ReLU in $D$, tanh at the end. Where images have no classes, neither
network is told one.

**Its latent space** is ordered although nobody asked for it: walk between two seeds, add a smile. But there is no
encoder, so a picture of yours has to be *looked for*: *Find a picture* follows the gradient until what is generated
resembles it. What the generator cannot draw, it cannot find.

- **Good at**: sharp images in a single pass of the generator (with *candidates* it is two passes for each, and one
  more).
- **Bad at**: saying how probable an image is (it cannot); variety, since the generator is never punished for what it
  does not draw (*mode collapse*); and training, where two losses chase each other and neither tells how good the
  images are: look at the curve below.

*Watch for*: lower the truncation and images become more typical and more alike. With several *candidates* the
discriminator chooses what you see: clearer avatars (where it does so unless told otherwise), but stranger clothes.
*Real or forged?* shows what the discriminator thinks, and whether a forgery is a copy of a training image.

Papers: Goodfellow et al., [Generative Adversarial Nets](https://arxiv.org/abs/1406.2661), 2014; Radford, Metz &
Chintala, [DCGAN](https://arxiv.org/abs/1511.06434), 2016; Mirza & Osindero, [Conditional
GANs](https://arxiv.org/abs/1411.1784), 2014.
""",
)
