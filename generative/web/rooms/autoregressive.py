"""The tab of the autoregressive pixel models."""

from generative.web.rooms.family import FamilyText

TEXT = FamilyText(
    "Autoregressive",
    "Draws an image **one pixel at a time**, each from what is already there. Exact probabilities, no shortcuts.",
    r"""
**The idea.** Any distribution over images can be written as a product over pixels, each given those before it in
reading order; in a colour image, red before green before blue. Nothing is approximated:

$$ p(x) = \prod_{i} p(x_i \mid x_1, \dots, x_{i-1}) $$

A network reads the earlier pixels and answers with a table of 256 probabilities for the next value. What differs from
model to model is how it looks back:

- **PixelCNN**: *masked* convolutions, which cannot see the pixel they predict, nor any later one. Stacked, they
  overlook a wedge to the upper right: the *blind spot*. Click a pixel under *Likelihood* to see it.
- **Row LSTM** and **Diagonal BiLSTM** (together: PixelRNN): a memory carried from row to row, or along both diagonals.
  The Row LSTM sees a triangle that opens upwards (323 of the 406 pixels before the middle one, measured), the Diagonal
  BiLSTM everything before. Slow to train, since it must go through the image step by step.
- **Gated PixelCNN**: one stack of convolutions for the rows above, one for the pixels to the left, so no blind spot;
  gates like those of the LSTM; and it can be told the class.
- **PixelCNN++**: whole pixels at once, as a mixture of logistic distributions instead of 256 separate
  probabilities, and a network that also looks at half and quarter resolution.

**The loss** is the surprise of each true value, told in bits: $-\log_2 p(x_i \mid x_{<i})$, averaged over all values.
The same number is the exact likelihood of any picture you bring.

**Drawing fast.** A naive loop runs the whole network for each pixel. Here every activation is kept: a new pixel costs
its own column of the network, and what the rows above contribute is computed once a row. The images are the same.

- **Good at**: an exact likelihood for any image; stable training; filling in what is missing below what is known.
- **Bad at**: the large view, since every small error is built upon: look for sleeves that do not match. And looking
  ahead: a hole is filled without seeing what comes after it, unless several candidates are weighed.

*Watch for*: the first rows decide nearly everything. Lower the temperature and pictures become smooth and alike. Set
top-k to 1 and pictures are nearly black: each value is the likeliest one, and the likeliest picture is not a typical
one (below it stands how few bits it takes). Show the entropy of the next pixel: it is high at edges and inside
patterned cloth, low where the background goes on.

Papers: van den Oord et al., [Pixel Recurrent Neural Networks](https://arxiv.org/abs/1601.06759), 2016;
van den Oord et al., [Conditional Image Generation with PixelCNN Decoders](https://arxiv.org/abs/1606.05328), 2016;
Salimans et al., [PixelCNN++](https://arxiv.org/abs/1701.05517), 2017.
""",
)
