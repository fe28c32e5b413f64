"""답을 부르는 방법들. 배우는 사람의 커널에서 돈다.

함수 하나는 `(answer, case) -> 값`이다. 값은 `values.encode`가 아는 것이면 되고,
오류는 그냥 나게 둔다. 불러올 때는 표준 라이브러리만 쓰고, 기준 답을 부르지 않는다.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Protocol

from tcpedu.course.limits import TimeLimit
from tcpedu.course.show import arguments
from tcpedu.course.values import Raised, Steps, encode

MANY = 10_000


class Call(Protocol):
    """부를 때 넣을 것: 위치 인자와 이름 인자."""

    @property
    def args(self) -> tuple[Any, ...]: ...

    @property
    def kwargs(self) -> Mapping[str, Any]: ...


def call(answer: Any, case: Call) -> Any:
    """함수를 한 번 부른다."""
    return answer(*case.args, **case.kwargs)


def consume(answer: Any, case: Call) -> list[Any]:
    """차례로 내놓는 답(리스트, 제너레이터, 반복자)을 리스트로 모은다."""
    return list(islice(answer(*case.args, **case.kwargs), MANY))


class Target(Protocol):
    """차례로 부를 답. 채점기에서는 다른 과정에 있는 답이기도 하다."""

    def make(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object: ...

    def get(self, name: str) -> Any: ...

    def call(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...


class Here:
    """같은 과정에 있는 답."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def make(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.target = self.answer(*args, **kwargs)

    def get(self, name: str) -> Any:
        return getattr(self.target, name)

    def call(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return getattr(self.target, method)(*args, **kwargs)


def steps(answer: Any, case: Call) -> Steps:
    """클래스로 인스턴스를 만들고 차례로 부르며 결과를 모두 적는다.

    `case.args = (만들 때 인자, [(메서드, 인자), …])`이고 `("get", "이름")`은 속성을
    읽는다. 인자 자리에 dict를 두면 이름 인자가 된다. 한 걸음에서 난 오류는 그
    걸음의 결과로 적고 다음 걸음으로 간다.
    """
    return take_steps(Here(answer), case)


def take_steps(target: Target, case: Call) -> Steps:
    """`target`을 `case`대로 한 걸음씩 부른다."""
    start, script = case.args
    args, kwargs = _split(start)
    kwargs = {**kwargs, **case.kwargs}
    # 답의 이름은 적지 않는다: 기준 답과 이름이 달라도 기록이 같아야 한다.
    rows: list[tuple[str, Any]] = [(_shown(args, kwargs), None)]
    try:
        target.make(args, kwargs)
    except Exception as error:
        return Steps(((rows[0][0], Raised(error)),))
    for method, given in script:
        rows.append(_step(target, method, given))
    return Steps(tuple(rows))


def _step(target: Target, method: str, given: Any) -> tuple[str, Any]:
    if method == "get" and isinstance(given, str):
        text, do = f".{given}", lambda: target.get(given)
    else:
        args, kwargs = _split(given)
        text = f".{method}{_shown(args, kwargs)}"
        do = lambda: target.call(method, args, kwargs)  # noqa: E731
    try:
        return text, do()
    except (KeyboardInterrupt, TimeLimit):
        raise
    except BaseException as error:
        return text, Raised(error)


def _split(given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return ((), dict(given)) if isinstance(given, dict) else (tuple(given), {})


def _shown(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    return arguments(encode(args), encode(kwargs))


def endpoint(answer: Any, case: Call) -> Steps:
    """캡스톤의 끝을 세운다. `case.args`는 `("by_hand", 설정, iss, irs, 각본)` 또는 `("talk", 조건)`이다."""
    from tcpedu.course.capstone.by_hand import by_hand
    from tcpedu.course.capstone.talk import talk

    kind, *rest = case.args
    return by_hand(answer, *rest) if kind == "by_hand" else talk(answer, **rest[0])


def capture_filter(answer: Any, case: Call) -> list[str]:
    """캡처 필터의 글을 돌려주는 답: 글이 아니라, 그 필터가 남기는 패킷을 견준다."""
    from tcpedu.network.filter_practice import kept  # 이 문제에서만 쓴다

    text = answer(*case.args, **case.kwargs)
    if not isinstance(text, str):
        raise TypeError(f"필터는 글(str)이어야 합니다: {type(text).__name__}을(를) 돌려주었습니다")
    return kept(text)


def _socket(name: str) -> Callable[[Any, Call], Steps]:
    """소켓을 받는 답. 소켓 문제를 풀 때만 불러온다."""

    def adapter(answer: Any, case: Call) -> Steps:
        from tcpedu.course.socket_answers import ADAPTERS

        return ADAPTERS[name](answer, case)

    return adapter


SOCKETS = ("socket_call", "socket_send", "socket_lines", "socket_server")
DRIVEN = ("steps", "endpoint")  # 한 걸음씩 부르는 것. 채점기는 밖에서 다음 걸음을 정한다
ADAPTERS: dict[str, Callable[[Any, Call], Any]] = {
    "call": call, "consume": consume, "steps": steps, "endpoint": endpoint, "capture_filter": capture_filter,
    **{name: _socket(name) for name in SOCKETS},
}  # fmt: skip
