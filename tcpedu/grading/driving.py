"""상태가 있는 답을 채점기의 과정에서 한 걸음씩 시킨다. 커널의 쪽은 `driven.py`다.

각본과 시뮬레이션과 상대의 `Connection`은 여기에 있다. 커널에 있는 답은 다음 사건을 미리 알 수 없고, 결과는 그때그때
받아 적으므로 나중에 고칠 수 없다.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tcpedu.course.adapters import endpoint, take_steps
from tcpedu.course.values import MISSING, Encoded, Opaque, Raised, Steps, decode, encode, error_value
from tcpedu.grading.driven import SEEN, pack, segment
from tcpedu.grading.hosting import Confused, Host
from tcpedu.protocol.congestion.base import Phase
from tcpedu.protocol.segment import SegmentError
from tcpedu.protocol.state import Event, State
from tcpedu.protocol.tcb import Change

MOST = 20_000  # 한 입력에서 시키는 일의 수. 맴도는 답도 여기서 끝난다


class AnswerError(Exception):
    """답에서 난 오류. `told`는 커널이 적은 값이다."""

    def __init__(self, told: Any) -> None:
        super().__init__(told)
        self.told = told


class DriverHost(Host):
    """입력마다 답을 하나 만들고, 각본이나 시뮬레이션을 여기서 돌리며 답을 부른다."""

    KERNEL = "tcpedu.grading.driven:drive"
    LONGEST = 4_000_000
    last = 0  # 커널이 마지막으로 한 말의 번호
    broken = False

    def __init__(self, meeting: Any, listener: Any) -> None:
        super().__init__(meeting, listener)
        self.seen: list[Any] = []  # 입력마다의 기록

    def value(self, number: int, printed: Any) -> Any:
        if not isinstance(printed, dict) or "$steps" not in printed:
            return printed  # 부르지도 못했거나 시간이 다 되었다
        return self.seen[number] if number < len(self.seen) else dict(MISSING)

    def answer(self, request: str) -> None:
        word, case = self._understood(request)
        if word != "begin" or case != len(self.seen) or case == len(self.meeting.cases):
            raise Confused
        self.asked = 0
        drive = _drive_endpoint if self.meeting.problem.adapter == "endpoint" else _drive_steps
        rows = [(text, _settled(item)) for text, item in drive(self, self.meeting.cases[case]).rows]
        if self.broken:
            raise Confused
        self.seen.append(encode(Steps(tuple(rows)), self.meeting.problem.digits))
        self.say(self.last, ["over"])

    def order(self, what: str, *given: Any) -> Any:
        """커널에 일을 하나 시키고 결과를 받는다. 답에서 오류가 나면 `AnswerError`."""
        try:
            self.asked += 1
            if self.broken or self.asked > MOST:
                raise Confused
            self.say(self.last, [what, *given])
            word, result = self._understood(self.lines.readline(self.LONGEST))
            if word not in ("gave", "raised") or (word == "raised" and not _is_error(result)):
                raise Confused
        except (OSError, Confused):
            self.broken = True  # 각본이 이 오류를 답의 것으로 알고 이어 가도, 이 만남은 끝났다
            raise
        if word == "raised":
            raise AnswerError(result)
        return result

    def _understood(self, text: str) -> tuple[str, Any]:
        try:
            self.last, word, result = json.loads(text)
        except (ValueError, TypeError, RecursionError):
            raise Confused from None
        return word, result


def _is_error(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"$error"} and isinstance(value["$error"], str)


def _settled(item: Any) -> Any:
    """답에서 난 오류는 커널이 적은 값으로."""
    return Encoded(item.error.told) if isinstance(item, Raised) and isinstance(item.error, AnswerError) else item


# 한 걸음씩 부르는 답 ----------------------------------------------------------


class _Far:
    """커널에 있는 답 (`adapters.Target`)."""

    def __init__(self, host: DriverHost) -> None:
        self.host = host

    def make(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.host.order("make", encode(args, exact=True), encode(kwargs, exact=True))

    def get(self, name: str) -> Any:
        return Encoded(self.host.order("get", 0, name))

    def call(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return Encoded(self.host.order("call", 0, method, encode(args, exact=True), encode(kwargs, exact=True)))


def _drive_steps(host: DriverHost, case: Any) -> Steps:
    return take_steps(_Far(host), case)


# 캡스톤의 끝 ------------------------------------------------------------------


def _drive_endpoint(host: DriverHost, case: Any) -> Steps:
    made = 0

    def answer(config: Any, *, iss: int) -> _FarEnd:
        nonlocal made
        made += 1
        return _FarEnd(host, made - 1, config, iss)

    return endpoint(answer, case)


class _FarEnd:
    """커널에 있는 끝. 호출은 커널로 가고, 변수는 마지막 호출 뒤에 들은 것이다."""

    negotiated, only_data = SimpleNamespace(ecn=False), False

    def __init__(self, host: DriverHost, number: int, config: Any, iss: int) -> None:
        self._host, self._number, self.config = host, number, config
        self._seen: dict[str, Any] = {}
        self._hear(host.order("make", {"$tuple": [pack(config)]}, encode({"iss": iss}, exact=True)))

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        packed = {"$tuple": [pack(one) for one in args]}
        return self._hear(self._host.order("call", self._number, method, packed, encode(kwargs, exact=True)))

    def _hear(self, told: Any) -> Any:
        try:
            result, changed = told
            self._seen.update(changed)
            return _result(result)
        except (TypeError, ValueError, KeyError, SegmentError):
            raise AnswerError(error_value(TypeError())) from None

    def __getattr__(self, name: str) -> Any:
        if name not in _READERS or name not in self._seen:
            raise AnswerError(error_value(AttributeError()))
        value = self._seen[name]
        if _is_error(value):
            raise AnswerError(value)
        try:
            return _READERS[name](value)
        except (TypeError, ValueError, KeyError):
            raise AnswerError(error_value(TypeError())) from None

    @property
    def sending_limits(self) -> tuple[Any, Any, Any]:
        return self.cwnd, self.ssthresh, self.rto

    def next_timer(self) -> Any:
        return self.__getattr__("next_timer")

    def open(self) -> Any:
        return self._ask("open")

    def listen(self) -> Any:
        return self._ask("listen")

    def write(self, data: Any) -> Any:
        return self._ask("write", bytes(data))

    def read(self, n: int | None = None) -> Any:
        return self._ask("read", n)

    def close(self) -> Any:
        return self._ask("close")

    def abort(self) -> Any:
        return self._ask("abort")

    def reopens(self, one: Any) -> Any:
        return self._ask("reopens", one)

    def receive(self, one: Any, now: float, **given: Any) -> Any:
        return self._ask("receive", one, now, **given)

    def poll(self, now: float) -> Any:
        return self._ask("poll", now)


def _result(value: Any) -> Any:
    """끝이 돌려준 값. 세그먼트의 목록과 흔한 값만 되돌린다."""
    if isinstance(value, list) and value and all(isinstance(one, dict) and "$segment" in one for one in value):
        return [segment(one["$segment"]) for one in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    """커널이 적은 값 가운데 흔한 것만 되돌린다: 이름을 대고 무엇을 만들게 할 수는 없다."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return decode(value) if len(value) == 1 and set(value) <= {"$bytes", "$float", "$int"} else Opaque("")
    return value


def _number(value: Any) -> Any:
    number = _plain(value)
    if number is not None and (type(number) not in (int, float) or math.isnan(number)):
        raise TypeError
    return number


def _state(value: Any) -> State:
    return State[value["member"]]


def _changes(rows: Any) -> list[Change]:
    changes = (row["$tuple"] for row in rows)
    return [Change(Event[event["member"]], _state(old), _state(new)) for event, old, new in changes]


_READERS: dict[str, Callable[[Any], Any]] = dict.fromkeys((*SEEN, "next_timer"), _number)
_READERS |= {"state": _state, "changes": _changes, "phase": Phase, "called": bool, "eof": bool}
