"""노트북을 위에서 아래로 실행하고, 돌릴 때마다 같은 파일이 되게 다듬는다."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tcpedu.course.faults import BuildError

TIMEOUT = 120  # 셀 하나에 쓸 수 있는 시간(초)
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
SPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # 이름으로 만드는 UUID의 URL 공간 (RFC 9562 §6.6)

_MODEL = re.compile(r"\b[0-9a-f]{32}\b")
_VOLATILE = {
    "컴퓨터의 경로": re.compile(r"(?<![\w.])/(?:home|root|Users|tmp|work|usr|opt|var|mnt)/\w|[A-Za-z]:\\\\?\w"),
    "메모리 주소": re.compile(r"\b(?:at |id=)?0x[0-9a-f]{9,}\b"),
    "무작위 id": re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
}


def execute(path: Path) -> bool:
    """노트북을 실행해 그 자리에 쓴다. 파일이 달라졌으면 True.

    진도는 적지 않고, 노트북의 폴더에서 돈다. 셀에서 오류가 나면 아무것도 쓰지 않고 BuildError.
    """
    from tcpedu.course.build import loads, write

    path = Path(path)
    before = loads(path.read_text(encoding="utf-8"))
    if missing := [n for n, cell in enumerate(before["cells"], 1) if not cell.get("id")]:
        raise BuildError(f"{path.name}: {missing[0]}번째 셀에 id가 없습니다")
    notebook = _run(path)
    normalise(notebook, path.stem)
    if faults := lint(notebook):
        raise BuildError("\n".join(f"{path.name}: {fault}" for fault in faults))
    return write(path, _text(notebook))


def _run(path: Path) -> Any:
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("widgets", None)
    at: list[str] = []
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # 시작할 때 찍는 경고는 만드는 사람에게 쓸모가 없다
        resources={"metadata": {"path": str(path.resolve().parent)}},
        on_cell_start=lambda cell, cell_index: at.append(cell.id),
    )
    # 이 컴퓨터에서 본 진도가 저장되는 노트북에 들어가지 않게 한다.
    env = {**os.environ, "TCPEDU_PROGRESS": "off", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    try:
        client.execute(env=env)
    except CellTimeoutError:
        raise BuildError(f"{path.name}: 셀 '{at[-1]}': {TIMEOUT}초 안에 끝나지 않았습니다") from None
    except CellExecutionError as error:
        raise BuildError(f"{path.name}: 셀 '{at[-1]}'에서 {error.ename}: {error.evalue}") from None
    except DeadKernelError:
        raise BuildError(f"{path.name}: 셀 '{at[-1]}'에서 커널이 죽었습니다") from None
    return notebook


def normalise(notebook: Any, name: str) -> None:
    """돌릴 때마다 달라지는 것을 없애거나 정해진 것으로 바꾼다. `name`은 위젯 id의 씨앗이다."""
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    number = 0
    for cell in notebook["cells"]:
        cell["metadata"].pop("execution", None)
        if cell["cell_type"] != "code":
            continue
        number += 1
        cell["execution_count"] = number
        cell["outputs"] = _merge_streams(cell["outputs"])
        for output in cell["outputs"]:
            if "execution_count" in output:
                output["execution_count"] = number
    state = _widget_state(notebook)
    used = list(_reachable(notebook, state))
    widgets = notebook["metadata"].get("widgets") if used else None
    notebook["metadata"] = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    if widgets:
        widgets[STATE]["state"] = {model: state[model] for model in used}
        notebook["metadata"]["widgets"] = {STATE: widgets[STATE]}
    _rename(notebook, {model: uuid.uuid5(SPACE, f"{name}/{n}").hex for n, model in enumerate(used)})


def _merge_streams(outputs: list[Any]) -> list[Any]:
    """같은 흐름이 몇 조각으로 오는지는 그때그때 다르다: 이어진 조각을 하나로 합친다."""
    merged: list[Any] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output["output_type"] == last["output_type"] == "stream" and output["name"] == last["name"]:
            last["text"] += output["text"]
        else:
            merged.append(output)
    return merged


def _widget_state(notebook: Any) -> dict[str, Any]:
    return notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})


def _reachable(notebook: Any, state: dict[str, Any]) -> Iterator[str]:
    """출력에 보이는 위젯과 그것이 가리키는 위젯, 나오는 차례대로. 나머지 상태는 버린다."""
    seen: set[str] = set()
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            view = output.get("data", {}).get(VIEW)
            queue = [view["model_id"]] if view else []
            while queue:
                model = queue.pop(0)
                if model in seen or model not in state:
                    continue
                seen.add(model)
                yield model
                text = json.dumps(state[model], sort_keys=True, ensure_ascii=False)
                queue += [found for found in _MODEL.findall(text.replace("IPY_MODEL_", " ")) if found in state]


def _rename(notebook: Any, names: dict[str, str]) -> None:
    """위젯 id를 출력과 상태에서 함께 바꾼다."""

    def swap(value: Any) -> Any:
        if isinstance(value, str):
            return re.sub(r"[0-9a-f]{32}", lambda found: names.get(found[0], found[0]), value)
        if isinstance(value, list):
            return [swap(item) for item in value]
        if isinstance(value, dict):
            return {swap(key): swap(item) for key, item in value.items()}
        return value

    if not names:
        return
    notebook["metadata"] = swap(notebook["metadata"])
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if VIEW in output.get("data", {}):
                output["data"][VIEW] = swap(output["data"][VIEW])


def lint(notebook: Any) -> list[str]:
    """저장된 노트북의 흠: 실행되지 않은 셀, 경고, 컴퓨터마다 다른 출력. 흠이 없으면 빈 목록."""
    faults = []
    kernel = notebook["metadata"].get("kernelspec", {}).get("name")
    if kernel != "python3":
        faults.append(f"커널이 python3이어야 합니다: {kernel}")
    number = 0
    for place, cell in enumerate(notebook["cells"], 1):
        name = cell.get("id")
        if not name:
            faults.append(f"{place}번째 셀에 id가 없습니다")
        if cell["cell_type"] != "code":
            continue
        number += 1
        if cell["execution_count"] != number:
            faults.append(
                f"셀 '{name}': 실행 번호가 다릅니다 (바른 번호 {number}, 적힌 번호 {cell['execution_count']})"
            )
        faults += [f"셀 '{name}': {fault}" for output in cell["outputs"] for fault in _output_faults(output)]
    return faults


def _output_faults(output: Any) -> Iterator[str]:
    if output["output_type"] == "error":
        yield f"오류 출력이 있습니다 ({output['ename']})"
    if output["output_type"] == "stream" and output["name"] == "stderr":
        yield f"경고나 오류가 찍혔습니다: {_joined(output['text']).strip().splitlines()[-1:]}"
    for text in _texts(output):
        for what, pattern in _VOLATILE.items():
            if found := pattern.search(text):
                yield f"출력에 {what}가 있습니다: {text[max(0, found.start() - 20) : found.end() + 20]!r}"


def _texts(output: Any) -> Iterator[str]:
    if output["output_type"] == "stream":
        yield _joined(output["text"])
    for kind, data in output.get("data", {}).items():
        if kind.startswith(("text/", "image/svg")):
            yield _joined(data)


def _joined(text: Any) -> str:
    return text if isinstance(text, str) else "".join(text)


def _text(notebook: Any) -> str:
    import nbformat

    return nbformat.writes(notebook).rstrip("\n") + "\n"
