"""채점 노트북 짜기: 누구의 어느 셀이 답인가, 무엇이 함께 옮겨지는가."""

import json
import random

import pytest

from tcpedu.grading.compose import compose
from tcpedu.grading.plan import Role

STUB = 'def square(x):\n    raise NotImplementedError("여기를 채우세요")'


def sources(composed, role: Role) -> list[str]:
    ids = {cell.id for cell in composed.plan.cells if cell.role is role}
    return [cell.source for cell in composed.notebook.cells if cell.id in ids]


def test_every_cell_is_ours(assignment, submit, right) -> None:
    composed = compose(submit(**right), assignment)
    for cell in composed.notebook.cells:
        assert cell.metadata == {} and cell.execution_count
    assert set(composed.notebook.metadata) == {"kernelspec"}
    assert sources(composed, Role.ANSWER) == list(right.values())


def test_probes_hold_the_references_values(assignment, submit, right) -> None:
    composed = compose(submit(**right), assignment)
    outputs = {cell.id: cell.outputs for cell in composed.notebook.cells}
    assert outputs["probe-square-public"][0].text == "[1,4,9]\n"
    cases = composed.cases["probe-cube-fresh"]
    assert json.loads(outputs["probe-cube-fresh"][0].text) == [case.args[0] ** 3 for case in cases]
    for cell in composed.notebook.cells:
        if not cell.id.startswith("probe-") and cell.id != "canary":
            assert cell.outputs == []


def test_fresh_inputs_differ_by_submission_and_repeat(assignment, submit, right) -> None:
    one, again = (compose(submit(**right), assignment) for _ in range(2))
    assert json.dumps(one.notebook) == json.dumps(again.notebook)
    random.seed(1)  # 바깥의 난수는 상관없다
    assert compose(submit(**right), assignment).cases == one.cases
    other = compose(submit(**right), assignment, seed="다른 학기")
    assert other.cases["probe-cube-fresh"] != one.cases["probe-cube-fresh"]
    moved = submit(**right).__class__("1" * 64, submit(**right).cells)
    assert compose(moved, assignment).cases["probe-cube-fresh"] != one.cases["probe-cube-fresh"]


def test_found_by_name_without_ids(assignment, submit, right) -> None:
    composed = compose(submit(*reversed(right.values())), assignment)
    assert all(answer.usable for answer in composed.answers.values())
    assert composed.findings == ()


def test_last_definition_wins(assignment, submit, right) -> None:
    composed = compose(submit(*right.values(), "def square(x):\n    return -1"), assignment)
    assert composed.answers["square"].unit.source.text == "def square(x):\n    return -1"
    assert any("두 번 있습니다: 마지막 것을 채점했습니다" in text for text in composed.findings)
    assert right["square"] not in sources(composed, Role.ANSWER)


@pytest.mark.parametrize("later", [STUB, "def square(x)\n    return"])
def test_a_later_stub_or_broken_copy_does_not_hide_the_answer(assignment, submit, right, later) -> None:
    composed = compose(submit(*right.values(), later), assignment)
    assert composed.answers["square"].unit.source.text == right["square"]


@pytest.mark.parametrize(
    ("sources", "answers", "trouble"),
    [
        ((), {}, "`square`의 답 셀을 찾지 못했습니다"),
        ((), {"square": ""}, "이 비어 있습니다"),
        ((), {"square": "x = 1"}, "그 이름의 정의가 없습니다"),
        ((), {"square": "def my_answer(x):\n    return x * x"}, "`my_answer`(이)라는 함수를 찾았습니다"),
        (("def Square(x):\n    return x * x",), {}, "이름을 `square`(으)로 되돌리세요"),
        ((), {"square": "def square(x)\n    return x"}, "1번째 줄 `def square(x)`"),
    ],
)
def test_trouble_is_told(assignment, submit, right, sources, answers, trouble) -> None:
    others = {name: text for name, text in right.items() if name != "square"}
    composed = compose(submit(*sources, **others, **answers), assignment)
    assert trouble in composed.answers["square"].trouble
    assert not any(cell.id.startswith("probe-square") for cell in composed.notebook.cells)
    assert any(cell.id.startswith("probe-cube") for cell in composed.notebook.cells)


def test_helpers_come_along_but_experiments_do_not(assignment, submit, right) -> None:
    answers = {**right, "cube": "def cube(x):\n    return product(x, x, x)"}
    helpers = (
        "from functools import reduce\nprint('지우지 않은 출력')",
        "def product(*xs):\n    return reduce(times, xs, UNIT)\n\n\nproduct(1, 2)",
        "UNIT = 1\nwhile False:\n    pass",
        "def times(a, b):\n    return a * b",
        "def unused():\n    pass",
        "double(3)\ncheck(double)",
    )
    composed = compose(submit(*helpers, **answers), assignment)
    carried = "\n".join(sources(composed, Role.HELPER))
    for wanted in ("import reduce", "def product", "UNIT = 1", "def times"):
        assert wanted in carried
    for unwanted in ("지우지 않은", "product(1, 2)", "while", "unused", "double(3)"):
        assert unwanted not in carried


def test_scaffold_is_ours_and_only_what_is_needed(assignment, submit, right) -> None:
    composed = compose(submit(**{**right, "double": "def double(x):\n    return scaled(x)"}), assignment)
    setup = sources(composed, Role.SETUP)
    assert any("def scaled" in text and "BASE = 2" in text for text in setup)
    assert not any("import math" in text for text in setup)


def test_cells_are_ordered_by_what_they_need_first(assignment, submit, right) -> None:
    answers = {**right, "double": "def double(x, factor=TWO):\n    return factor * x"}
    composed = compose(submit(*answers.values(), "TWO = int(ONE + ONE)", "ONE = 1"), assignment)
    order = [cell.source for cell in composed.notebook.cells]
    places = [order.index(text) for text in ("ONE = 1", "TWO = int(ONE + ONE)", answers["double"])]
    assert places == sorted(places)


def test_one_cell_may_answer_several_problems(assignment, submit, right) -> None:
    composed = compose(submit("\n\n".join(right.values())), assignment)
    (cell,) = [cell for cell in composed.plan.cells if cell.role is Role.ANSWER]
    assert cell.problems == ("double", "square", "cube")


def test_needed_by_follows_names(assignment, submit, right) -> None:
    answers = {**right, "cube": "def cube(x):\n    return square(x) * x"}
    composed = compose(submit(**answers), assignment)
    cube, double = (composed.plan.needed_by(name) for name in ("cube", "double"))
    assert {"cell-2", "cell-3"} <= cube and "cell-1" not in cube
    assert "cell-1" in double and "cell-2" not in double
