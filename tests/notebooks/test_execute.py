"""노트북을 실행해 저장하기: 두 번 돌려도 한 바이트까지 같다."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tcpedu.course.build import BuildError, execute, lint
from tcpedu.course.execute import STATE, VIEW, normalise

pytestmark = pytest.mark.slow


def save(path: Path, *sources: str, ids: bool = True) -> Path:
    cells = [
        {
            "cell_type": "code",
            **({"id": f"cell-{n}"} if ids else {}),
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": 77,
        }
        for n, source in enumerate(sources)
    ]
    metadata = {"kernelspec": {"name": "no-such-kernel", "display_name": "x"}, "secret": 1}
    path.write_text(
        json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
    )
    return path


WIDGETS = (
    "import os, ipywidgets as w\nfrom pathlib import Path\nunused = w.IntSlider()\n"
    "print(Path.cwd().name)\nprint(os.environ['TCPEDU_PROGRESS'])",
    "from tcpedu.course import predict\npredict('몇 개?', ['둘', '셋'])",
    "w.VBox([w.IntSlider(description='손실'), w.Button(description='다시')])",
)


def test_two_runs_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TCPEDU_PROGRESS", str(tmp_path / "progress.json"))  # 이것이 셀까지 가면 안 된다
    folder = tmp_path / "lessons"
    folder.mkdir()
    path = save(folder / "demo.ipynb", *WIDGETS)
    assert execute(path) is True
    first = path.read_bytes()
    assert execute(path) is False and path.read_bytes() == first

    notebook = json.loads(first)
    assert lint(notebook) == []
    assert "".join(notebook["cells"][0]["outputs"][0]["text"]) == "lessons\noff\n"
    assert [cell["execution_count"] for cell in notebook["cells"]] == [1, 2, 3]
    assert set(notebook["metadata"]) == {"kernelspec", "language_info", "widgets"}
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    state = notebook["metadata"]["widgets"][STATE]["state"]
    for cell in notebook["cells"][1:]:
        assert cell["outputs"][0]["data"][VIEW]["model_id"] in state
    shown = [model["state"].get("description") for model in state.values()]
    assert {"손실", "다시"} <= set(shown)
    assert sum(model["model_name"] == "IntSliderModel" for model in state.values()) == 1  # 보이지 않는 것은 빠진다
    for text in json.dumps(state).split("IPY_MODEL_")[1:]:
        assert text[:32] in state


FAILING = {
    "셀 'cell-1'에서 ZeroDivisionError": ("1", "1/0"),
    "경고나 오류가 찍혔습니다": ("import warnings; warnings.warn('낡았다')",),
    "출력에 컴퓨터의 경로가 있습니다": ("import os; print(os.getcwd())",),
    "출력에 메모리 주소가 있습니다": ("object()",),
    "출력에 무작위 id가 있습니다": ("import uuid; print(uuid.uuid4())",),
}


@pytest.mark.parametrize(("message", "sources"), FAILING.items(), ids=FAILING)
def test_a_notebook_that_must_not_be_stored(tmp_path: Path, message: str, sources: tuple[str, ...]) -> None:
    path = save(tmp_path / "demo.ipynb", *sources)
    before = path.read_bytes()
    with pytest.raises(BuildError) as caught:
        execute(path)
    assert message in str(caught.value) and str(caught.value).startswith("demo.ipynb: ")
    assert path.read_bytes() == before


def test_cells_without_ids_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="1번째 셀에 id가 없습니다"):
        execute(save(tmp_path / "demo.ipynb", "1", ids=False))


def stored() -> dict[str, Any]:
    output = {"output_type": "stream", "name": "stdout", "text": "x\n"}
    code = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": [output], "execution_count": 1}
    return {"cells": [code], "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 5}


LINTED = {
    "바른 번호 1, 적힌 번호 None": lambda nb: nb["cells"][0].update(execution_count=None),
    "바른 번호 1, 적힌 번호 2": lambda nb: nb["cells"][0].update(execution_count=2),
    "id가 없습니다": lambda nb: nb["cells"][0].pop("id"),
    "커널이 python3이어야": lambda nb: nb["metadata"].update(kernelspec={"name": "venv"}),
    "경고나 오류가": lambda nb: nb["cells"][0]["outputs"][0].update(name="stderr"),
    "오류 출력이": lambda nb: nb["cells"][0].update(
        outputs=[{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}]
    ),
    "컴퓨터의 경로": lambda nb: nb["cells"][0]["outputs"][0].update(text="/home/user/x"),
    "메모리 주소": lambda nb: nb["cells"][0]["outputs"][0].update(text=["<x ", "at 0x7f1234567890>"]),
}


@pytest.mark.parametrize(("message", "spoil"), LINTED.items(), ids=LINTED)
def test_lint(message: str, spoil: Any) -> None:
    notebook = stored()
    assert lint(notebook) == []
    spoil(notebook)
    assert any(message in fault for fault in lint(notebook))


@pytest.mark.parametrize(
    "text", ["0x0012", "SYN seq=0xffffffff", "https://example.org/home/x", "10.0.0.1/24", "a/b/home", "RFC 9293 §3.4"]
)
def test_lint_leaves_ordinary_output_alone(text: str) -> None:
    notebook = stored()
    notebook["cells"][0]["outputs"][0]["text"] = text
    assert lint(notebook) == []


def test_pieces_of_a_stream_become_one() -> None:
    notebook = stored()
    piece = notebook["cells"][0]["outputs"][0]
    notebook["cells"][0]["outputs"] = [
        piece,
        copy.deepcopy(piece),
        {"output_type": "stream", "name": "stderr", "text": "e"},
    ]
    normalise(notebook, "x")
    assert [item["text"] for item in notebook["cells"][0]["outputs"]] == ["x\nx\n", "e"]
