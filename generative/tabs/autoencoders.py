"""The tab of the autoencoders."""

from generative.tabs.family import FamilyText

TEXT = FamilyText(
    "Autoencoders",
    "Squeezes images into **a few numbers** and back. Decode other numbers, and a new image appears at once.",
    r"""
**The idea.** An *encoder* turns an image into 16 numbers $z$, a *decoder* turns them back. A plain autoencoder leaves
the space between its codes unused, so a code picked at random decodes to nothing. The **variational autoencoder** makes
the encoder answer with a small cloud instead of a point, and pulls the clouds of a class $c$ towards one normal
distribution, the *prior* (here learnt, one for each class): then every draw from it lands somewhere meaningful.

**The loss** is the negative *evidence lower bound* (ELBO): rebuild the image, but spend few bits on the code:

$$ \log p(x \mid c) \;\ge\; \mathbb{E}_{q(z \mid x)}\big[\log p(x \mid z)\big]
\;-\; \mathrm{KL}\big(q(z \mid x)\,\|\,p(z \mid c)\big) $$

To send gradients through the random draw, it is written as $z = \mu(x) + \sigma(x)\,\varepsilon$ with
$\varepsilon \sim N(0, I)$: the *reparameterisation trick*. Here $p(x \mid z)$ is a discretised logistic for each
pixel, so the bound counts real 8-bit pixels and can be put beside other models' bits per pixel. Training weighs the KL
term twice (a $\beta$-VAE): a little less detail in the code, and a better ordered space to draw from.

- **Good at**: speed, one pass of a small network; an ordered space of codes; a bound on the likelihood.
- **Bad at**: sharpness. Each pixel is drawn as an average over all that the code leaves open: that is the blur you
  see.

*Watch for*: at temperature 0 every seed of a class decodes the same centre, its average garment. Above 1 you leave the
region that training has visited.

Paper: Kingma & Welling, [Auto-Encoding Variational Bayes](https://arxiv.org/abs/1312.6114), 2014.
""",
)
