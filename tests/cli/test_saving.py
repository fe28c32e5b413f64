"""저장할 때 주피터랩이 그려 넣은 SVG를 뺀다."""

import copy
from typing import Any

import pytest

from tcpedu.cli.saving import MERMAID, SVG, drop_drawn_svg


def notebook(*data: dict[str, str], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "data": one, "metadata": dict(metadata or {})} for one in data]
    return {"type": "notebook", "content": {"cells": [{"cell_type": "code", "outputs": outputs}]}}


def saved(model: dict[str, Any]) -> list[dict[str, Any]]:
    drop_drawn_svg(model=model, path="a.ipynb", contents_manager=None)
    outputs: list[dict[str, Any]] = model["content"]["cells"][0]["outputs"]
    return outputs


def test_the_svg_drawn_beside_mermaid_goes() -> None:
    model = notebook(
        {MERMAID: "graph TD", SVG: "<svg/>", "text/plain": "그림"}, metadata={MERMAID: {"version": "11"}, "other": 1}
    )
    (output,) = saved(model)
    assert output["data"] == {MERMAID: "graph TD", "text/plain": "그림"}
    assert output["metadata"] == {"other": 1}


def test_our_own_svg_stays() -> None:
    (output,) = saved(notebook({SVG: "<svg/>", "text/plain": "사다리"}))
    assert SVG in output["data"]


@pytest.mark.parametrize(
    "model",
    [
        {"type": "file", "content": "text/vnd.mermaid"},
        {"type": "directory", "content": None},
        {"type": "notebook"},
        {"type": "notebook", "content": {}},
        {"type": "notebook", "content": {"cells": [{"cell_type": "markdown", "source": ""}]}},
        {"type": "notebook", "content": {"cells": [{"outputs": [{"output_type": "stream", "text": "x"}]}]}},
    ],
)
def test_everything_else_is_left_as_it_is(model: dict[str, Any]) -> None:
    before = copy.deepcopy(model)
    drop_drawn_svg(model=model)
    assert model == before
