"""The tab of the autoencoders."""

from generative.web.rooms.family import FamilyText

TEXT = FamilyText(
    "Autoencoders",
    "Squeezes images into **a few numbers** and back. Decode other numbers, and a new image appears at once.",
    r"""
**The idea.** An *encoder* turns an image into a few numbers $z$, its *code*; a *decoder* turns them back. What does not
fit through this neck is lost, so the code has to say what matters. The models here, in the order of their papers:

- **Autoencoder**: fully connected layers. It learns to give back what it is shown, nothing else.
- **Denoising AE**: is shown a *noisy* image and has to give back the clean one, so it learns what images look like.
- **Convolutional AE**: the same neck, with convolutions that know what neighbours are.
- **VAE**: the *variational* autoencoder. Its encoder answers with a small cloud instead of a point, and the clouds are
  pulled towards a known distribution, the *prior*: then every draw from the prior lands somewhere meaningful. One
  VAE has only two numbers in its neck, so that all it knows fits on a map: see *Explore*.

**The loss** of a plain autoencoder is the squared error of the reconstruction. The VAE's is the negative *evidence
lower bound* (ELBO): rebuild the image, but spend few bits on the code:

$$ \log p(x) \;\ge\; \mathbb{E}_{q(z \mid x)}\big[\log p(x \mid z)\big]
\;-\; \mathrm{KL}\big(q(z \mid x)\,\|\,p(z)\big) $$

To send gradients through the random draw, it is written as $z = \mu(x) + \sigma(x)\,\varepsilon$ with
$\varepsilon \sim N(0, I)$: the *reparameterisation trick*. Here $p(x \mid z)$ is a discretised logistic for each
pixel, so the bound counts real 8-bit pixels and can be put beside other models' bits per pixel. Training weighs the KL
term up (a $\beta$-VAE): a little less detail in the code, and a better ordered space. On Fashion-MNIST the prior is
learnt, one Gaussian for each class. On the avatars the codes leave holes in $N(0, I)$, and what is drawn there looks
like nothing: so after training a mixture of Gaussians is fitted to the codes, and draws come from that.

- **Good at**: speed, one pass of a small network; an ordered space of codes, in which one can walk, mix and do
  arithmetic; a bound on the likelihood (VAE).
- **Bad at**: sharpness. Each pixel is drawn as an average over all that the code leaves open: that is the blur you
  see. And only the VAE knows where codes lie: draw from a plain autoencoder to see what that means.

*Watch for*: *Reconstruct* with noise, the denoising AE beside the plain one. *Interpolate* between two test images.
*Arithmetic*: a smile is a direction. In *Draw* at temperature 0, every seed decodes the same centre.

Papers: Hinton & Salakhutdinov, [Reducing the Dimensionality of Data with Neural
Networks](https://www.cs.toronto.edu/~hinton/absps/science.pdf), 2006; Vincent et al., [Denoising
Autoencoders](https://www.cs.toronto.edu/~larocheh/publications/icml-2008-denoising-autoencoders.pdf), 2008; Masci et
al., [Stacked Convolutional Auto-Encoders](https://people.idsia.ch/~ciresan/data/icann2011.pdf), 2011; Kingma & Welling,
[Auto-Encoding Variational Bayes](https://arxiv.org/abs/1312.6114), 2014.
""",
)
