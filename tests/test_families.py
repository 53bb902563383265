"""What is said of a family stands in its record, and holds for the models that are here."""

import pytest

from generative.abilities import abilities
from generative.data.known import DATASETS
from generative.families import GENERATIVE, Family
from generative.models.registry import MODELS
from generative.web.base.visit import opening
from generative.web.rooms.how_it_works import how_it_works
from tests.committed import ENTRIES

HERE = {e.id: e for e in ENTRIES}
ALL = [pytest.param(family, id=family.id) for family in GENERATIVE.values()]


@pytest.mark.parametrize("family", ALL)
def test_a_tab_opens_with_a_model_of_its_family(family: Family) -> None:
    assert set(family.opens) <= set(DATASETS)
    for dataset, name in family.opens.items():
        there = [e for e in HERE.values() if (e.family, e.dataset) == (family.id, dataset)]
        if there:
            assert opening(there).folder.name == name


@pytest.mark.parametrize("family", ALL)
def test_a_family_tells_how_it_works_and_what_it_is_bad_at(family: Family) -> None:
    text = how_it_works(family)
    assert text.startswith(f"- **Good at**: {family.good_at}\n- **Bad at**: {family.limits}")
    assert "Papers: " in text and text.count("$") % 2 == 0


@pytest.mark.parametrize("family", ALL)
def test_a_family_whose_models_fill_holes_tells_how(family: Family) -> None:
    kinds = [kind for kind in MODELS.values() if kind.family == family.id]
    assert bool(family.fills) == any("completes" in abilities(kind) for kind in kinds)


def test_without_its_opening_model_a_tab_begins_with_the_first_that_can_be_used() -> None:
    others = [e for e in HERE.values() if (e.family, e.dataset) == ("autoencoders", "fashion-mnist")][:-1]
    assert opening(others) == others[0]
