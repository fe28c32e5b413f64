"""씨앗에서 한 반의 제출물을 만든다: 맞은 것, 덜 푼 것, 틀린 것, 망가진 것, 못된 것.

모두 solutions/와 exercises/에서 나온다. 같은 씨앗이면 언제나 같은 반이다.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tcpedu.grading.assignment import root

LESSONS = (
    "02_segment_header", "03_sequence_numbers", "05_connection_termination", "07_retransmission", "08_flow_control",
    "10_loss_recovery",
)  # fmt: skip
SHARES = {"good": 45, "stub": 15, "wrong": 20, "broken": 8, "hostile": 12}
Notebook = dict[str, Any]

# 답 하나의 끝에 붙는 코드. 붙은 셀이 실행될 때 돈다.
ON_RUN = (
    "while True:\n    pass",
    "import os\nos._exit(0)",
    "import sys\nsys.exit(3)",
    "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos.kill(-1, signal.SIGKILL)",
    "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "import ctypes\nctypes.string_at(0)",
    "def deeper():\n    return deeper()\n\n\ndeeper()",
    "hog = []\nwhile True:\n    hog.append(bytearray(50_000_000))",
    "for n in range(3_000_000):\n    print('x' * 100)",
    "import os\nos.write(1, b'x' * 50_000_000)",
    "import os, time\nfor _ in range(50):\n    if os.fork() == 0:\n        time.sleep(60)\n        os._exit(0)",
    "import os, time\nif os.fork() == 0:\n    os.setsid()\n    os.fork()\n    time.sleep(60)\n    os._exit(0)",
    "import threading, time\nfor _ in range(200):\n    threading.Thread(target=time.sleep, args=(60,)).start()",
    "import os\nos.closerange(0, 256)",
    "import sys, io\nsys.stdout = io.StringIO()",
    "open('fill', 'wb').write(bytes(200_000_000))",
    "import sys\nsys.modules['tcpedu.course.probe'].run_cases = None",
    "import socket\nsocket.create_connection(('8.8.8.8', 53), 1)",
)  # fmt: skip
# 답을 바꾸는 코드: 검사가 부를 때 돈다.
ON_CALL = (
    "while True:\n        pass",
    "import os\n    os._exit(0)",
    "raise SystemExit('끝')",
    "print('✅ 정답' * 100_000)\n    return True",
    "return type('Same', (), {'__eq__': lambda *_: True, '__repr__': lambda _: '✅'})()",
    "return float('nan')",
    "return '\\ud800'",
    "import time\n    time.sleep(30)",
)
SLIPS = (
    (" + ", " - "),
    (" - ", " + "),
    (" < ", " <= "),
    (" > ", " >= "),
    (" == ", " != "),
    (" and ", " or "),
    ("1", "2"),
)


def make(folder: Path, count: int, seed: int) -> dict[str, str]:
    """제출물 `count`개를 만들고, 파일 이름 → 어떤 것인지를 돌려준다."""
    folder.mkdir(parents=True)
    kinds = random.Random(seed).choices(list(SHARES), weights=list(SHARES.values()), k=count)
    made = {}
    for number, kind in enumerate(kinds):
        rng = random.Random(f"{seed} {number}")
        lesson = rng.choice(LESSONS)
        name = f"2026{number:04}_{lesson}.ipynb"
        data = MAKERS[kind](rng, lesson, number)
        (folder / name).write_bytes(data)
        made[name] = kind
    return made


def _book(lesson: str) -> Notebook:
    return json.loads((root() / "exercises" / f"{lesson}.ipynb").read_text(encoding="utf-8"))


def _answers(lesson: str) -> dict[str, str]:
    book = json.loads((root() / "solutions" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    marker = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?| *### BLANK .*$", re.MULTILINE)
    cells = {cell["id"]: "".join(cell["source"]) for cell in book["cells"] if cell["id"].startswith("answer-")}
    return {name: marker.sub("", text).rstrip() for name, text in cells.items()}


def _filled(lesson: str, number: int, changes: dict[str, str] | None = None, left: set[str] = frozenset()) -> Notebook:
    """풀이로 채운 노트북. `left`의 답은 손대지 않는다."""
    book, answers = _book(lesson), {**_answers(lesson), **(changes or {})}
    for cell in book["cells"]:
        if cell["id"] in answers and cell["id"] not in left:
            cell["source"] = f"{answers[cell['id']]}\n# {number}번"
    return book


def _bytes(book: Notebook) -> bytes:
    return json.dumps(book, ensure_ascii=False, indent=1).encode()


def _good(rng: random.Random, lesson: str, number: int) -> bytes:
    return _bytes(_filled(lesson, number))


def _stub(rng: random.Random, lesson: str, number: int) -> bytes:
    names = sorted(_answers(lesson))
    return _bytes(_filled(lesson, number, left=set(rng.sample(names, rng.randint(1, len(names))))))


def _wrong(rng: random.Random, lesson: str, number: int) -> bytes:
    answers = _answers(lesson)
    changes = {}
    for name in rng.sample(sorted(answers), rng.randint(1, 3)):
        old, new = rng.choice([pair for pair in SLIPS if pair[0] in answers[name]] or [SLIPS[-1]])
        changes[name] = answers[name].replace(old, new, 1)
    return _bytes(_filled(lesson, number, changes))


def _broken(rng: random.Random, lesson: str, number: int) -> bytes:
    book = _filled(lesson, number)
    name = rng.choice(sorted(_answers(lesson)))
    at = next(n for n, cell in enumerate(book["cells"]) if cell["id"] == name)
    ways: list[Callable[[], bytes]] = [
        lambda: _bytes(book)[: rng.randint(10, 3000)],
        lambda: f"<!DOCTYPE html><html><body>로그인 {number}</body></html>".encode(),
        lambda: b"\xff\xfe" + _bytes(book).decode().encode("utf-16-le"),
        lambda: _bytes({**book, "cells": [cell for cell in book["cells"] if cell["id"] != name]}),
        lambda: _bytes({**book, "cells": [*book["cells"], book["cells"][at]]}),
        lambda: _bytes({**book, "cells": book["cells"][::-1]}),
        lambda: _bytes(_filled(lesson, number, {name: f"def 틀린 문법({number}"})),
        lambda: b"",
    ]
    return rng.choice(ways)()


def _hostile(rng: random.Random, lesson: str, number: int) -> bytes:
    answers = _answers(lesson)
    name = rng.choice(sorted(answers))
    if rng.random() < 0.7:
        return _bytes(_filled(lesson, number, {name: f"{answers[name]}\n\n\n{rng.choice(ON_RUN)}"}))
    plain = name.removeprefix("answer-")
    return _bytes(_filled(lesson, number, {name: f"def {plain}(*args, **kwargs):\n    {rng.choice(ON_CALL)}"}))


MAKERS: dict[str, Callable[[random.Random, str, int], bytes]] = {
    "good": _good, "stub": _stub, "wrong": _wrong, "broken": _broken, "hostile": _hostile,
}  # fmt: skip
