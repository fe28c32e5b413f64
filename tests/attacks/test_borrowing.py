"""묻고 있는 것의 구현을 라이브러리에서 빌리려는 공격: 이름을 숨겨 부르고, 글을 베끼고, 기억을 뒤진다.

코드를 읽어 찾는 것(`ownwork.py`)을 피해 가더라도, 상자에는 그 구현의 글도 알맹이도 없다.
"""

import json
from pathlib import Path

import pytest

from tcpedu.grading.result import Status

BY_HIDDEN_NAME = """
import sys
def internet_checksum(data):
    for name in list(sys.modules):
        if name.endswith("protocol." + "checksum"):
            return vars(sys.modules[name])["internet_" + "checksum"](data)
"""
BY_COPYING = """
import builtins, tcpedu
def internet_checksum(data):
    path = tcpedu.__file__.replace("__init__", "protocol/checksum")
    space = {"__name__": "copied"}
    vars(builtins)["ex" + "ec"](open(path).read(), space)
    return space["internet_checksum"](data)
"""
BY_GARBAGE = """
import gc
def internet_checksum(data):
    for thing in gc.get_objects():
        if type(thing).__name__ == "function" and thing.__name__ == "internet_checksum" \\
                and thing.__module__ != "__main__":
            return thing(data)
"""
BY_ANOTHER_PROCESS = """
import subprocess, sys
def internet_checksum(data):
    code = f"from tcpedu.protocol.checksum import internet_checksum as f; print(f({data!r}))"
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
"""
BY_RELOADING = """
import importlib, sys
def internet_checksum(data):
    name = "tcpedu.protocol." + "checksum"
    sys.modules.pop(name, None)
    return getattr(importlib.import_module(name), "internet_checksum")(data)
"""
ATTACKS = {
    "이름을 숨겨 부른다": BY_HIDDEN_NAME, "글을 베껴 돌린다": BY_COPYING, "쓰레기 수집기에서 찾는다": BY_GARBAGE,
    "다른 파이썬에서 부른다": BY_ANOTHER_PROCESS, "다시 불러온다": BY_RELOADING,
}  # fmt: skip


@pytest.fixture(scope="module")
def borrowed(class_folder: Path, submit, grade_folder):
    for name, source in ATTACKS.items():
        (class_folder / f"{name}.ipynb").write_text(json.dumps(submit(internet_checksum=source)), encoding="utf-8")
    return grade_folder(class_folder)


@pytest.mark.parametrize("name", ATTACKS)
def test_borrows_the_implementation_outside_the_box(bare_session, name: str) -> None:
    bare_session.run("import tcpedu.protocol.checksum\n" + ATTACKS[name])
    assert bare_session.run("print(internet_checksum(bytes([1, 2, 3, 4])))").strip() == str(0xFFFF - 0x0406)


@pytest.mark.parametrize("name", ATTACKS)
def test_borrows_nothing_in_the_box(borrowed, name: str) -> None:
    problems = {problem.name: problem for problem in borrowed.results[name].problems}
    assert problems.pop("internet_checksum").points == 0
    assert {problem.status for problem in problems.values()} == {Status.CORRECT}  # 그것을 부르는 답은 맞다
