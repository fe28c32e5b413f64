"""탐침: 답을 부르고 값만 한 줄로 찍는다."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tcpedu.course.probe import cases_from_json, cases_to_json, line, probe, run_cases
from tcpedu.course.problem import Case
from tcpedu.course.values import MISSING, TIMEOUT


def values(answer: Any, *cases: Case, adapter: str = "call", seconds: float = 2.0) -> list[Any]:
    return [outcome.value for outcome in run_cases(answer, adapter, cases, seconds=seconds)]


def test_one_canonical_line(capsys: pytest.CaptureFixture[str]) -> None:
    def noisy(n: int) -> tuple[int, bytes]:
        print("시끄러운 답")
        return n, b"\x01"

    probe(noisy, "call", cases_to_json([Case((1,)), Case((2,))]))
    assert capsys.readouterr().out == '[[1,{"$bytes":"01"}],[2,{"$bytes":"01"}]]\n'


def test_by_name_in_the_notebook(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "double", lambda n: 2 * n, raising=False)
    text = cases_to_json([Case((4,))])
    probe("double", "call", text)
    probe("nowhere_defined", "call", text)
    assert capsys.readouterr().out == "[8]\n" + line([MISSING]) + "\n"


def test_arguments_arrive_as_written() -> None:
    cases = [Case((("a", 1), [2], b"\x00", {3: (4,)}), {"key": 0.1})]
    [back] = cases_from_json(cases_to_json(cases))
    assert (back.args, back.kwargs) == (cases[0].args, cases[0].kwargs)
    assert json.loads(cases_to_json(cases))


def test_an_answer_may_change_its_arguments() -> None:
    def eats(items: list[int]) -> int:
        return items.pop()

    shared = [1, 2]
    assert values(eats, Case((shared,)), Case((shared,))) == [2, 2]
    assert shared == [1, 2]


@pytest.mark.parametrize(
    ("error", "value"),
    [
        (ValueError("x"), "ValueError"),
        (SystemExit(1), "SystemExit"),
        (GeneratorExit(), "GeneratorExit"),
        (RecursionError(), "RecursionError"),
        (MemoryError(), "MemoryError"),
        (NotImplementedError(), "NotImplementedError"),
    ],
)
def test_errors_are_values_and_the_next_case_runs(error: BaseException, value: str) -> None:
    def answer(n: int) -> int:
        if n:
            return n
        raise error

    assert values(answer, Case((0,)), Case((1,))) == [{"$error": value}, 1]


def test_interrupt_goes_through() -> None:
    def answer() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        values(answer, Case())


def test_an_endless_case_ends_the_run() -> None:
    def answer(n: int) -> int:
        while n:
            pass
        return 7

    assert values(answer, Case((0,)), Case((1,)), Case((0,)), seconds=0.2) == [7, TIMEOUT, TIMEOUT]


def test_endless_printing_does_not_fill_memory() -> None:
    def answer() -> None:
        while True:
            print("가" * 1000)

    [outcome] = run_cases(answer, "call", [Case()], seconds=0.3)
    assert outcome.value == TIMEOUT and len(outcome.printed) <= 20_000


def test_output_is_restored(capsys: pytest.CaptureFixture[str]) -> None:
    def answer() -> None:
        print("안")
        raise SystemExit

    [outcome] = run_cases(answer, "call", [Case()])
    print("밖")
    assert outcome.printed == "안\n" and capsys.readouterr().out == "밖\n"


class Counter:
    def __init__(self, start: int = 0) -> None:
        self.n = start

    def add(self, by: int = 1) -> int:
        if by < 0:
            raise ValueError
        self.n += by
        return self.n


STEPS = [
    (
        Case(((3,), [("add", ()), ("add", (-1,)), ("add", {"by": 2}), ("get", "n"), ("get", "m"), ("nope", ())])),
        [
            ["(3)", None],
            [".add()", 4],
            [".add(-1)", {"$error": "ValueError"}],
            [".add(by=2)", 6],
            [".n", 6],
            [".m", {"$error": "AttributeError"}],
            [".nope()", {"$error": "AttributeError"}],
        ],
    ),
    (Case(({"start": 1}, [("get", "n")])), [["(start=1)", None], [".n", 1]]),
    (Case(((), []), {"start": 5}), [["(start=5)", None]]),
    (Case(((1, 2), [("add", ())])), [["(1, 2)", {"$error": "TypeError"}]]),
]


@pytest.mark.parametrize(("case", "rows"), STEPS)
def test_steps_record_everything(case: Case, rows: list[Any]) -> None:
    assert values(Counter, case, adapter="steps") == [{"$steps": rows}]


def test_steps_stop_at_the_time_limit() -> None:
    class Endless(Counter):
        def add(self, by: int = 1) -> int:
            while True:
                pass

    assert values(Endless, Case(((), [("add", ())])), adapter="steps", seconds=0.2) == [TIMEOUT]


@pytest.mark.parametrize("make", [list, iter, lambda items: (n for n in items)])
def test_consume_takes_any_sequence(make: Callable[[list[int]], Iterator[int]]) -> None:
    assert values(make, Case(([1, 2],)), adapter="consume") == [[1, 2]]


def test_consume_stops_an_endless_answer() -> None:
    def endless() -> Iterator[int]:
        while True:
            yield 1

    [value] = values(endless, Case(), adapter="consume")
    assert len(value) == 10_000


def test_the_kernel_side_knows_no_answer() -> None:
    """채점 커널이 불러오는 모듈에는 기준 답도, 다른 패키지도 없다."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "import tcpedu.course.probe\n"
        "new = {name for name in sys.modules if name not in before}\n"
        "print('\\n'.join(sorted(n for n in new if n.partition('.')[0] not in sys.stdlib_module_names)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    parts = ("adapters", "limits", "probe", "show", "values")
    assert set(out) == {"tcpedu", "tcpedu.course", *(f"tcpedu.course.{part}" for part in parts)}
