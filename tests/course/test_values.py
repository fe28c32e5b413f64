"""값을 JSON으로: 무엇이 같고 무엇이 다른가."""

from __future__ import annotations

import enum
import json
import math

import pytest

from tcpedu.course.values import BLANK, Raised, Steps, canonical, decode, encode, error_value, same
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import State


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


class Word(enum.StrEnum):
    HI = "hi"


SAME = [
    (1.0, 1),
    (-0.0, 0),
    ((1, 2), [1, 2]),
    (0.1 + 0.2, 0.3),
    (1 / 3, 0.3333333333),
    (0.12345678949999999, 0.1234567895),
    (bytearray(b"ab"), b"ab"),
    (memoryview(b"ab"), b"ab"),
    (Level.LOW, 1),
    (Flags.SYN | Flags.ACK, 0x12),
    (Word.HI, "hi"),
    ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
    ({2: "b", 1: "a"}, {1: "a", 2: "b"}),
    ({3, 1, 2}, frozenset((2, 3, 1))),
    (math.nan, math.nan),
    (Segment(1, 2, 3, flags=Flags.SYN), Segment(1, 2, 3, flags=Flags(2))),
]
DIFFERENT = [
    (True, 1),
    (False, 0),
    (None, 0),
    ("1", 1),
    (b"a", "a"),
    ([], {}),
    ([1], {1}),
    ({"1": 1}, {1: 1}),
    (math.inf, -math.inf),
    (0.1, 0.1000001),
    ({True: 1}, {1: 1}),
    (2**53, 2**53 + 1),
    (ValueError("x"), Raised(ValueError("x"))),
    ({"$bytes": "61"}, b"a"),
    (State.LISTEN, State.CLOSED),
    (Segment(1, 2, 3), Segment(1, 2, 4)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_the_same(one: object, other: object) -> None:
    assert same(encode(one), encode(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_these_differ(one: object, other: object) -> None:
    assert not same(encode(one), encode(other))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -5,
        pytest.param(2**40_000, id="아주 큰 수"),
        0.1,
        math.inf,
        "한글 \ud800",
        b"\x00\xff",
        (1, [2, (3,)], {"a": (4,)}),
        {1: "a", (2, 3): {4}},
        {"$bytes": 1},
        set(),
        State.LISTEN,
        Segment(1, 2, 3, flags=Flags.SYN, options=(), payload=b"x"),
    ],
)
def test_exact_values_come_back(value: object) -> None:
    text = json.dumps(encode(value, exact=True))
    back = decode(json.loads(text))
    assert back == value and type(back) is type(value)
    assert encode(back, exact=True) == encode(value, exact=True)


def test_segment_keeps_its_flags_type() -> None:
    back = decode(encode(Segment(1, 2, 3, flags=Flags.SYN), exact=True))
    assert isinstance(back.flags, Flags)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (UnicodeDecodeError("utf-8", b"", 0, 1, ""), "ValueError"),
        (ConnectionResetError(), "ConnectionError"),
        (TimeoutError(), "TimeoutError"),
        (FileNotFoundError(), "OSError"),
        (EOFError(), "EOFError"),
        (IndexError(), "IndexError"),
        (KeyError("x"), "KeyError"),
        (SystemExit(3), "SystemExit"),
        (NameError("x", name="x"), "NameError"),
        (NameError("x", name=BLANK), "NotImplementedError"),
    ],
)
def test_a_subclass_counts_as_the_promised_error(error: BaseException, kind: str) -> None:
    assert error_value(error) == {"$error": kind}


def test_nothing_makes_encode_fail() -> None:
    loop: list[object] = []
    loop.append(loop)
    deep: object = 0
    for _ in range(5000):
        deep = [deep]

    class Odd:
        def __index__(self) -> int:
            raise RuntimeError

    assert encode(loop) == {"$huge": "list"}
    assert encode(deep) == {"$huge": "list"}
    assert encode(list(range(200_000))) == {"$huge": "list"}
    assert encode(bytes(2_000_000))["length"] == 2_000_000
    assert encode("가" * 2_000_000)["$huge"] == "str"
    assert encode(Odd()) == {"$object": "Odd"}
    assert encode(Color.RED) == {"$enum": "Color.RED"}
    assert encode(iter([])) == {"$object": "list_iterator"}
    assert encode(type("X", (), {})) == {"$object": "type"}


def test_a_coroutine_leaves_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    async def late() -> None: ...

    assert encode(late()) == {"$object": "coroutine"}
    assert not recwarn.list


def test_canonical_is_plain_ascii_without_order() -> None:
    assert canonical(encode({"나": b"\x01", "가": "\ud800"})).isascii()
    assert canonical(encode(Steps((("(1)", None),)))) == '{"$steps":[["(1)",null]]}'
