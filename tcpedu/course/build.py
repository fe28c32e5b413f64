"""풀이 노트북에서 연습문제 노트북을 만든다.

고치는 것은 solutions/뿐이고 exercises/는 언제나 여기서 나온다. 같은 풀이에서는 한 바이트까지
같은 연습문제가 나온다.

- `### BEGIN SOLUTION` … `### END SOLUTION` → 같은 들여쓰기의 `raise NotImplementedError(…)`
- 줄 끝의 `### BLANK 토큰` → 그 토큰이 `____`가 된다
- `solution` 꼬리표가 붙은 셀은 빠지고, 출력은 모두 지워진다
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from tcpedu.course.check import BEGIN, END
from tcpedu.course.execute import KERNEL, execute, lint
from tcpedu.course.faults import BuildError
from tcpedu.course.lessons import Lesson, lesson, notebooks, strays
from tcpedu.course.problem import Problem, problems
from tcpedu.course.values import BLANK

__all__ = ["STUB", "BuildError", "build", "derive", "dumps", "execute", "lint", "loads", "reset"]

STUB = 'raise NotImplementedError("여기를 채우세요")'
TAG = "solution"
VOLATILE = ("execution", "collapsed", "scrolled", "ExecuteTime")
_NEAR = re.compile(r"#+\s*(BEGIN|END)\s+SOLUTION", re.IGNORECASE)
_BLANK = re.compile(r"^(?P<code>.*?)\s*### BLANK (?P<token>.+?)\s*$")


def derive(notebook: dict[str, Any]) -> dict[str, Any]:
    """풀이 노트북(JSON)에서 연습문제 노트북을 만든다. 잘못된 표시는 BuildError."""
    _check_ids(notebook["cells"])
    cells = [_derive_cell(cell) for cell in notebook["cells"] if not _tagged(cell)]
    return {
        "cells": cells,
        "metadata": {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def build(root: Path, check: bool = False) -> list[str]:
    """`root`의 연습문제를 모두 다시 만든다. 달라진 것을 한 줄씩 돌려준다.

    `check=True`이면 아무것도 쓰지 않고 다른 점만 말한다.
    """
    root = Path(root)
    changes = [
        f"{_name(path, root)}: 강의 목록(lessons.py)에 없는 노트북입니다"
        for kind in ("lessons", "solutions", "exercises")
        for path in strays(root, kind)
    ]
    for source, target in zip(notebooks(root, "solutions"), notebooks(root, "exercises"), strict=True):
        if not source.is_file():
            changes.append(f"{_name(source, root)}: 풀이 노트북이 없습니다")
            continue
        text = _derived_text(source)
        before = target.read_text(encoding="utf-8") if target.is_file() else None
        if before == text:
            continue
        changes.append(f"{_name(target, root)}: {_difference(before, text)}")
        if not check:
            kept = _replace(root, target, text)
            changes += [f"{_name(kept, root)}: 적어 둔 답이 있던 노트북을 여기에 옮겨 두었습니다"] if kept else []
    return changes


def reset(root: Path, notebook: Path) -> Path | None:
    """연습문제 하나를 처음 모습으로 되돌린다. 적어 둔 답이 있었으면 옮겨 둔 곳을 돌려준다."""
    root = Path(root)
    for source, target in zip(notebooks(root, "solutions"), notebooks(root, "exercises"), strict=True):
        if target.name == Path(notebook).name and source.is_file():
            return _replace(root, target, _derived_text(source))
    raise BuildError(f"연습문제 노트북이 아닙니다: {notebook}")


def _replace(root: Path, target: Path, text: str) -> Path | None:
    """`target`을 새로 쓴다. 배우는 사람의 답이 들어 있으면 먼저 옮겨 둔다."""
    kept = None
    if target.is_file() and _answered(target, text):
        folder = root / ".tcpedu" / "backup"
        folder.mkdir(parents=True, exist_ok=True)
        number = sum(1 for _ in folder.glob(f"{target.stem}-*.ipynb")) + 1
        kept = folder / f"{target.stem}-{number}.ipynb"
        os.replace(target, kept)
    write(target, text)
    return kept


def _answered(target: Path, text: str) -> bool:
    """빈 곳이 채워진 답 셀이 있는가. 읽을 수 없는 노트북도 버리지 않는다."""
    try:
        old = loads(target.read_text(encoding="utf-8"))["cells"]
    except (BuildError, UnicodeDecodeError):
        return True
    fresh = {cell["id"]: cell["source"] for cell in loads(text)["cells"]}
    ours = {name for name in fresh if not name.startswith("answer-")}
    theirs = [cell["source"] for cell in old if cell["cell_type"] == "code" and cell.get("id") not in ours]
    return any(
        source.strip() and source not in fresh.values() and STUB not in source and BLANK not in source
        for source in theirs
    )


def _derived_text(source: Path) -> str:
    try:
        notebook = loads(source.read_text(encoding="utf-8"))
        _check_problems(notebook["cells"], lesson(source.stem))
        return dumps(derive(notebook))
    except BuildError as error:
        raise BuildError(f"{source.name}: {error}") from None


def loads(text: str) -> dict[str, Any]:
    """노트북 JSON을 읽는다. 소스는 언제나 글 하나로 합친다."""
    try:
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            if not isinstance(cell["source"], str):
                cell["source"] = "".join(cell["source"])
    except (ValueError, KeyError, TypeError) as error:
        raise BuildError(f"노트북으로 읽을 수 없습니다 ({error})") from None
    return notebook


def dumps(notebook: dict[str, Any]) -> str:
    """노트북을 정해진 모양의 JSON으로 적는다(nbformat이 쓰는 모양과 같다)."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]]
    whole = {**notebook, "cells": cells}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")) + "\n"


def write(path: Path, text: str) -> bool:
    """달라졌을 때만, 도중에 끊겨도 반쪽이 남지 않게 쓴다. 썼으면 True."""
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    return True


def _derive_cell(cell: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "cell_type": cell["cell_type"],
        "id": cell.get("id", ""),
        "metadata": {key: value for key, value in cell["metadata"].items() if key not in VOLATILE},
        "source": cell["source"],
    }
    if "attachments" in cell:
        kept["attachments"] = cell["attachments"]
    if cell["cell_type"] == "code":
        kept |= {"source": stub(cell["source"], cell.get("id", "")), "execution_count": None, "outputs": []}
    return kept


def stub(source: str, where: str) -> str:
    """답 셀의 소스에서 풀이를 뺀다. `where`는 오류에 적을 셀 id다."""
    rows: list[str] = []
    opened: str | None = None  # 열린 BEGIN의 들여쓰기
    for row in source.split("\n"):
        mark, indent = row.strip(), row[: len(row) - len(row.lstrip())]
        if mark == BEGIN:
            if opened is not None:
                raise BuildError(f"셀 '{where}': BEGIN SOLUTION 안에 BEGIN SOLUTION이 또 있습니다")
            opened = indent
            rows.append(indent + STUB)
        elif mark == END:
            if opened is None:
                raise BuildError(f"셀 '{where}': BEGIN SOLUTION 없이 END SOLUTION이 나왔습니다")
            if indent != opened:
                raise BuildError(f"셀 '{where}': BEGIN SOLUTION과 END SOLUTION의 들여쓰기가 다릅니다")
            opened = None
        elif _NEAR.search(row):
            raise BuildError(f"셀 '{where}': 표시를 '{BEGIN}', '{END}'처럼 한 줄에 따로 쓰세요: {mark}")
        elif opened is None:
            rows.append(_blank(row, where))
    if opened is not None:
        raise BuildError(f"셀 '{where}': END SOLUTION이 없습니다")
    return "\n".join(rows)


def _blank(row: str, where: str) -> str:
    if "### BLANK" not in row:
        return row
    found = _BLANK.match(row)
    if found is None:
        raise BuildError(f"셀 '{where}': '### BLANK' 뒤에 비울 토큰을 쓰세요: {row.strip()}")
    code, token = found["code"], found["token"]
    if code.count(token) != 1:
        times = code.count(token)
        raise BuildError(f"셀 '{where}': 비울 토큰이 그 줄에 꼭 한 번 나와야 합니다({times}번 나옵니다): {token}")
    return code.replace(token, BLANK)


def _tagged(cell: dict[str, Any]) -> bool:
    return TAG in cell["metadata"].get("tags", [])


def _check_ids(cells: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for number, cell in enumerate(cells, 1):
        name = cell.get("id")
        if not name:
            raise BuildError(f"{number}번째 셀에 id가 없습니다")
        if name in seen:
            raise BuildError(f"셀 id가 두 번 나옵니다: '{name}'")
        seen.add(name)


def _check_problems(cells: list[dict[str, Any]], item: Lesson) -> None:
    """문제마다 네 셀이 차례대로 있는가."""
    by_id = {cell.get("id"): cell for cell in cells}
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    if not code or code[0].get("id") != "setup":
        raise BuildError("첫 코드 셀의 id는 'setup'이어야 합니다")
    order = list(by_id)
    for problem in problems(item.number):
        wanted = [f"{part}-{problem.name}" for part in ("statement", "answer", "check", "why")]
        for name in wanted:
            if name not in by_id:
                raise BuildError(f"없는 셀이 있습니다: '{name}'")
        places = [order.index(name) for name in wanted]
        if places != sorted(places):
            raise BuildError(f"문제 '{problem.name}'의 셀 순서가 다릅니다: {', '.join(wanted)}여야 합니다")
        _check_cells(problem, *(by_id[name] for name in wanted))
    names = {f"answer-{problem.name}" for problem in problems(item.number)}
    for found in order:
        if found and found.startswith("answer-") and found not in names:
            raise BuildError(f"셀 '{found}'에 해당하는 문제가 없습니다")


def _check_cells(
    problem: Problem,
    statement: dict[str, Any],
    answer: dict[str, Any],
    check: dict[str, Any],
    why: dict[str, Any],
) -> None:
    for cell, kind in ((statement, "markdown"), (answer, "code"), (check, "code"), (why, "markdown")):
        if cell["cell_type"] != kind:
            raise BuildError(f"셀 '{cell['id']}': {kind} 셀이어야 합니다")
    if check["source"].strip() != f"check({problem.name})":
        raise BuildError(f"셀 '{check['id']}'에는 check({problem.name}) 한 줄만 있어야 합니다")
    if not _tagged(why):
        raise BuildError(f"셀 '{why['id']}'에 '{TAG}' 꼬리표가 없습니다")
    marked = BEGIN in answer["source"] or "### BLANK" in answer["source"]
    if problem.points and not marked:
        raise BuildError(f"셀 '{answer['id']}'에 비울 곳이 없습니다: '{BEGIN}'이나 '### BLANK'를 쓰세요")


def _difference(before: str | None, after: str) -> str:
    """무엇이 달라졌는지 셀 id로 말한다."""
    if before is None:
        return "연습문제가 아직 없습니다"
    try:
        old = {cell.get("id"): cell for cell in loads(before)["cells"]}
    except BuildError as error:
        return str(error)
    new = {cell.get("id"): cell for cell in loads(after)["cells"]}
    cells = [name for name in new if new[name] != old.get(name)] + [name for name in old if name not in new]
    return f"풀이와 다릅니다 (셀 {', '.join(map(str, cells))})" if cells else "풀이와 다릅니다 (셀 순서나 메타데이터)"


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
