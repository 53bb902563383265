"""How Equilibrium Matching begins: as the flow of its data set, if there is one that fits."""

from pathlib import Path

import pytest
import torch

from generative.data.known import DATASETS
from generative.library import weights
from generative.models.diffusion.flow import Flow
from generative.models.energy.equilibrium import EquilibriumMatching
from generative.training.energy import EquilibriumRecipe

CLOTHES = DATASETS["fashion-mnist"]
LOOKS = {"told": CLOTHES.labelled, "size": 8, "channels": (32, 32)}  # two to a group: of one, norms hide the time


def made(root: Path, **flow: object) -> tuple[EquilibriumRecipe, Flow]:
    """A recipe that has been prepared below `root`, and the flow that is there, which attends to nothing."""
    torch.manual_seed(0)
    learnt = Flow(Flow.Config.tiny(**{**LOOKS, **flow})).eval()
    for weight in learnt.unet.mid_block.attentions[0].to_out[0].parameters():
        torch.nn.init.zeros_(weight)
    weights.save(root / "fashion-mnist" / "flow", "flow", learnt, {}, "fashion-mnist")
    recipe = EquilibriumRecipe(EquilibriumMatching(EquilibriumMatching.Config.tiny(**LOOKS)).eval())
    recipe.prepare(CLOTHES, root)
    found = weights.load(root / "fashion-mnist" / "flow")
    assert isinstance(found, Flow)
    return recipe, found


def test_it_begins_with_the_field_of_the_flow_halfway(tmp_path: Path) -> None:
    recipe, flow = made(tmp_path)
    x, told = torch.randn(4, *recipe.model.place_shape), torch.arange(4)
    with torch.no_grad():
        torch.testing.assert_close(recipe.model(x, told), flow(x, torch.full((4,), 500.0), told))
        assert not torch.allclose(recipe.model(x, told), flow(x, torch.full((4,), 100.0), told), atol=1e-3)
    assert recipe.begun == "fashion-mnist/flow"


def test_it_begins_anew_where_there_is_no_flow_or_a_narrower_one(tmp_path: Path) -> None:
    narrower, _ = made(tmp_path, channels=(16, 32))
    alone = EquilibriumRecipe(narrower.model)
    alone.prepare(CLOTHES, tmp_path / "elsewhere")
    assert narrower.begun == alone.begun == ""


@pytest.mark.parametrize("attention", [(False, True), (True, True)])
def test_attention_of_the_flow_is_left_behind(tmp_path: Path, attention: tuple[bool, ...]) -> None:
    recipe, flow = made(tmp_path, attention=attention)
    ours, theirs = recipe.model.unet.state_dict(), flow.unet.state_dict()
    assert recipe.begun and ours.keys() < theirs.keys()
    assert all(ours[name].equal(theirs[name]) for name in ours if name != "time_embedding.linear_2.bias")
