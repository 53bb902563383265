"""Matrices in a byte a number: half the room, nearly the same model, and the same care when it is read."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import generative
from generative.errors import BadCheckpoint, NotSupported
from generative.library import card, rounding, shrinking, weights
from generative.library.entry import describe
from generative.models.autoencoders.vae import VAE
from generative.models.model import drain
from generative.models.transformer.vq_transformer import VQTransformer
from generative.seeds import Seeds
from tests.building import build

WEIGHTS = "model.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    model = build("vae", {"classes": ["a", "b"], "channels": 8, "latent": 16})
    weights.save(tmp_path / "tiny" / "vae", "vae", model, {"seed": 0}, "tiny")
    return tmp_path / "tiny" / "vae"


def test_a_number_moves_by_half_a_step_at_most_and_a_row_of_zeros_stays() -> None:
    rows = torch.randn(5, 3, 4, 4, generator=torch.Generator().manual_seed(0)).half()
    rows[1], rows[2] = 0, rows[2] / 1000
    state = {"a.weight": rows, "a.bias": rows[:, 0, 0, 0], "short": rows[:, 0, 0].float(), "narrow": rows[0, 0, :, :2]}
    small = rounding.rounded(state)
    assert small["a.weight"].dtype == torch.int8 and {*small} == {*state, "a.weight:scale"}
    again = rounding.restored(small)
    half = small["a.weight:scale"][:, None, None, None] / 2
    assert ((again["a.weight"] - rows.float()).abs() <= half * 1.001).all()
    assert torch.equal(again["a.weight"][1], torch.zeros(3, 4, 4))
    assert all(torch.equal(again[key], state[key]) for key in ("a.bias", "short", "narrow"))
    assert rounding.restored(state).keys() == state.keys()


def test_a_shrunk_model_takes_half_the_room_and_draws_nearly_the_same(folder: Path) -> None:
    before, (of_halves,) = weights.load(folder), [p.stat().st_size for p in folder.glob("*.safetensors")]
    done = shrinking.shrink(folder)
    assert (done.before, done.after) == (of_halves, (folder / WEIGHTS).stat().st_size)
    assert done.after < 0.7 * done.before and 0 < done.error < 0.02 and done.worst in before.state_dict()
    after = weights.load(folder)
    assert isinstance(after, VAE) and all(p.dtype == torch.float32 for p in after.parameters())
    for name, tensor in before.state_dict().items():
        assert rounding.error(tensor, after.state_dict()[name]) <= done.error
    one, other = (drain(model.sample(Seeds(0, 4))).images for model in (before, after))
    assert 0 < (one - other).abs().mean() < 0.01


def test_figures_of_before_no_longer_count_and_the_card_says_how_it_is_stored(folder: Path) -> None:
    weights.write_json(folder / "metrics.json", {"protocol": {"trained": {"seed": 0}}})
    assert describe("tiny/vae", folder).state == "ready"
    shrinking.shrink(folder)
    entry = describe("tiny/vae", folder)
    assert entry.state == "in training" and entry.outdated and not entry.problem
    assert "8 bits a number in matrices, safetensors" in card.render(entry)
    weights.save(folder, "vae", weights.load(folder), {"seed": 0})
    assert "half precision, safetensors" in card.render(describe("tiny/vae", folder))


DAMAGE = {
    "cut short": (None, "truncated or no safetensors"),
    "a scale too few": (lambda t, key: t.update({key + ":scale": t[key + ":scale"][1:].clone()}), "one F32 a row"),
    "a scale of halves": (lambda t, key: t.update({key + ":scale": t[key + ":scale"].half()}), "one F32 a row"),
    "no scale": (lambda t, key: t.pop(key + ":scale"), "holds whole numbers where floating-point"),
    "nothing to scale": (
        lambda t, key: t.update({"odd:scale": torch.ones(1)}),
        "holds odd:scale, which",
    ),
    "an endless scale": (lambda t, key: t[key + ":scale"].fill_(float("inf")), "holds NaN or infinite numbers"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_one_is_refused_with_its_reason(folder: Path, name: str) -> None:
    shrinking.shrink(folder)
    change, reason = DAMAGE[name]
    tensors = load_file(folder / WEIGHTS)
    if change is None:
        (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-1])
    else:
        change(tensors, next(key for key in tensors if key + ":scale" in tensors))
        save_file(tensors, folder / WEIGHTS)
    with pytest.raises(BadCheckpoint, match=reason):
        weights.load(folder)


def test_what_others_need_number_for_number_is_not_shrunk(folder: Path) -> None:
    root = folder.parent
    made = {
        "classifier": build("classifier", {"classes": ["a"], "channels": 8}),
        "ddpm": build("ddpm", {"classes": ["a"], "channels": [16, 16], "attention": [False] * 2, "size": 8}),
    }
    for kind, model in made.items():
        weights.save(root / kind, kind, model, {}, "tiny")
    transformer = VQTransformer(VQTransformer.Config.tiny(classes=()))
    shrinking.shrink(folder)
    refused = {"classifier": "judges the other", "ddpm": "in the form of diffusers", "vae": "as small as it gets"}
    for kind, words in refused.items():
        before = {p: p.read_bytes() for p in (root / kind).rglob("*") if p.is_file()}
        with pytest.raises(NotSupported, match=words):
            shrinking.shrink(root / kind)
        assert before == {p: p.read_bytes() for p in (root / kind).rglob("*") if p.is_file()}
    weights.save(root / "vqvae", "vqvae", transformer.vqvae, {}, "tiny")
    weights.save(root / "vq-transformer", "vq-transformer", transformer, {}, "tiny")
    with pytest.raises(NotSupported, match="vq-transformer learnt on top of vqvae"):
        shrinking.shrink(root / "vqvae")
    beside = (root / "vqvae" / WEIGHTS).read_bytes()
    shrinking.shrink(root / "vq-transformer")  # its own matrices; those of the autoencoder beside it stay
    assert beside == (root / "vqvae" / WEIGHTS).read_bytes()
    assert generative.load("tiny/vq-transformer", root=root.parent).vqvae.config == transformer.vqvae.config
