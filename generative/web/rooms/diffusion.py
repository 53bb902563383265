"""The tab of the diffusion models."""

from generative.web.rooms.family import FamilyText

TEXT = FamilyText(
    "Diffusion",
    "Starts from **pure noise** and takes a little of it away, again and again, until an image is left.",
    r"""
**The idea.** Going from image to noise is easy: mix in a little more noise at each of 1000 steps $t$,

$$ x_t = \sqrt{\bar\alpha_t}\, x_0 + \sqrt{1 - \bar\alpha_t}\; \varepsilon, \qquad \varepsilon \sim N(0, I). $$

A network learns the way back: shown $x_t$ and $t$, it says which part is noise. Drawing starts from noise alone and
goes back in small steps. At each one the network also gives its present guess of the finished image, $\hat x_0$: on the
stage you see both, what it is given and what it believes.

**The loss** is a squared error at a random step. This model predicts $v$, a mix of noise and image that is well
behaved at both ends:

$$ L = \mathbb{E}_{x_0, \varepsilon, t}\; w_t \,\big\| v_\theta(x_t, t, c) - v \big\|^2, \qquad
v = \sqrt{\bar\alpha_t}\,\varepsilon - \sqrt{1 - \bar\alpha_t}\, x_0 $$

**Guidance.** In training the class was hidden in one image out of ten, so the network knows two answers: with and
without it. Their difference points towards the class; the guidance scale says how far to follow it.

- **Good at**: quality and variety together; stable training; it can be steered.
- **Bad at**: speed, as the network runs once or twice a step. *Samplers* trade steps for quality: DDPM wants
  hundreds, DDIM dozens, DPM-Solver++ about twenty. Its likelihood is only bounded.

*Watch for*: set the steps to 3, then to 50. Set the guidance to 1, then to 6, and watch variety go.

Papers: Ho et al., [DDPM](https://arxiv.org/abs/2006.11239), 2020; Song et al.,
[DDIM](https://arxiv.org/abs/2010.02502), 2021; Lu et al., [DPM-Solver++](https://arxiv.org/abs/2211.01095), 2022; Ho
& Salimans, [Classifier-free guidance](https://arxiv.org/abs/2207.12598), 2022.
""",
)
