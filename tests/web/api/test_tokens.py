"""What programs and the command line are told of tokens: a transformer's attention, a VQ-VAE's grid."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
import torch

from generative.__main__ import main
from generative.conditions import Caption
from generative.inference.engine.engine import Engine
from generative.inference.latent.reconstruction import reconstruct
from generative.inference.pictures.grids import to_pil
from generative.inference.pictures.provenance import read_note
from generative.inference.pictures.written import data_url
from generative.library import weights
from generative.models.transformer.vq_transformer import VQTransformer
from generative.web.api.tokens import TokenEndpoints
from generative.web.tools.reconstruct.charts import facts
from tests.building import build


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A transformer of 28 pixels, told Fashion-MNIST's classes, and a VQ-VAE."""
    torch.manual_seed(0)
    small = {"width": 8, "heads": 2, "layers": 2, "hidden": 8, "run": 4}
    transformer = build("transformer", {"classes": ["Bag", "Sneaker"], **small})
    weights.save(tmp_path / "fashion-mnist" / "transformer", "transformer", transformer, {})
    vqvae = build("vqvae", {"size": 28, "channels": 2, "grid": 7, "codes": 5, "dims": 2})
    weights.save(tmp_path / "fashion-mnist" / "vqvae", "vqvae", vqvae.eval(), {})
    return tmp_path


def test_programs_are_told_where_heads_look(root: Path) -> None:
    api = TokenEndpoints(Engine(root, "cpu"))
    seen = api.attend("fashion-mnist/transformer", "example:Bag/0", 14, 13, "Bag")
    assert seen["token"] == {"row": 14, "column": 12, "height": 1, "width": 4}
    assert seen["before"] == "Bag" and seen["names"] == [] and seen["bits"] > 0
    assert [len(layer) for layer in seen["heads"]] == [2, 2] and seen["heads"][1][0]["png"]
    json.dumps(seen)


def test_programs_are_told_where_each_word_is_heard(root: Path) -> None:
    config = VQTransformer.Config.tiny(told=(Caption(("a", "hat"), 5),), image_channels=3)
    weights.save(root / "toys" / "vq-transformer", "vq-transformer", VQTransformer(config).eval(), {})
    engine = Engine(root, "cpu")
    picture = data_url(to_pil(torch.rand(3, config.size, config.size)))
    seen = TokenEndpoints(engine).attend("toys/vq-transformer", picture, 0, 0, "a hat")
    assert len(seen["hearing"]) == len(seen["names"]) == 3, "no word, a, hat"
    assert [read_note(b64decode(png))["ability"] for png in seen["hearing"]] == ["attends"] * 3


def test_the_command_line_tells_and_saves_it(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    words = ["attend", "fashion-mnist/transformer", "example:Bag/0", "--root", str(root), "--row", "14"]
    out = tmp_path / "heads.png"
    assert main([*words, "--column", "13", "--class", "bag", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "LOOKS MOST AT" in said and "ON BAG" in said and "surprise of" in said and out.exists()
    assert main([*words, "--column", "13", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["heads"]) == 4
    assert main([*words, "--column", "28"]) == 2
    assert "column must be a whole number from 0 to 27, not 28" in capsys.readouterr().err


def test_a_model_without_attention_says_so(root: Path, capsys: pytest.CaptureFixture) -> None:
    words = ["attend", "fashion-mnist/vqvae", "example:Bag/0", "--root", str(root), "--row", "0", "--column", "0"]
    assert main(words) == 2 and "cannot show its attention" in capsys.readouterr().err


def test_a_reconstruction_tells_the_tokens_between(root: Path) -> None:
    made = reconstruct(Engine(root, "cpu"), "fashion-mnist/vqvae", torch.rand(2, 1, 28, 28))
    assert made.tokens.shape == (2, 7, 7)
    row = made.rows(root)[1]
    assert row["tokens"] == made.tokens[1].tolist() and len(row["latent"]) == 98
    words = facts(made)
    assert "7×7 tokens" in words and words.count("<td") == 49


def test_programs_and_the_command_line_have_a_text_gone_on_with(root: Path, capsys: pytest.CaptureFixture) -> None:
    language = build("language", {"length": 20, "width": 8, "heads": 2, "layers": 1})
    weights.save(root / "toys" / "language", "language", language, {})
    told = TokenEndpoints(Engine(root, "cpu")).write("toys/language", "A b", 2, 5)
    assert [row["seed"] for row in told["texts"]] == [5, 6] and told["begun"] == 3
    assert all(row["text"].startswith("a b") for row in told["texts"])
    assert sum(told["next"].values()) == pytest.approx(1, abs=1e-4) and "↵" in told["next"]
    words = ["write", "toys/language", "--root", str(root), "--device", "cpu", "--text", "a b", "--count", "2"]
    assert main([*words, "--seed", "5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["texts"][0]["text"] == told["texts"][0]["text"]
    assert main(words) == 0
    assert "BITS/CHARACTER" in (said := capsys.readouterr().out) and "After 'a b': " in said
    assert main([*words[:-3], "é"]) == 2 and "never saw 'é'" in capsys.readouterr().err
    assert main(["write", "fashion-mnist/vqvae", "--root", str(root)]) == 2
    assert "cannot write text" in capsys.readouterr().err


def test_the_cost_of_a_token_is_told(root: Path, capsys: pytest.CaptureFixture) -> None:
    told = TokenEndpoints(Engine(root, "cpu")).cost("fashion-mnist/transformer")
    assert set(told) == {"lengths", "cached", "naive", "attention"} and len({len(v) for v in told.values()}) == 1
    json.dumps(told)
    assert main(["cost", "fashion-mnist/transformer", "--root", str(root), "--device", "cpu"]) == 0
    said = capsys.readouterr().out
    assert "WITH A CACHE" in said and "From 512 to 1024 tokens: cached" in said
    assert main(["cost", "fashion-mnist/vqvae", "--root", str(root)]) == 2
    assert "cannot tell what its attention costs" in capsys.readouterr().err
