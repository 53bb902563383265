"""The tab of the autoregressive pixel models."""

from generative.tabs.family import FamilyText

TEXT = FamilyText(
    "Autoregressive",
    "Draws an image **one pixel at a time**, each from what is already there. Exact probabilities, no shortcuts.",
    r"""
**The idea.** Any distribution over images can be written as a product over pixels, each given those before it in
reading order. Nothing is approximated:

$$ p(x \mid c) = \prod_{i=1}^{784} p(x_i \mid x_1, \dots, x_{i-1}, c) $$

A network reads the earlier pixels and answers with a table of 256 probabilities for the next one. Its convolutions are
*masked*: they cannot see the pixel they predict, nor any later one. In the **Gated PixelCNN** two stacks share the
view, one for the rows above and one for the pixels to the left, so that no earlier pixel is overlooked (the first
PixelCNN had a blind spot to the upper right).

**The loss** is the surprise of each true pixel, the cross-entropy, told in bits per pixel:

$$ L = -\tfrac{1}{784} \sum_i \log_2 p(x_i \mid x_{<i}, c) $$

- **Good at**: an exact likelihood for any image; stable training; filling in what is missing below what is known.
- **Bad at**: speed, since 784 pixels need 784 turns one after another; and the large view, since every small error is
  built upon: look for sleeves that do not match.

*Watch for*: the first rows decide nearly everything. Lower the temperature and pictures become smooth and alike.

Paper: van den Oord et al., [Conditional Image Generation with PixelCNN Decoders](https://arxiv.org/abs/1606.05328),
2016.
""",
)
