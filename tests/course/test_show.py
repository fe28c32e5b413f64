"""값을 사람이 읽는 글로."""

from __future__ import annotations

import pytest

from tcpedu.course.show import arguments, difference, show
from tcpedu.course.values import encode

SHOWN = [
    (None, "None"),
    (True, "True"),
    ("가'", '"가\'"'),
    (b"hello", "b'hello'"),
    (b"\x04\xd2\x1f\x90\xff", "bytes.fromhex('04d2 1f90 ff')"),
    (b"", "b''"),
    ([1, (2,)], "[1, [2]]"),
    ({"a": 1}, "{'a': 1}"),
    ({1: b"a"}, "{1: b'a'}"),
    ({1, 2}, "{1, 2}"),
    (set(), "set()"),
    (float("nan"), "float('nan')"),
    (object(), "<object 객체>"),
]


@pytest.mark.parametrize(("value", "text"), SHOWN)
def test_show(value: object, text: str) -> None:
    assert show(encode(value)) == text


def test_shown_bytes_can_be_pasted_back() -> None:
    data = bytes(range(20))
    assert eval(show(encode(data))) == data


def test_long_values_are_cut_and_say_so() -> None:
    assert show(encode(bytes(1000))).endswith("… (모두 1000바이트)")
    assert "항목 1000개" in show(encode(list(range(1000)))) and len(show(encode(list(range(1000))))) < 300
    assert show(encode("x" * 10_000)).endswith("글자)")


def test_tuples_are_shown_as_given() -> None:
    assert (
        arguments(encode((("10.0.0.1", 80), 1), exact=True)["$tuple"], {"fin": True})
        == "(('10.0.0.1', 80), 1, fin=True)"
    )


@pytest.mark.parametrize(
    ("expected", "actual", "text"),
    [
        ([1, 2], [1, 3], "[1]: 기대 2, 실제 3"),
        ([1, 2], [1], "길이: 기대 2, 실제 1"),
        ([True], [1], "[0]: 기대 True, 실제 1"),
        ({"a": 1, "b": 2}, {"a": 1}, "없는 열쇠: 'b'"),
        ({"a": 1}, {"a": 1, "z": 2}, "없어야 하는 열쇠: 'z'"),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "['a'][1]['b']: 기대 2, 실제 3"),
        ([[1]], [[1, 2]], "[0] 길이: 기대 1, 실제 2"),
        ([*"abcde"], [*"bcdef"], "빠진 것 1개('a'), 더 든 것 1개('f')"),
        ([*"abcde"], [*"abcdefg"], "더 든 것 2개('f' …)"),
        ([*"abcde"], [*"abced"], "[3]: 기대 'd', 실제 'e'"),
        (1, 2, None),
        ([1], (None), None),
    ],
)
def test_first_difference(expected: object, actual: object, text: str | None) -> None:
    assert difference(encode(expected), encode(actual)) == text


def test_an_input_is_long_enough_to_call_it_again() -> None:
    """기대와 실제는 240글자에서 줄이지만, 입력은 스무 줄짜리 표도 그대로 부를 수 있게 적는다."""
    rows = encode([(n / 100, 0.02) for n in range(40)])
    assert "줄임" in show(rows) and "줄임" not in arguments([rows], {})
    assert "줄임" in arguments([rows * 9], {})
