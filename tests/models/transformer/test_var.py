"""A picture written a scale at a time: what each scale sees, and what it is told."""

import pytest
import torch

from generative.conditions import Caption
from generative.models.model import drain
from generative.models.transformer.decoder import Decoder, causal_mask
from generative.models.transformer.token_run import ChoiceOptions
from generative.models.transformer.var import VAR
from generative.seeds import Seeds

CAPTION = Caption(("red", "hat", "beard"), 4)


def made() -> VAR:
    torch.manual_seed(0)
    model = VAR(VAR.Config.tiny(size=16, grid=4, codes=7, told=(CAPTION,))).eval().requires_grad_(False)
    model.vqvae.quantiser.codebook.normal_()
    return model.double()


def test_the_mask_is_whole_within_a_block_and_causal_between_blocks() -> None:
    mask = causal_mask(4, 1, blocks=(1, 2, 1))
    assert mask is not None
    assert mask.long().tolist() == [[1, 1, 0, 0, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]
    assert causal_mask(4, 1, blocks=(4,)) is None, "tokens that are written together see all"


def test_a_token_depends_on_its_block_and_those_before_and_on_no_later_one() -> None:
    torch.manual_seed(0)
    decoder, blocks = Decoder(3, 8, 2).double().eval(), (1, 4, 2)
    x = torch.randn(1, 7, 8, dtype=torch.float64, requires_grad=True)
    said, last = decoder(x, blocks=blocks), [1, 5, 5, 5, 5, 7, 7]
    for place in range(7):
        (gradient,) = torch.autograd.grad(said[0, place].square().sum(), x, retain_graph=True)
        assert gradient[0].any(1).tolist() == [other < last[place] for other in range(7)]


def test_a_scale_sees_only_what_is_coarser() -> None:
    model = made()
    tokens, words = torch.randint(7, (1, 21)), CAPTION.tensor("red hat", Seeds(0))
    logits = model(tokens, words)
    for start, end in ((0, 1), (1, 5), (5, 21)):
        other = tokens.clone()
        other[:, start:end] = (other[:, start:end] + 1) % 7
        changed = (model(other, words) - logits).abs().amax((0, 2)) > 1e-12
        assert not changed[:end].any(), "neither its own tokens nor coarser ones are seen by a scale that is written"
        assert changed[end:].all() or end == 21


@pytest.mark.parametrize(("scale", "caption"), [(1.0, "a red hat"), (3.0, "a red hat"), (3.0, "")])
def test_four_passes_with_a_cache_say_what_one_over_all_scales_says(scale: float, caption: str) -> None:
    model = made()
    options = ChoiceOptions(guidance_scale=scale, top_k=1)
    frames = list(model.sample(Seeds(0, 2), options, caption))
    words, tokens = CAPTION.tensor(caption, Seeds(0, 2)), torch.zeros(2, 21, dtype=torch.long)
    for start, end in ((0, 1), (1, 5), (5, 21)):
        told, without = model(tokens, words), model(tokens, torch.zeros_like(words))
        tokens[:, start:end] = (without + (scale if caption else 1) * (told - without)).argmax(2)[:, start:end]
    torch.testing.assert_close(frames[-1].images, model.vqvae.from_pyramid(tokens).float(), atol=1e-5, rtol=0)
    assert [frame.total for frame in frames] == [3] * 3
    assert ("bits_from_sentence" in frames[-1].figures) == bool(caption)


def test_what_it_costs_is_a_pass_a_scale() -> None:
    model, passes = made(), []
    model.writer.decoder.register_forward_hook(lambda *_: passes.append(1))
    drain(model.sample(Seeds(0, 3), ChoiceOptions(guidance_scale=1.0), ""))
    assert len(passes) == model.evaluations(ChoiceOptions(guidance_scale=1.0)) == 3
    assert model.evaluations(ChoiceOptions(guidance_scale=2.0)) == 6
