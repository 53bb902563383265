"""GANs beside one another: which stand there, what they draw, and whether their curves told how good they were."""

from dataclasses import replace

import pytest
import torch

from generative.errors import NotSupported
from generative.inference import contrast
from generative.inference.contrast import Curve, contenders, contrasted, curve, spearman
from generative.inference.engine.engine import Engine
from generative.library import weights
from tests.building import build

SMALL = {"generator_channels": 2, "discriminator_channels": 2, "latent": 4, "size": 8}
KINDS = ("minimax", "wgan-gp", "dcgan")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Two contenders, a DCGAN, which is none, and a classifier."""
    root = tmp_path_factory.mktemp("checkpoints")
    for kind in KINDS:
        torch.manual_seed(0)
        weights.save(root / "toys" / kind, kind, build(kind, {"classes": ["a", "b"], **SMALL}), {}, "toys")
    judge = build("classifier", {"classes": ["a", "b"], "channels": 2, "size": 8})
    weights.save(root / "toys/classifier", "classifier", judge, {}, "toys")
    text = "step,images,seconds,d_loss,d_real,d_fake,fid\n"
    text += "".join(f"{s},{16 * s},1,{s},{9 - s},-1,{20 - 2 * s}\n" for s in range(1, 8))
    (root / "toys/wgan-gp/training.csv").write_text(text)
    return Engine(root, "cpu")


def beside(machine: Engine) -> list:
    return contenders(list(machine.entries.values()), "toys")


def test_those_stand_side_by_side_that_differ_in_their_objective_alone(machine: Engine) -> None:
    assert [entry.kind for entry in beside(machine)] == ["minimax", "wgan-gp"]
    assert contenders(list(machine.entries.values()), "other") == []
    assert contenders([replace(entry, problem="gone") for entry in beside(machine)], "toys") == []


def test_all_draw_of_the_same_noise_what_each_draws_alone(machine: Engine) -> None:
    about = {"seed": 3, "count": 2, "condition": "b"}
    drawn = list(contrasted(machine, beside(machine), **about))
    for one in drawn:
        alone = machine.answer(machine.request("samples", one.entry, **about))
        assert one.images.equal(alone.images) and "seed=3" in one.request.link()
    first, second = (machine.model(one.entry).latents(one.request.seeds) for one in drawn)
    assert first[:, :4].equal(second[:, :4])


def test_of_each_class_so_many_are_drawn_and_looked_at(machine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contrast, "EACH", 4)
    (one, _) = contrasted(machine, beside(machine), seed=0, count=1)
    judge = machine.model("toys/classifier")
    for k, name in enumerate(("a", "b")):
        images = machine.answer(machine.request("samples", one.entry, count=4, condition=name)).images
        assert one.recognised[name] == float((judge.classify(images).argmax(1) == k).float().mean())
    assert one.covered == sum(share >= 0.5 for share in one.recognised.values())


def test_one_alone_is_nothing_to_compare(machine: Engine) -> None:
    with pytest.raises(NotSupported, match="Two GANs or more are needed"):
        next(contrasted(machine, beside(machine)[:1]))


def test_a_wasserstein_critic_is_watched_by_its_estimate_and_that_told_the_quality(machine: Engine) -> None:
    alone, found = curve(beside(machine)[0]), curve(beside(machine)[1])
    assert alone is None and found is not None and found.estimates
    assert found.watched == tuple(10.0 - s for s in range(1, 8)) and found.images[0] == 16
    assert found.tells == pytest.approx(1)


def test_a_curve_tells_the_quality_as_far_as_their_ranks_agree() -> None:
    fid = (9.0, 9.0, 7.0, 5.0, 4.0, 3.0)  # measured anew at five of six
    assert Curve((0,) * 6, (5, 0, 4, 3, 2, 1), fid, False).tells == pytest.approx(1)
    assert Curve((0,) * 6, (1, 0, 2, 3, 4, 5), fid, False).tells == pytest.approx(-1)
    assert Curve((0,) * 5, (1, 2, 3, 4, 5), fid[:5], False).tells is None  # too few
    assert Curve((0,) * 2, (1, 2), None, False).tells is None
    assert spearman([1, 2, 3, 4], [1, 10, 100, 50]) == pytest.approx(0.8)
