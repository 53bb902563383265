"""Charts leave Python as data."""

import html
import json
import re

import torch

from generative.web.tools.critic.charts import chart
from generative.web.tools.reconstruct.charts import code
from generative.web.widgets.modules import script
from generative.web.widgets.plot.charts import distribution
from generative.web.widgets.plot.plot import Axis, Chart, Series


def data(text: str) -> list[dict]:
    """What each chart in some HTML holds."""
    return [json.loads(html.unescape(found)) for found in re.findall(r'data-chart="([^"]*)"', text)]


def test_a_chart_is_an_element_with_its_words_and_its_data() -> None:
    series = [Series([(0, 1 / 3), (1, 2.0)], "best")]
    text = Chart('Errors & "more"', series, Axis(0, 1, [(1, "end")]), Axis(0, 2), marks=[(0.5, "true")]).to_html()
    assert 'aria-label="Errors &amp; &quot;more&quot;"' in text and 'role="img"' in text
    [drawn] = data(text)
    assert drawn["series"] == [{"points": [[0.0, 0.33333], [1.0, 2.0]], "kind": "best", "shape": "line"}]
    assert drawn["axes"]["x"] == {"low": 0, "high": 1, "words": [[1, "end"]]}
    assert drawn["marks"] == [{"at": 0.5, "kind": "true"}] and drawn["height"] == 180


def test_a_colour_pixel_has_a_chart_a_channel_with_its_true_value_marked() -> None:
    (binary,) = data(distribution(torch.tensor([[0.25, 0.75]]), [1], 1, 2))
    assert [word for _, word in binary["axes"]["x"]["words"]] == ["black", "white"]
    assert binary["series"][0]["points"] == [[0, 0.5], [1, 0.86603]] and binary["marks"][0]["at"] == 1
    charts = data(distribution(torch.full((3, 256), 1 / 256), [0, 7, 255], 1, 2))
    assert [c["series"][0]["kind"] for c in charts] == ["red", "green", "blue"]
    assert [c["marks"][0]["at"] for c in charts] == [0, 7, 255] and len(charts[0]["series"][0]["points"]) == 256


def test_every_score_is_a_tick_in_its_lane_and_every_mean_a_dot() -> None:
    [drawn] = data(chart(torch.tensor([0.9, 0.7]), torch.tensor([0.1])))
    assert [(s["kind"], s["shape"], len(s["points"])) for s in drawn["series"]] == [
        ("real", "ticks", 2),
        ("forged", "ticks", 1),
        ("real", "dots", 1),
        ("forged", "dots", 1),
    ]
    assert drawn["series"][2]["points"] == [[0.8, 1.0]]


def test_a_code_has_a_bar_for_each_of_its_numbers() -> None:
    text = code(torch.tensor([-1.0, 0.5, 2.0]))
    [drawn] = data(text)
    assert drawn["series"][0]["points"] == [[0, -1.0], [1, 0.5], [2, 2.0]]
    assert drawn["axes"]["y"]["low"] == -3 and "−1.0 to 2.0" in text


def test_the_page_loads_the_element_before_any_chart_is_there() -> None:
    assert re.fullmatch(
        r'<script type="module">import\(.*widgets/plot/plot\.js.*\);</script>', script("widgets/plot/plot.js")
    )
