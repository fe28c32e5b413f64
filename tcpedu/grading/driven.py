"""상태가 있는 답을 채점기가 시키는 대로 한 번씩 부른다: 커널의 쪽.

다음에 무엇을 부를지는 앞의 결과를 보낸 뒤에야 온다(`driving.py`). 각본도 시뮬레이션도 커널 밖에 있으므로 답은 다음
일을 미리 볼 수 없고, 이미 보낸 결과를 고칠 수 없다.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import partial
from operator import index
from types import SimpleNamespace
from typing import Any

from tcpedu.course.limits import TimeLimit
from tcpedu.course.probe import cases_to_json
from tcpedu.course.values import Steps, decode, encode, error_value
from tcpedu.grading.channel import Line
from tcpedu.grading.inside import probe
from tcpedu.protocol.config import Config
from tcpedu.protocol.options import pack_options, parse_options
from tcpedu.protocol.segment import Flags, Segment

_DEFAULT = Config()
NUMBERS = ("src_port", "dst_port", "seq", "ack", "flags", "window", "urgent", "reserved")
SEEN = (
    "state", "called", "snd_una", "snd_nxt", "snd_wnd", "rcv_nxt", "in_flight", "cwnd", "ssthresh", "rto", "srtt",
    "phase", "readable", "eof",
)  # fmt: skip


def drive(
    name: str, adapter: str, count: int, address: tuple[str, int], token: str, digits: int, seconds: float,
    explain: bool,
) -> None:  # fmt: skip
    """답(의 이름)을 `count`번 채점기에 맡긴다. 찍는 줄은 비어 있다: 결과는 이미 채점기에 있다."""
    cases = cases_to_json([SimpleNamespace(args=(number,), kwargs={}) for number in range(count)])
    line = Line(address, token)
    tell = Seen if adapter == "endpoint" else partial(_value, digits)
    obey: Any = partial(_obey, line, tell)
    try:
        probe(name, obey, cases, digits, seconds, explain)
    finally:
        line.close()


def _value(digits: int, target: Any) -> Callable[[Any], Any]:
    return lambda result: encode(result, digits)


def _obey(line: Line, tell: Callable[[Any], Callable[[Any], Any]], answer: Any, case: Any) -> Steps:
    """채점기가 그만두라고 할 때까지 시키는 일을 하고 결과를 말한다."""
    made: list[tuple[Any, Callable[[Any], Any]]] = []
    order = line.ask("begin", *case.args)
    while order[0] != "over":
        try:
            result = _do(order, answer, made, tell)
        except (KeyboardInterrupt, TimeLimit):
            raise
        except BaseException as error:
            order = line.ask("raised", error_value(error))
        else:
            order = line.ask("gave", result)
    return Steps(())


def _do(order: Any, answer: Any, made: list[Any], tell: Callable[[Any], Callable[[Any], Any]]) -> Any:
    what, *given = order
    if what == "make":
        args, kwargs = map(unpack, given)
        target = answer(*args, **kwargs)
        made.append((target, tell(target)))
        return made[-1][1](None)
    number, name, *rest = given
    target, told = made[number]
    if what == "get":
        return told(getattr(target, name))
    args, kwargs = map(unpack, rest)
    return told(getattr(target, name)(*args, **kwargs))


class Seen:
    """끝(endpoint) 하나의 결과를 말하는 법: 돌려준 값에, 그 사이 바뀐 변수를 붙인다."""

    def __init__(self, target: Any) -> None:
        self.target = target
        self.before: dict[str, Any] = {}

    def __call__(self, result: Any) -> Any:
        now = dict(self._look())
        changed = {name: value for name, value in now.items() if self.before.get(name, self) != value}
        self.before = now
        return [pack(result), changed]

    def _look(self) -> Iterator[tuple[str, Any]]:
        looks: dict[str, Callable[[], Any]] = {name: partial(getattr, self.target, name) for name in SEEN}
        looks["next_timer"] = lambda: self.target.next_timer()
        looks["changes"] = lambda: [tuple(one) for one in self.target.changes]
        for name, look in looks.items():
            try:
                yield name, encode(look(), exact=True)
            except Exception as error:
                yield name, error_value(error)


def pack(value: Any) -> Any:
    """값을 JSON으로. 틀린 답이 만든, 선 위에 적을 수 없는 번호의 세그먼트도 그대로 적는다."""
    if isinstance(value, Segment):
        numbers = [index(getattr(value, name)) for name in NUMBERS]
        return {"$segment": [*numbers, pack_options(value.options).hex(), bytes(value.payload).hex()]}
    if isinstance(value, (list, tuple)) and any(isinstance(one, Segment) for one in value):
        return [pack(one) for one in value]
    if isinstance(value, Config):  # 모두 적지는 않는다: 처음 값에는 JSON이 아닌 것도 있다
        names = (field.name for field in fields(Config))
        given = {name: getattr(value, name) for name in names if getattr(value, name) != getattr(_DEFAULT, name)}
        return {"$config": encode(given, exact=True)}
    return encode(value, exact=True)


def unpack(value: Any) -> Any:
    """채점기가 준 값을 되돌린다."""
    if isinstance(value, dict) and "$segment" in value:
        return segment(value["$segment"])
    if isinstance(value, dict) and "$config" in value:
        return Config(**decode(value["$config"]))
    if isinstance(value, dict) and "$tuple" in value:
        return tuple(map(unpack, value["$tuple"]))
    return decode(value)


def segment(row: Sequence[Any]) -> Segment:
    """`pack`이 적은 세그먼트. 모양이 어긋나면 `ValueError`."""
    *numbers, options, payload = row
    if len(numbers) != len(NUMBERS) or not all(type(one) is int and abs(one) < 1 << 48 for one in numbers):
        raise ValueError("세그먼트가 아닙니다")
    given: dict[str, Any] = dict(zip(NUMBERS, numbers, strict=True))
    given |= {"flags": Flags(given["flags"] & 0xFF), "options": parse_options(bytes.fromhex(options))}
    return Segment(**given, payload=bytes.fromhex(payload))
