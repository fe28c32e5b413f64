"""망가진 제출물의 표: 줄마다 하나씩 진짜로 채점해서, 공정한 교사가 줄 점수가 나오는지 본다."""

import copy
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tcpedu.grading import GradeSummary, State, Status, SubmissionResult, grade
from tcpedu.grading.assignment import root

Notebook = dict[str, Any]
NAMES = ("segment_length", "ack_number", "connect_time")


def original() -> Notebook:
    """맞게 푼 00의 연습문제."""
    content: Notebook = json.loads((root() / "solutions" / "00_start.ipynb").read_text(encoding="utf-8"))
    return content


def cell(notebook: Notebook, name: str) -> Notebook:
    found: Notebook = next(one for one in notebook["cells"] if one.get("id") == name)
    return found


def code(source: str, **extra: Any) -> Notebook:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **extra}


def before(notebook: Notebook, name: str, text: str) -> None:
    """답 셀의 앞에 글을 더한다."""
    one = cell(notebook, f"answer-{name}")
    one["source"] = text + "\n" + "".join(one["source"])


def reordered(notebook: Notebook) -> None:
    notebook["cells"].reverse()


def duplicated(notebook: Notebook) -> None:
    notebook["cells"] += [copy.deepcopy(one) for one in notebook["cells"] if one["cell_type"] == "code"]


def without_scaffold(notebook: Notebook) -> None:
    notebook["cells"] = [one for one in notebook["cells"] if str(one.get("id")).startswith("answer-")]


def other_metadata(notebook: Notebook) -> None:
    notebook["metadata"] = {"kernelspec": {"name": "없는-커널", "language": "R"}, "celltoolbar": 3}
    for one in notebook["cells"]:
        one["metadata"] = {"tags": ["nbval-skip", "raises-exception"], "deletable": "아니요"}


def without_ids(notebook: Notebook) -> None:
    notebook["nbformat_minor"] = 0
    for one in notebook["cells"]:
        one.pop("id", None)
        one["source"] = "".join(one["source"])


def version_three(notebook: Notebook) -> None:
    cells = [{"cell_type": "code", "input": one["source"]} for one in notebook["cells"] if one["cell_type"] == "code"]
    notebook.clear()
    notebook.update({"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]})


def magics(notebook: Notebook) -> None:
    before(notebook, NAMES[0], "%matplotlib inline\n!pip install nothing\nfiles = !ls\n%cd /content/drive\n?len\nlen?")
    before(notebook, NAMES[1], "%%time")
    notebook["cells"] += [code(text) for text in ("%%writefile x.py\nnot python!", "%%bash\nexit 3", "%%html\n<b>")]


def colab(notebook: Notebook) -> None:
    notebook["metadata"] = {"colab": {"provenance": []}}
    text = "from google.colab import drive\ndrive.mount('/content/drive')\n%cd /content/drive/MyDrive"
    notebook["cells"].insert(0, code(text, metadata={"id": "x", "colab": {"base_uri": "https://"}}))


def strange_spaces(notebook: Notebook) -> None:
    one = cell(notebook, f"answer-{NAMES[0]}")
    one["source"] = "".join(one["source"]).replace("    ", "\u00a0\u3000\u00a0 ").replace("return", "\u200breturn")


def awaiting(notebook: Notebook) -> None:
    """기다리는 셀이 쓰는 이름도 다른 셀에서 따라와야 한다."""
    notebook["cells"].insert(0, code("import asyncio\nDELAY = 0"))
    before(notebook, NAMES[0], "await asyncio.sleep(DELAY)")


def leaving(notebook: Notebook) -> None:
    notebook["cells"].insert(0, code("import sys\nsys.exit('다 했습니다')"))
    cell(notebook, f"answer-{NAMES[0]}")["source"] += ["\nimport sys\nsys.exit(0)"]


def asking(notebook: Notebook) -> None:
    notebook["cells"].insert(0, code("name = input('이름: ')"))


def looping(notebook: Notebook) -> None:
    notebook["cells"].insert(0, code("while True:\n    try:\n        pass\n    except BaseException:\n        pass"))


def big_outputs(notebook: Notebook) -> None:
    text = {"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}
    notebook["cells"][-1].update(cell_type="code", outputs=[text] * 30, source="")


def lone_surrogate(notebook: Notebook) -> None:
    before(notebook, NAMES[0], "# \ud800")


def broken_cell(notebook: Notebook) -> None:
    notebook["cells"].insert(0, code("def (:\n"))


def missing_import(notebook: Notebook) -> None:
    before(notebook, NAMES[0], "import no_such_package")


# 이름 → (망가뜨리는 법, 얻어야 하는 점수에서 빠지는 문제, 알려야 하는 말)
RUNNABLE: dict[str, tuple[Callable[[Notebook], None], tuple[str, ...], str]] = {
    "셀을 뒤섞음": (reordered, (), ""),
    "셀을 모두 복사함": (duplicated, (), "마지막 것을 채점했습니다"),
    "준비 셀을 지움": (without_scaffold, (), ""),
    "메타데이터를 바꿈": (other_metadata, (), ""),
    "nbformat 4.0": (without_ids, (), ""),
    "nbformat 3": (version_three, (), ""),
    "매직": (magics, (), "매직(%)과 셸(!) 줄은 실행하지 않고"),
    "코랩": (colab, (), ""),
    "이상한 빈칸": (strange_spaces, (), "빈칸 글자를 보통 빈칸으로"),
    "바깥의 await": (awaiting, (), ""),
    "sys.exit": (leaving, (), "SystemExit"),
    "input": (asking, (), ""),
    "바깥의 무한 반복": (looping, (), ""),
    "출력 30MB": (big_outputs, (), ""),
    "외짝 서로게이트": (lone_surrogate, (), "유니코드가 아닌 글자"),
    "깨진 셀": (broken_cell, (), ""),
    "없는 꾸러미": (missing_import, (NAMES[0],), "ModuleNotFoundError"),
}  # fmt: skip
REFUSED = {
    "빈 파일": (b"", "비어 있습니다"),
    "깊은 괄호": (b'{"cells":' + b"[" * 100_000, "지나치게 깊습니다"),
    "로그인 화면": (b"<!doctype html><title>Login</title>", "HTML"),
}


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> GradeSummary:
    place = tmp_path_factory.mktemp("망가진 것")
    folder = place / "제출물"
    folder.mkdir()
    for name, (damage, _, _) in RUNNABLE.items():
        notebook = original()
        damage(notebook)
        (folder / f"{name}.ipynb").write_bytes(json.dumps(notebook).encode("utf-8", "surrogatepass"))
    for name, (data, _) in REFUSED.items():
        (folder / f"{name}.ipynb").write_bytes(data)
    with open(folder / "500MB.ipynb", "wb") as file:
        file.truncate(500_000_000)  # 구멍 난 파일
    if sys.platform != "win32":
        os.mkfifo(folder / "파이프.ipynb")
        (folder / "링크.ipynb").symlink_to("/etc/passwd")
    return grade(folder, place / "결과", jobs=2, timeout=3.0, assignment="00")


def found(summary: GradeSummary, name: str) -> SubmissionResult:
    return next(one for one in summary.results if one.file == f"{name}.ipynb")


def words(result: SubmissionResult) -> str:
    return "\n".join([result.reason, *result.findings, *(f"{one.headline} {one.error}" for one in result.problems)])


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNNABLE)
def test_runnable(summary: GradeSummary, name: str) -> None:
    _, lost, said = RUNNABLE[name]
    result = found(summary, name)
    assert result.state is State.GRADED, result.reason
    wrong = tuple(one.name for one in result.problems if one.status is not Status.CORRECT)
    assert wrong == lost, words(result)
    assert said in words(result)


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_refused(summary: GradeSummary, name: str) -> None:
    result = found(summary, name)
    assert result.state is State.UNREADABLE and result.points is None and REFUSED[name][1] in result.reason


@pytest.mark.slow
def test_special_files_are_refused_before_reading(summary: GradeSummary) -> None:
    assert "너무 큽니다(477 MiB" in found(summary, "500MB").reason
    if sys.platform != "win32":
        assert "보통 파일이 아닙니다" in found(summary, "파이프").reason
        assert "심볼릭 링크" in found(summary, "링크").reason
    pages = (summary.out / "pages").glob("*")
    assert not any("root:" in path.read_text(encoding="utf-8") for path in pages)


@pytest.mark.slow
def test_the_batch_never_stops(summary: GradeSummary) -> None:
    assert summary.failed == () and len(summary.results) == len(RUNNABLE) + len(REFUSED) + (3 if os.name != "nt" else 1)
