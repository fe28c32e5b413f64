"""검사, 힌트, 풀이: 배우는 사람이 보는 글."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tcpedu.course.check import check, hint, solution
from tcpedu.course.feedback import Line, Result, clean, code_span
from tcpedu.course.problem import Problem

Cell = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("demo")

WINDOW = "def usable_window(snd_una, snd_nxt, snd_wnd):\n"
# (배우는 사람의 답, 결과의 머리, 들어 있어야 하는 글)
ANSWERS = {
    "손대지 않은 답": (
        WINDOW + '    raise NotImplementedError("여기를 채우세요")',
        "✏️ 미시도",
        ["힌트: hint(usable_window)"],
    ),
    "빈칸이 남은 답": (WINDOW + "    return max(____, 0)", "✏️ 미시도", []),
    "맞는 답": (
        WINDOW + "    return max(snd_una + snd_wnd - snd_nxt, 0)",
        "✅ 정답 — 공개 검사 통과 (3개)",
        ["근거: RFC 9293 §3.8.6.2.1"],
    ),
    "알려진 오해": (
        WINDOW + "    return snd_wnd",
        "❌ 오답 — 공개 검사 1번이 다릅니다 (모두 3개)",
        [
            "진단: 이미 보낸 바이트를 빼지 않았다.",
            "입력: usable_window(100, 150, 80)",
            "기대: 30",
            "실제: 80",
            "근거: RFC 9293 §3.8.6.2.1",
            "힌트: hint(usable_window)",
        ],
    ),
    "세 번째만 틀린 답": (
        WINDOW + "    return snd_una + snd_wnd - snd_nxt",
        "❌ 오답 — 공개 검사 3번",
        ["경우: 윈도우가 줄었을 때", "실제: -50"],
    ),
    "return이 없는 답": (
        WINDOW + "    snd_una + snd_wnd",
        "❌ 오답",
        ["진단: None을 돌려주었습니다. return을 잊지 않았는지 보세요."],
    ),
    "print한 답": (WINDOW + "    print(30)", "❌ 오답", ["print 대신 return을 쓰세요", "print로 찍은 글: 30"]),
    "bool인 답": (WINDOW + "    return snd_wnd == 0", "❌ 오답", ["True/False와 1/0은 다른 값"]),
    "글자인 답": (WINDOW + "    return '30'", "❌ 오답", ["기대는 int, 실제는 str입니다"]),
    "인자가 다른 답": (
        "def usable_window(una):\n    return 1",
        "❌ 오답",
        ["`usable_window(snd_una, snd_nxt, snd_wnd)`", "실제: TypeError: usable_window() takes"],
    ),
    "오류가 나는 답": (
        WINDOW + "    sizes = []\n    total = 0\n    return sizes[snd_wnd]",
        "❌ 오답",
        ["실제: IndexError: list index out of range", "내 코드 4번째 줄:", "▶ 4 |     return sizes[snd_wnd]"],
    ),
    "다른 함수에서 오류가 나는 답": (
        "def half(n):\n    return n / 0\n\n" + WINDOW + "    return half(snd_wnd)",
        "❌ 오답",
        ["실제: ZeroDivisionError", "▶ 2 |     return n / 0"],
    ),
    "라이브러리 안에서 오류가 나는 답": (
        "import json\n" + WINDOW + "    return json.loads('{')",
        "❌ 오답",
        ["실제: JSONDecodeError", "▶ 3 |     return json.loads('{')"],
    ),
    "끝나지 않는 답": (
        WINDOW + "    n = 0\n    while True:\n        n = max(n, 0)\n    return n",
        "❌ 오답",
        ["진단: 2초 안에 끝나지 않아 멈췄습니다", "실제: (시간 안에 끝나지 않음)", "▶ 3 |     while True:"],
    ),
    "도우미를 끝없이 부르는 답": (
        "def count(n):\n    for i in range(1000):\n        n += i\n    return n\n\n"
        + WINDOW
        + "    while True:\n        count(snd_wnd)",
        "❌ 오답",
        ["▶ 7 |     while True:"],
    ),
    "자기를 끝없이 부르는 답": (
        WINDOW + "    return usable_window(snd_una, snd_nxt, snd_wnd)",
        "❌ 오답",
        ["자기 자신을 끝없이 부릅니다", "실제: RecursionError: maximum recursion depth exceeded\n", "▶ 2 |"],
    ),
    "커널을 끄는 답": ("import sys\n" + WINDOW + "    sys.exit(1)", "❌ 오답", ["sys.exit()를 부르지 마세요", "▶ 3 |"]),
    "제너레이터": (WINDOW + "    yield 1", "❌ 오답", ["generator 객체를 돌려주었습니다", "실제: <generator 객체>"]),
    "async 답": ("async " + WINDOW + "    return 30", "❌ 오답", ["async def가 아니라"]),
    "함수를 돌려주는 답": (WINDOW + "    return max", "❌ 오답", ["값이 아니라 builtin_function_or_method 객체"]),
    "아주 큰 답": (WINDOW + "    return [0] * 300_000", "❌ 오답", ["너무 커서", "실제: <너무 큰 list>"]),
    "긴 답": (WINDOW + "    return 'x' * 5000", "❌ 오답", ["(줄임: 모두 5002글자)"]),
    "주소가 든 오류": (
        WINDOW + "    raise RuntimeError(object())",
        "❌ 오답",
        ["실제: RuntimeError: <object object>"],
    ),
}


@pytest.mark.parametrize(("source", "header", "parts"), ANSWERS.values(), ids=ANSWERS)
def test_outcomes(cell: Cell, source: str, header: str, parts: list[str]) -> None:
    result = check(cell(source, "usable_window"))
    text = repr(result)
    assert text.startswith(header)
    for part in parts:
        assert part in text
    assert "모두 통과" not in text and "Traceback" not in text and "probe.py" not in text


@pytest.mark.parametrize(
    "name", ["오류가 나는 답", "알려진 오해", "주소가 든 오류", "자기를 끝없이 부르는 답", "함수를 돌려주는 답"]
)
def test_the_same_text_every_time(cell: Cell, name: str) -> None:
    source = ANSWERS[name][0]
    first, second = (repr(check(cell(source, "usable_window"))) for _ in range(2))
    assert first == second


def test_expected_error_is_said(cell: Cell) -> None:
    text = repr(
        check(
            cell(
                "def port_pair(h):\n    return {'src': h[0]*256+h[1], 'dst': int.from_bytes(h[2:4],'big')}", "port_pair"
            )
        )
    )
    assert "입력: port_pair(bytes.fromhex('0102'))" in text
    assert "기대: ValueError를 낸다" in text and "짧은 헤더를 거절하지 않았다." in text


def test_first_difference_in_a_dict(cell: Cell) -> None:
    text = repr(check(cell("def port_pair(h):\n    return {'src': 1234, 'dst': 1}", "port_pair")))
    assert "처음 다른 곳: ['dst']: 기대 8080, 실제 1" in text


QUEUE = """
class ByteQueue:
    def __init__(self, capacity):
        self.capacity, self.data = capacity, b""
    def write(self, data):
        if not data: raise ValueError
        taken = data[:self.capacity - len(self.data)]
        self.data += taken
        return len(taken)
    def read(self, count):
        out, self.data = self.data[:count], self.data[count:]
        return out
    @property
    def pending(self):
        return len(self.data)
"""
CHANGES = {
    "그대로": ("", "", "✅ 정답 — 공개 검사 통과 (2개)", []),
    "메서드로 만든 속성": ("    @property\n", "", "❌ 오답", ["속성이어야 합니다: `.pending`", "3. .pending\n"]),
    "이름이 다른 메서드": ("def read", "def recv", "❌ 오답", ["이름이 `read`인 메서드나 속성이 없습니다"]),
    "읽은 것이 남는 답": (
        "self.data[:count], self.data[count:]",
        "self.data[:count], self.data",
        "❌ 오답",
        [
            "읽은 것을 지우지 않았다.",
            "순서:\n    1. ByteQueue(8)\n    2. .write(b'abc') → 3\n    3. .pending → 3\n",
            "    4. .read(2) → b'ab'\n    5. .read(2)\n기대: b'c'\n실제: b'ab'",
        ],
    ),
    "걸음에서 오류가 나는 답": ("out, self.data", "out, self.dat", "❌ 오답", []),
    "오류를 내지 않는 답": ("raise ValueError", "return 0", "❌ 오답", ["기대: ValueError를 낸다", "6. .write(b'')"]),
    "메서드 하나가 빈 답": (
        "        return out",
        "        raise NotImplementedError",
        "✏️ 미시도 — 아직 채우지 않은 곳이 있습니다",
        ["4. .read(2)"],
    ),
    "만들 때 오류가 나는 답": (
        'self.capacity, self.data = capacity, b""',
        "self.x = capacity.y",
        "❌ 오답",
        ["AttributeError: 'int' object has no attribute 'y'", "▶ 3 |"],
    ),
}


@pytest.mark.parametrize(("old", "new", "header", "parts"), CHANGES.values(), ids=CHANGES)
def test_stateful_answers(cell: Cell, old: str, new: str, header: str, parts: list[str]) -> None:
    text = repr(check(cell(QUEUE.replace(old, new, 1) if old else QUEUE, "ByteQueue")))
    assert text.startswith(header)
    for part in parts:
        assert part in text


def test_how_to_call_check(cell: Cell) -> None:
    queue = cell(QUEUE, "ByteQueue")
    wrong_uses = {
        "부른 결과가 아니라 함수 자체를": 30,
        "글자가 아니라 함수 자체를 넘기세요: check(usable_window)": "usable_window",
        "글자가 아니라 함수 자체를 넘기세요: check(함수이름)": "모르는 이름",
        "객체가 아니라 클래스 자체를 넘기세요: check(ByteQueue)": queue(3),
        "이름이 `usable_windows`인 문제는 없습니다. 혹시 `usable_window`인가요?": cell(
            "def usable_windows(): ...", "usable_windows"
        ),
        "이름이 `<lambda>`인 문제는 없습니다. 답 셀에 있던 이름을": lambda: 0,
    }
    for text, answer in wrong_uses.items():
        assert text in repr(check(answer))


def test_a_lambda_is_known_by_its_notebook_name(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = lambda snd_una, snd_nxt, snd_wnd: max(snd_una + snd_wnd - snd_nxt, 0)  # noqa: E731
    monkeypatch.setattr(sys.modules["__main__"], "usable_window", answer, raising=False)
    assert repr(check(answer)).startswith("✅")


def test_hints_go_one_by_one_then_the_solution_opens(
    cell: Cell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # 강의 폴더 밖: 풀이 노트북이 없으면 기준 답의 소스를 보인다
    answer = cell(ANSWERS["손대지 않은 답"][0], "usable_window")
    assert repr(solution(answer)).startswith("🔒") and "남은 힌트 2개" in repr(solution(answer))
    assert repr(hint(answer)).startswith("💡 힌트 1/2")
    assert repr(solution(answer)).startswith("🔒")
    second = repr(hint(answer))
    assert second.startswith("💡 힌트 2/2") and "`max`를 떠올려 보자." in second and "solution(usable_window)" in second
    assert repr(hint("usable_window")) == second
    opened = repr(solution(answer))
    assert opened.startswith("📖 풀이") and "return max(snd_una + snd_wnd - snd_nxt, 0)" in opened
    assert "설명: 윈도우의 오른쪽 끝에서" in opened


def test_a_right_answer_opens_the_solution(cell: Cell) -> None:
    answer = cell(ANSWERS["맞는 답"][0], "usable_window")
    assert repr(solution(answer)).startswith("🔒")
    check(answer)
    assert repr(solution(answer)).startswith("📖")


def test_markdown_says_the_same(cell: Cell) -> None:
    for source, *_ in ANSWERS.values():
        if "while" in source:
            continue
        result = check(cell(source, "usable_window"))
        words = re.findall(r"\w+", repr(result).replace("`", ""))
        shown = re.findall(r"\w+", re.sub(r"```text", "", result._repr_markdown_()).replace("`", ""))
        assert words == shown


NASTY = [
    "</code><script>alert(1)</script>",
    "``` x",
    "a`b``c",
    "| 표 | \n# 제목\n- 줄",
    "$x^2$ **굵게**",
    "`",
    "\x1b[31m빨강\u202e",
    "x\n```\n# 제목\n````\n- 줄",
]


@pytest.mark.parametrize("text", NASTY)
def test_learner_text_stays_inside_code(text: str) -> None:
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark").render(
        Result("❌ 오답", (Line("실제", text, code=True), Line("근거", "RFC")))._repr_markdown_()
    )
    outside = re.sub(r"<code.*?</code>", "", html, flags=re.DOTALL)
    assert re.sub(r"<[^>]+>|\s", "", outside) == "❌오답실제:근거:RFC"
    assert "\x1b" not in html and "\u202e" not in html


def test_code_span_round_trip() -> None:
    assert code_span("x") == "`x`" and code_span(" x") == "`  x `" and clean("\t|") == "    |"


def test_check_is_quick(cell: Cell, demo: dict[str, Problem]) -> None:
    import statistics
    import time

    answer = cell(ANSWERS["알려진 오해"][0], "usable_window")
    times = []
    for _ in range(9):
        start = time.perf_counter()
        check(answer)
        times.append(time.perf_counter() - start)
    print(f"검사 한 번: {statistics.median(times) * 1000:.1f} ms")
    assert statistics.median(times) < 1
